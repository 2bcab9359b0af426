using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Spaces that come and go.</content>
internal sealed partial class ModelRun
{
    private void ChangeSpaces(OperationKind kind, ModelSpace space, ref Dice dice)
    {
        bool isFull = _spaces.Count >= MostSpaces;
        switch (kind)
        {
            case OperationKind.Fork when !isFull:
                Fork(space);
                break;
            case OperationKind.Freeze:
                Freeze(space, ref dice);
                break;
            case OperationKind.Duplicate when !isFull:
                Duplicate(space);
                break;
            case OperationKind.CreateSpace when !isFull:
                CreateSpace();
                break;
            case OperationKind.Exit when _spaces.Count == 1:
                Fork(space);
                break;
            default:
                // The youngest has often written nothing yet.
                Exit(dice.OneIn(3) ? _spaces[^1] : space);
                break;
        }
        KeepOneAlive();
    }

    /// <summary>A machine without a space has nothing to do, and one whose spaces all are frozen little.</summary>
    private void KeepOneAlive()
    {
        if (_spaces.TrueForAll(static space => space.IsFrozen))
            CreateSpace();
    }

    private string NextName() => $"s{++_names}";

    private void CreateSpace()
    {
        if (_machine.Manager.CreateSpace(ModelSpace.Window) is not { } real)
        {
            Agree(Status.OutOfMemory, Status.Success);
            return;
        }
        _spaces.Add(new ModelSpace(real, NextName()));
        if (_log is not null)
            Log($"{_spaces[^1].Name} = CreateSpace()");
        _hasSucceeded = true;
        _hasChanged = true;
    }

    private void Fork(ModelSpace space)
    {
        Status actual = space.Real.Fork(out AddressSpace? child);
        if (_log is not null)
            Log($"{space.Name}.Fork(out s{_names + 1}) => {actual}");
        if (!Agree(actual, space.IsFrozen ? Status.AccessDenied : Status.Success))
            return;
        _spaces.Add(space.Fork(child!, NextName()));
        _statistics.Events.CountFork(space.Real, child!);
        CompareAreas(_spaces[^1]);
        _hasChanged = true;
    }

    private void Freeze(ModelSpace space, ref Dice dice)
    {
        // Where a table is shared even reading takes memory.
        if (dice.OneIn(2) && !space.IsFrozen && _spaces.Count < MostSpaces)
            Fork(space);
        bool hasLazyPages = !dice.OneIn(4) && FreeLazily(space, ref dice);
        Status expected = space.IsFrozen ? Status.Busy
            : space.Real.PrivateObject is null ? Status.InvalidArgument
            : _pins.Exists(pin => pin.Space == space) ? Status.Busy : Status.Success;
        Status actual = space.Real.Freeze();
        if (_log is not null)
            Log($"{space.Name}.Freeze() => {actual}");
        if (!Agree(actual, expected))
            return;
        space.Freeze();
        // Frozen pages never change: what was freed lazily is what it is now.
        for (int page = 0; page < ModelSpace.WindowPages; page++)
            Settle(space, page);
        space.FrozenPages = new FrozenPages(space);
        space.HasLazyPages = hasLazyPages;
        if (hasLazyPages)
            _statistics.Events.Count(TableEvent.FrozenWithLazyPages);
        _hasChanged = true;
    }

    /// <summary>Writes to a page and frees the varea around it lazily; says whether any page may be dropped for lack of memory from now on.</summary>
    private bool FreeLazily(ModelSpace space, ref Dice dice)
    {
        int page = space.Next(PickPage(ref dice), static (in ModelPage page) => page.IsAnonymous && page.IsWritable && (page.Flags & VAreaFlags.Locked) == 0);
        if (page < 0 || space.IsFrozen)
            return false;
        WriteByKernel(space, page, ref dice);
        int start = space.AreaStart(page);
        PageRange range = ModelSpace.Range(start, space.AreaEnd(page) - start);
        Advise(space, range, Advice.Free);
        return _hasSucceeded && HasLazyPages(space, range);
    }

    private static unsafe bool HasLazyPages(ModelSpace space, PageRange range)
    {
        for (VirtualAddress at = range.Start; at < range.End; at += Page.Size)
        {
            PageTableEntry* block = space.Real.Table.FindBlock(at);
            if (block != null && block->IsPresent && !block->IsLarge
                && PageTableWalk.EntryFor(space.Real.Table.LeafOf(*block).Entries, at, 1)->Has(PageFlags.LazyFree))
                return true;
        }
        return false;
    }

    private void CheckFrozen()
    {
        foreach (ModelSpace space in _spaces)
            if (space.FrozenPages?.FindChanged() is { } page and >= 0)
                throw new ModelMismatchException($"{space.Name} is frozen, and page {page} has changed");
    }

    /// <summary>
    /// With no frame left, touches pages that aren't there: mostly of a frozen space, whose pages stay even if they were freed lazily before.
    /// </summary>
    private void TouchWithoutMemory(ModelSpace space, ref Dice dice)
    {
        ModelSpace? frozen = dice.OneIn(3) ? null : _spaces.Find(static other => other is { IsFrozen: true, HasLazyPages: true });
        if (frozen is null)
            FreeLazily(space, ref dice);
        else
            space = frozen;
        ulong resident = space.Real.ResidentPages;
        bool ranOut = false;
        using (Shortage(0))
            for (int i = 0; i < 10 && !ranOut; i++)
            {
                int page = FindAbsent(space, PickPage(ref dice));
                if (page < 0)
                    return;
                FaultResult actual = space.Real.Fault(ModelSpace.At(page), FaultAccess.Read);
                if (_log is not null)
                    Log($"{space.Name}.Fault({Show(page)}, Read) => {actual}");
                Agree(actual == FaultResult.Spurious ? FaultResult.Resolved : actual, FaultResult.Resolved);
                ranOut = _wasOutOfMemory;
            }
        if (space.IsFrozen && space.HasLazyPages && ranOut)
            _statistics.Events.Count(TableEvent.NoMemoryInFrozenWithLazyPages);
        if (!space.IsFrozen && space.Real.ResidentPages < resident)
            _statistics.Events.Count(TableEvent.LazyPagesDropped);
    }

    /// <summary>A page that nothing is there for, if possible in a block without a table or with a table that others use too: it takes a frame then.</summary>
    private static unsafe int FindAbsent(ModelSpace space, int from)
    {
        int absent = -1;
        for (int i = 0; i < ModelSpace.WindowPages; i++)
        {
            int page = (from + i) % ModelSpace.WindowPages;
            if (!IsAccessible(space.Pages[page]))
                continue;
            PageTableEntry* block = space.Real.Table.FindBlock(ModelSpace.At(page));
            if (block == null || block->IsEmpty)
                return page;
            if (block->IsLarge || !PageTableWalk.EntryFor(space.Real.Table.LeafOf(*block).Entries, ModelSpace.At(page), 1)->IsEmpty)
                continue;
            absent = page;
            if (space.Real.Table.LeafOf(*block).Users > 1 || space.Pages[page] is { Object: ModelShared or ModelFile, Content: { First: 0, Second: 0 } })
                return page;
        }
        return absent;
    }

    private void Duplicate(ModelSpace space)
    {
        ModelSpace? source = space.IsFrozen ? space : _spaces.Find(static space => space.IsFrozen);
        source ??= space;
        Status actual = source.Real.Duplicate(out AddressSpace? duplicate);
        if (_log is not null)
            Log($"{source.Name}.Duplicate(out s{_names + 1}) => {actual}");
        if (!Agree(actual, source.IsFrozen ? Status.Success : Status.InvalidArgument))
            return;
        _spaces.Add(source.Duplicate(duplicate!, NextName()));
        CompareAreas(_spaces[^1]);
        _hasChanged = true;
    }

    private void Exit(ModelSpace space)
    {
        bool hasGuests = HasGuests(space);
        if (!hasGuests)
            foreach (ModelPin pin in _pins.FindAll(pin => pin.Space == space))
                Unpin(pin);
        Status actual = _machine.Manager.DeleteSpace(space.Real);
        if (_log is not null)
            Log($"DeleteSpace({space.Name}) => {actual}");
        if (!Agree(actual, hasGuests ? Status.Busy : Status.Success))
            return;
        _spaces.Remove(space);
        _hasChanged = true;
    }

    private bool HasGuests(ModelSpace space) => space.IsFrozen && _spaces.Exists(other => IsGuestOf(other, space));

    private static bool IsGuestOf(ModelSpace guest, ModelSpace space)
    {
        foreach (ref readonly ModelPage page in guest.Pages)
            if (page.Object is not null && page.Object == space.Frozen)
                return true;
        return false;
    }
}
