using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Spaces that come and go.</content>
internal sealed partial class ModelRun
{
    private void ChangeSpaces(OperationKind kind, ModelSpace space)
    {
        bool isFull = _spaces.Count >= MostSpaces;
        switch (kind)
        {
            case OperationKind.Fork when !isFull:
                Fork(space);
                break;
            case OperationKind.Freeze:
                Freeze(space);
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
                Exit(space);
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

    private void Freeze(ModelSpace space)
    {
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
        _hasChanged = true;
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
