using System;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Unmapping, protecting, moving, advising and their like.</content>
internal sealed partial class ModelRun
{
    private static bool IsImproper(PageRange range) => !range.IsValid || !ModelSpace.Window.Contains(range);

    private void Unmap(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        Status expected = IsImproper(range) ? Status.InvalidArgument : space.IsFrozen ? Status.AccessDenied : Status.Success;
        Status actual = space.Real.Unmap(range);
        if (_log is not null)
            Log($"{space.Name}.Unmap({Show(range)}) => {actual}");
        if (!Agree(actual, expected))
            return;
        _statistics.Events.CountPartialUnmap(space, range);
        Forget(space, range);
    }

    private void Forget(ModelSpace space, PageRange range)
    {
        space.CutAround(range);
        foreach (ref ModelPage page in space.In(range))
        {
            _hasChanged |= page.IsMapped;
            page = default;
        }
    }

    private void Protect(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        Protection protection = PickProtection(ref dice);
        Status expected = ExpectProtect(space, range, protection);
        Status actual = space.Real.Protect(range, protection);
        if (_log is not null)
            Log($"{space.Name}.Protect({Show(range)}, {protection}) => {actual}");
        if (!Agree(actual, expected))
            return;
        foreach (ref readonly ModelPage page in space.In(range))
            _hasChanged |= page.Protection != protection;
        if (!_hasChanged)
            return;
        space.CutAround(range);
        foreach (ref ModelPage page in space.In(range))
            page.Protection = protection;
    }

    private Status ExpectProtect(ModelSpace space, PageRange range, Protection protection)
    {
        if (IsImproper(range))
            return Status.InvalidArgument;
        if (space.IsFrozen)
            return Status.AccessDenied;
        ulong newData = 0;
        foreach (ref readonly ModelPage page in space.In(range))
        {
            if (!page.IsMapped)
                return Status.NotFound;
            if ((protection & ~page.MaximumProtection) != 0)
                return Status.AccessDenied;
            if (page.IsPrivate && !page.IsWritable && (protection & Protection.Write) != 0)
                newData++;
        }
        return newData > _machine.Frames.TotalFrames || IsOverLimit(space, newData, 0) ? Status.OutOfMemory : Status.Success;
    }

    /// <summary>Moves whole blocks of a varea to another block.</summary>
    private void MoveTables(ModelSpace space, ref Dice dice)
    {
        int page = Pick(space, ref dice, IsWritten);
        int start = space.AreaStart(page), end = space.AreaEnd(page);
        int first = (start + ModelSpace.BlockPages - 1) / ModelSpace.BlockPages * ModelSpace.BlockPages;
        if (!space.Pages[page].IsMapped || first + ModelSpace.BlockPages > end)
        {
            Move(space, ref dice);
            return;
        }
        int blocks = (end - first) / ModelSpace.BlockPages;
        if (blocks > 1 && dice.OneIn(2))
            blocks = 1;
        int more = dice.OneIn(5) ? dice.Roll(100) : 0;
        int target = dice.Roll(ModelSpace.WindowBlocks) * ModelSpace.BlockPages;
        bool isFree = space.IsFree(target, blocks * ModelSpace.BlockPages) && target + blocks * ModelSpace.BlockPages <= ModelSpace.WindowPages;
        if (!isFree && !dice.OneIn(3) && space.HighestFree(blocks * ModelSpace.BlockPages, 0, ModelSpace.WindowPages, ModelSpace.BlockPages) is var free && free >= 0)
            target = free;
        Move(space, ModelSpace.Range(first, blocks * ModelSpace.BlockPages), blocks * ModelSpace.BlockPages + more, MoveMode.Fixed, ModelSpace.At(target));
    }

    private void Move(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        int pages = (int)ulong.Min(range.Pages, ModelSpace.WindowPages);
        if (!IsImproper(range) && !dice.OneIn(10) && ModelSpace.PageOf(range.Start) is var first && space.Pages[first].IsMapped)
        {
            int end = space.AreaEnd(first);
            pages = dice.OneIn(2) ? end - first : int.Min(pages, end - first);
            range = ModelSpace.Range(first, pages);
        }
        int newPages = dice.OneOf(pages, pages, pages + 1, pages + 40, pages * 2, pages / 2, pages - 1, ModelSpace.BlockPages);
        var mode = (MoveMode)dice.Roll(3);
        VirtualAddress target = ModelSpace.At(PickPage(ref dice));
        Move(space, range, newPages, mode, target);
    }

    private void Move(ModelSpace space, PageRange range, int newPages, MoveMode mode, VirtualAddress target)
    {
        Status expected = ExpectMove(space, range, newPages, mode, target, out bool isAway);
        VirtualAddress address = target;
        Status actual = space.Real.Move(range, (ulong)newPages, mode, ref address);
        if (_log is not null)
            Log($"{space.Name}.Move({Show(range)}, {newPages} pages, {mode}, {Show(ModelSpace.PageOf(target))}) => {actual}"
                + (actual == Status.Success ? $", {Show(ModelSpace.PageOf(address))}" : ""));
        if (!Agree(actual, expected))
            return;
        if (isAway)
            NoteMoved(space, range, newPages, mode, target, address);
        else
            NoteResized(space, range, newPages);
    }

    private Status ExpectMove(ModelSpace space, PageRange range, int newPages, MoveMode mode, VirtualAddress target, out bool isAway)
    {
        isAway = false;
        var to = new PageRange(target, (ulong)newPages);
        if (IsImproper(range) || newPages <= 0 || (mode == MoveMode.Fixed && (IsImproper(to) || to.Overlaps(range))))
            return Status.InvalidArgument;
        if (space.IsFrozen)
            return Status.AccessDenied;
        int first = ModelSpace.PageOf(range.Start), pages = (int)range.Pages;
        ref readonly ModelPage page = ref space.Pages[first];
        if (!page.IsMapped || first + pages > space.AreaEnd(first) || page.Storage is not null)
            return Status.BadAddress;
        int more = newPages - pages;
        // A frozen space's memory ends where it ended.
        bool isEnd = more > 0 && page.Object is ModelFrozen;
        bool isTooMuch = more > 0 && IsTooMuchData(page.Flags, page.Protection, (ulong)more);
        bool isOver = more > 0 && IsOverLimit(space, (ulong)more, page.Flags, page.Protection);
        _isOverLimit = false;
        if (mode != MoveMode.Fixed)
        {
            if (more <= 0)
                return Status.Success;
            bool fits = first + newPages <= ModelSpace.WindowPages && space.AreaEnd(first) == first + pages && space.IsFree(first + pages, more);
            _isOverLimit = fits && isOver && !isEnd;
            if (fits)
                return isEnd ? Status.NotSupported : isTooMuch || isOver ? Status.OutOfMemory : Status.Success;
            if (mode == MoveMode.InPlace)
                return Status.NoAddressRange;
        }
        isAway = true;
        _isOverLimit = isOver && !isEnd;
        if (isEnd)
            return Status.NotSupported;
        if (isTooMuch || isOver)
            return Status.OutOfMemory;
        if (mode == MoveMode.MayMove && space.HighestFree(newPages, 0, ModelSpace.WindowPages, 1) < 0)
            return Status.NoAddressRange;
        return Status.Success;
    }

    private void NoteResized(ModelSpace space, PageRange range, int newPages)
    {
        int first = ModelSpace.PageOf(range.Start), pages = (int)range.Pages;
        if (newPages < pages)
            Forget(space, ModelSpace.Range(first + newPages, pages - newPages));
        else
            Continue(space, first + pages - 1, first + newPages);
    }

    /// <summary>Maps more pages behind one, as it is mapped.</summary>
    private void Continue(ModelSpace space, int last, int end)
    {
        for (int i = last + 1; i < end; i++)
        {
            _hasChanged = true;
            space.Pages[i] = space.Pages[i - 1];
            space.Pages[i].Drop();
            space.Pages[i].Offset += space.Pages[i].IsAnonymous ? 0 : 1;
        }
    }

    private void NoteMoved(ModelSpace space, PageRange range, int newPages, MoveMode mode, VirtualAddress wanted, VirtualAddress target)
    {
        int to = ModelSpace.PageOf(target);
        if (mode == MoveMode.Fixed ? target != wanted : IsImproper(ModelSpace.Range(to, newPages)) || !space.IsFree(to, newPages))
            throw new ModelMismatchException($"moved to {Show(to)}");
        ModelPage[] moved = space.In(range).ToArray();
        Forget(space, ModelSpace.Range(to, newPages));
        Forget(space, range);
        int kept = int.Min(newPages, moved.Length);
        moved.AsSpan(0, kept).CopyTo(space.Pages[to..]);
        Continue(space, to + kept - 1, to + newPages);
        _hasChanged = true;
    }

    private void Advise(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        var advice = dice.OneIn(2) ? dice.OneOf(Advice.DontNeed, Advice.HugePages, Advice.Free, Advice.DoFork) : (Advice)dice.Roll(13);
        Advise(space, range, advice);
    }

    private void Advise(ModelSpace space, PageRange range, Advice advice)
    {
        Status expected = ExpectAdvise(space, range, advice);
        Status actual = space.Real.Advise(range, advice);
        if (_log is not null)
            Log($"{space.Name}.Advise({Show(range)}, {advice}) => {actual}");
        bool agrees = Agree(actual, expected);
        if (advice == Advice.WillNeed && !IsImproper(range))
            NotePopulated(space, range, isComplete: agrees || !_wasOutOfMemory);
        if (!agrees || advice == Advice.WillNeed)
            return;
        (VAreaFlags cleared, VAreaFlags set) = FlagsOf(advice);
        if (advice is not (Advice.DontNeed or Advice.Free))
            space.CutAround(range);
        foreach (ref ModelPage page in space.In(range))
        {
            VAreaFlags flags = (page.Flags & ~cleared) | set;
            _hasChanged |= flags != page.Flags;
            page.Flags = flags;
            if (advice == Advice.DontNeed)
                page.Drop();
            else if (advice == Advice.Free)
                page.MayBeZero = true;
        }
    }

    private static Status ExpectAdvise(ModelSpace space, PageRange range, Advice advice)
    {
        if (IsImproper(range) || advice > Advice.KeepOnFork)
            return Status.InvalidArgument;
        if (advice == Advice.WillNeed)
            return ExpectPopulate(space, range);
        if (space.IsFrozen)
            return Status.AccessDenied;
        foreach (ref readonly ModelPage page in space.In(range))
        {
            if (!page.IsMapped)
                return Status.NotFound;
            if (advice is Advice.Free or Advice.WipeOnFork && !page.IsAnonymous)
                return Status.InvalidArgument;
            if (advice is Advice.DontNeed or Advice.Free && (page.Flags & VAreaFlags.Locked) != 0)
                return Status.InvalidArgument;
        }
        return Status.Success;
    }

    private static (VAreaFlags Cleared, VAreaFlags Set) FlagsOf(Advice advice) => advice switch
    {
        Advice.Normal => (VAreaFlags.Random | VAreaFlags.Sequential, VAreaFlags.None),
        Advice.Random => (VAreaFlags.Sequential, VAreaFlags.Random),
        Advice.Sequential => (VAreaFlags.Random, VAreaFlags.Sequential),
        Advice.HugePages => (VAreaFlags.None, VAreaFlags.HugePages),
        Advice.NoHugePages => (VAreaFlags.HugePages, VAreaFlags.None),
        Advice.DontFork => (VAreaFlags.None, VAreaFlags.DontFork),
        Advice.DoFork => (VAreaFlags.DontFork, VAreaFlags.None),
        Advice.WipeOnFork => (VAreaFlags.None, VAreaFlags.WipeOnFork),
        Advice.KeepOnFork => (VAreaFlags.WipeOnFork, VAreaFlags.None),
        _ => default,
    };

    private void SetLocked(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        bool isLocked = dice.OneIn(2);
        Status expected = ExpectAdvise(space, range, Advice.Normal);
        if (expected == Status.Success && isLocked && IsOverLockLimit(space, range))
            expected = Status.OutOfMemory;
        bool locks = expected == Status.Success && isLocked;
        bool onFault = isLocked && dice.OneIn(3);
        if (locks && !onFault)
            expected = ExpectPopulate(space, range);
        Status actual = onFault ? space.Real.SetLockedOnFault(range) : space.Real.SetLocked(range, isLocked);
        if (_log is not null)
            Log($"{space.Name}.SetLocked{(onFault ? $"OnFault({Show(range)})" : $"({Show(range)}, {isLocked})")} => {actual}");
        bool agrees = Agree(actual, expected);
        // With all memory short, cutting vareas may have failed, or populating only.
        bool isDone = agrees || (locks && (!_wasOutOfMemory || (space.Real.Find(range.Start)!.Flags & VAreaFlags.Locked) != 0));
        if (!isDone)
            return;
        space.CutAround(range);
        foreach (ref ModelPage page in space.In(range))
        {
            VAreaFlags flags = isLocked ? page.Flags | VAreaFlags.Locked : page.Flags & ~VAreaFlags.Locked;
            _hasChanged |= flags != page.Flags;
            page.Flags = flags;
        }
        if (isLocked && !onFault)
            NotePopulated(space, range, isComplete: !_wasOutOfMemory);
    }

    /// <summary>Whether locking is over the limit: of all that is locked then, whether or not it is already.</summary>
    private bool IsOverLockLimit(ModelSpace space, PageRange range)
    {
        ulong locked = space.Count().Locked - space.Count(range).Locked + range.Pages;
        _isOverLimit = locked > space.Limits.Locked;
        return _isOverLimit;
    }

    private void Populate(ModelSpace space, ref Dice dice) => Populate(space, PickRange(space, ref dice));

    private void Populate(ModelSpace space, PageRange range)
    {
        Status expected = IsImproper(range) ? Status.InvalidArgument : ExpectPopulate(space, range);
        Status actual = space.Real.Populate(range);
        if (_log is not null)
            Log($"{space.Name}.Populate({Show(range)}) => {actual}");
        Agree(actual, expected);
        if (!IsImproper(range))
            NotePopulated(space, range, isComplete: !_wasOutOfMemory);
    }

    private static Status ExpectPopulate(ModelSpace space, PageRange range)
    {
        foreach (ref readonly ModelPage page in space.In(range))
        {
            if (!page.IsMapped)
                return Status.NotFound;
            if (page.IsAccessible && page.IsBeyondEnd)
                return Status.BeyondEnd;
        }
        return Status.Success;
    }

    /// <summary>Pages of private writable vareas have become private ones, up to the first that can't be had.</summary>
    /// <param name="space">Where.</param>
    /// <param name="range">Proper.</param>
    /// <param name="isComplete">Whether there was memory for all; else the space is asked.</param>
    private static void NotePopulated(ModelSpace space, PageRange range, bool isComplete)
    {
        VirtualAddress address = range.Start;
        Span<PageState> state = stackalloc PageState[1];
        foreach (ref ModelPage page in space.In(range))
        {
            if (!page.IsMapped || (page.IsAccessible && page.IsBeyondEnd))
                return;
            if (page.ShowsObject && page.IsPrivate && page.IsWritable && !space.IsFrozen
                && (isComplete || (space.Real.GetPageStates(new PageRange(address, 1), state) == Status.Success && (state[0] & PageState.Private) != 0)))
                page.MakeOwn();
            address += Page.Size;
        }
    }

    private void Offload(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        Status actual = space.Real.Offload(range);
        if (_log is not null)
            Log($"{space.Name}.Offload({Show(range)}) => {actual}");
        Agree(actual, IsImproper(range) ? Status.InvalidArgument : Status.Success);
    }

    private void FixPrivate(ModelSpace space, ref Dice dice)
    {
        int first = Pick(space, ref dice, static (in ModelPage page) => page.ShowsObject && page.IsPrivate);
        bool copies = dice.OneIn(2);
        ref ModelPage page = ref space.Pages[first];
        bool isFit = page.IsMapped && page.IsPrivate && page.ShowsObject && !space.IsFrozen && !(copies && page.IsBeyondEnd);
        Status actual = space.Real.FixPrivate(ModelSpace.At(first), copies);
        if (_log is not null)
            Log($"{space.Name}.FixPrivate({Show(first)}, {copies}) => {actual}");
        if (!Agree(actual, isFit ? Status.Success : Status.InvalidArgument))
            return;
        if (copies)
            page.MakeOwn();
        page.IsOwn = true;
    }

    /// <summary>Makes 2 MiB pages of blocks, one of which is mostly filled before.</summary>
    private void JoinLargePages(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        int page = Pick(space, ref dice, static (in ModelPage page) => page.IsAnonymous && page.IsWritable);
        page -= page % ModelSpace.BlockPages;
        if (!dice.OneIn(4) && space.Pages[page].IsMapped)
        {
            range = ModelSpace.Range(page, ModelSpace.BlockPages);
            Populate(space, range);
        }
        int joined = space.Real.JoinLargePages(range);
        if (_log is not null)
            Log($"{space.Name}.JoinLargePages({Show(range)}) => {joined}");
        if (joined != 0 && (space.IsFrozen || IsImproper(range)))
            throw new ModelMismatchException("joined what must not change");
        _hasSucceeded = joined != 0;
    }

    private void SetCachePolicy(ModelSpace space, ref Dice dice)
    {
        PageRange range = PickRange(space, ref dice);
        int device = Pick(space, ref dice, static (in ModelPage page) => page.Object is ModelDevice);
        if (space.Pages[device].Object is ModelDevice && !dice.OneIn(4))
            range = ModelSpace.Range(device, 1 + dice.Roll(space.AreaEnd(device) - device));
        var policy = (CachePolicy)dice.Roll(3);
        Status expected = ExpectSetCachePolicy(space, range);
        Status actual = space.Real.SetCachePolicy(range, policy);
        if (_log is not null)
            Log($"{space.Name}.SetCachePolicy({Show(range)}, {policy}) => {actual}");
        if (!Agree(actual, expected))
            return;
        space.CutAround(range);
        foreach (ref ModelPage page in space.In(range))
            page.Flags = (page.Flags & ~(VAreaFlags.WriteCombining | VAreaFlags.Uncached)) | policy switch
            {
                CachePolicy.WriteCombining => VAreaFlags.WriteCombining,
                CachePolicy.Uncached => VAreaFlags.Uncached,
                _ => VAreaFlags.None,
            };
    }

    private static Status ExpectSetCachePolicy(ModelSpace space, PageRange range)
    {
        if (IsImproper(range))
            return Status.InvalidArgument;
        foreach (ref readonly ModelPage page in space.In(range))
        {
            if (!page.IsMapped)
                return Status.NotFound;
            if (page.Object is not ModelDevice)
                return Status.NotSupported;
        }
        return Status.Success;
    }
}
