using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Text;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>The memory manager did something else than the model.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message);

/// <summary>Runs steps on a machine of its own and on the model, and compares.</summary>
internal sealed partial class ModelRun : IDisposable
{
    private const ulong MachineFrames = 4096;
    private const int MostSpaces = 8;
    private const int SharedObjects = 3;

    // With fewer free frames an operation may be refused: the reserve, what other processors keep, and a table for each block.
    private const ulong EnoughFrames = 256;

    private readonly TestMachine _machine = new(MachineFrames);
    private readonly ModelStatistics _statistics;
    private readonly StringBuilder? _log;
    private readonly List<ModelSpace> _spaces = [];
    private readonly List<ModelPin> _pins = [];
    private readonly ModelShared?[] _shared = new ModelShared?[SharedObjects];
    private readonly ModelZeros _zeros;

    // Frames that only Verify may use, for its notes.
    private readonly ulong _notesFrames;
    private readonly ulong _freeAtStart;
    private FrameNumber _notes;

    // The offset of the second byte of each page that the test looks at.
    private readonly uint _secondOffset;

    private int _names;
    private bool _isShort;
    private bool _hasSucceeded;
    private bool _hasChanged;
    private bool _wasOutOfMemory;

    /// <param name="statistics">Counts the steps.</param>
    /// <param name="seed">Chooses what isn't a step's.</param>
    /// <param name="log">Gets the steps as lines of C#, if they are wanted.</param>
    public ModelRun(ModelStatistics statistics, int seed, StringBuilder? log = null)
    {
        _statistics = statistics;
        _log = log;
        var dice = new Dice(seed);
        _secondOffset = (uint)dice.OneOf(4095, 4095, 1 + dice.Roll(4094));
        _zeros = new ModelZeros(_machine.Manager.ZeroObject);
        _kernel = CreateKernelSpace();
        _freeAtStart = _machine.Frames.FreeFrames;
        // A whole block, which can be had again whoever got its neighbours meanwhile.
        _notesFrames = BitOperations.RoundUpToPowerOf2(_machine.Frames.ReservedFrames + 32);
        TakeNotes();
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>Runs a sequence and checks that nothing is left of it.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="step">The step that it is at, counted from zero.</param>
    public void Run(IReadOnlyList<Operation> steps, out int step)
    {
        CreateSpace();
        for (step = 0; step < steps.Count; step++)
            Step(steps[step]);
        LeaveNothing();
        _statistics.CountSequence();
    }

    private void Step(Operation operation)
    {
        _hasSucceeded = false;
        _hasChanged = false;
        _wasOutOfMemory = false;
        _isOverLimit = false;
        var dice = new Dice(operation.Dice);
        TestHardware.RunAs(dice.Roll(2));
        ModelSpace space = PickSpace(operation, ref dice);
        _statistics.Events.LookBefore(space.Real);
        ulong free = _machine.Frames.FreeFrames;
        using (Shortage(operation.FramesLeft))
            Perform(operation, space, ref dice);
        bool tablesChanged = _spaces.Contains(space)
            && _statistics.Events.LookAfter(space.Real, operation.Kind is OperationKind.Move or OperationKind.MoveTables);
        CheckRefused(tablesChanged, free);
        Verify();
        if (_spaces.Contains(space))
            CompareAreas(space);
        CompareRecords();
        CheckFrozen();
        _statistics.Count(operation.Kind, _hasSucceeded, _hasChanged || tablesChanged, _wasOutOfMemory);
    }

    /// <summary>The space that a step is about; mostly none that is frozen, which would refuse nearly everything.</summary>
    private ModelSpace PickSpace(Operation operation, ref Dice dice)
    {
        ModelSpace space = _spaces[operation.Space % _spaces.Count];
        bool needsOther = space.IsFrozen && !dice.OneIn(8)
            && operation.Kind is not (OperationKind.Exit or OperationKind.Duplicate or OperationKind.Read or OperationKind.ReadByKernel);
        if (needsOther)
            space = _spaces.Find(static other => !other.IsFrozen) ?? space;
        bool needsFile = operation.Kind is (OperationKind.SetFileSize or OperationKind.PunchHole or OperationKind.WriteFile) && !ShowsFile(space);
        return needsFile ? _spaces.Find(ShowsFile) ?? space : space;
    }

    private void Perform(Operation operation, ModelSpace space, ref Dice dice)
    {
        switch (operation.Kind)
        {
            case OperationKind.Map or OperationKind.MapShared or OperationKind.MapPrivateView or OperationKind.MapZero or OperationKind.MapDevice
                or OperationKind.MapFile:
                Map(operation.Kind, space, ref dice);
                break;
            case OperationKind.Unmap:
                Unmap(space, ref dice);
                break;
            case OperationKind.Protect:
                Protect(space, ref dice);
                break;
            case OperationKind.Move:
                Move(space, ref dice);
                break;
            case OperationKind.MoveTables:
                MoveTables(space, ref dice);
                break;
            case OperationKind.Advise:
                Advise(space, ref dice);
                break;
            case OperationKind.SetLocked:
                SetLocked(space, ref dice);
                break;
            case OperationKind.Populate:
                Populate(space, ref dice);
                break;
            case OperationKind.Offload:
                Offload(space, ref dice);
                break;
            case OperationKind.FixPrivate:
                FixPrivate(space, ref dice);
                break;
            case OperationKind.JoinLargePages:
                JoinLargePages(space, ref dice);
                break;
            case OperationKind.SetCachePolicy:
                SetCachePolicy(space, ref dice);
                break;
            case OperationKind.Read:
                ReadByUser(space, ref dice);
                break;
            case OperationKind.Write:
                WriteByUser(space, ref dice);
                break;
            case OperationKind.Execute:
                Execute(space, ref dice);
                break;
            case OperationKind.ReadByKernel:
                ReadByKernel(space, ref dice);
                break;
            case OperationKind.WriteByKernel:
                WriteByKernel(space, ref dice);
                break;
            case OperationKind.Pin:
                Pin(space, ref dice);
                break;
            case OperationKind.Unpin:
                Unpin(space, ref dice);
                break;
            case OperationKind.WriteByDevice:
                WriteByDevice(space, ref dice);
                break;
            case OperationKind.Compare:
                Compare(space);
                break;
            case OperationKind.TouchWithoutMemory:
                TouchWithoutMemory(space, ref dice);
                break;
            case OperationKind.UseKernelSpace:
                UseKernelSpace(space, ref dice);
                break;
            case OperationKind.SetLimits:
                SetLimits(space, ref dice);
                break;
            case OperationKind.WriteFile:
                WriteFile(space, ref dice);
                break;
            case OperationKind.ReadFile:
                ReadFile(space, ref dice);
                break;
            case OperationKind.SetFileSize:
                SetFileSize(space, ref dice);
                break;
            case OperationKind.PunchHole:
                PunchHole(space, ref dice);
                break;
            case OperationKind.ReplaceObject:
                ReplaceObject(ref dice);
                break;
            default:
                ChangeSpaces(operation.Kind, space, ref dice);
                break;
        }
    }

    /// <summary>Takes all memory but a few frames, the reserve included or not.</summary>
    private MemoryHog? Shortage(int framesLeft)
    {
        _isShort = framesLeft >= 0;
        if (!_isShort)
            return null;
        _log?.AppendLine($"// with {framesLeft} frames left:");
        return new MemoryHog(_machine.Frames, framesLeft % 2 == 0 ? AllocationPriority.Reserve : AllocationPriority.Normal, framesLeft / 2);
    }

    /// <summary>Whether an operation may be refused for lack of memory.</summary>
    private bool MayBeRefused => _isShort || _machine.Frames.FreeFrames < EnoughFrames;

    /// <summary>Compares an outcome with the model's.</summary>
    /// <returns>Whether the model has to do it too.</returns>
    private bool Agree(Status actual, Status expected)
    {
        _wasOutOfMemory = actual == Status.OutOfMemory && actual != expected;
        if (actual != expected && !(_wasOutOfMemory && MayBeRefused))
            throw new ModelMismatchException($"{actual} instead of {expected}");
        _hasSucceeded = actual == Status.Success;
        return _hasSucceeded;
    }

    private void Log(string line)
    {
        _log!.AppendLine(line);
    }

    private void Verify()
    {
        _machine.Frames.FreeContiguous(_notes, _notesFrames);
        string? problem = _machine.Manager.Verify(out ulong detail);
        TakeNotes();
        if (problem is not null)
            throw new ModelMismatchException($"Verify: {problem} (0x{detail:x})");
    }

    /// <summary>Keeps memory for the next Verify. Where that has become too little because the reserve is in use, spaces end, as processes would.</summary>
    private void TakeNotes()
    {
        while (true)
        {
            if (_machine.Frames.AllocateContiguous(FrameOwner.Kernel, _notesFrames) is { } notes)
            {
                _notes = notes;
                return;
            }
            if (_spaces.Count == 0)
                throw new ModelMismatchException("Verify's frames can't be had again, though no space is left");
            ExitLast();
            if (_spaces.Count == 0)
                CreateSpace();
        }
    }

    /// <summary>Ends the youngest space; guests go before what they show.</summary>
    private void ExitLast() => Exit(_spaces.Last(space => !HasGuests(space)));

    private void LeaveNothing()
    {
        TestHardware.RunAs(0);
        foreach (ModelSpace space in _spaces)
            Compare(space);
        while (_spaces.Count != 0)
        {
            ExitLast();
            Verify();
        }
        LeaveKernelSpace();
        for (int i = 0; i < SharedObjects; i++)
            _shared[i]?.Real.Release();
        for (int i = 0; i < Files; i++)
            _files[i]?.Real.Release();
        _machine.Frames.FreeContiguous(_notes, _notesFrames);
        for (int processor = 0; processor < 2; processor++)
        {
            TestHardware.RunAs(processor);
            _machine.Frames.DrainProcessor();
        }
        TestHardware.RunAs(0);
        if (_machine.Manager.Verify(out _) is { } problem)
            throw new ModelMismatchException($"at the end: {problem}");
        CompareRecords();
        // The kernel's space goes on.
        int kept = _kernel.Real.PrivateObject is null ? 0 : 1;
        int objects = _machine.Spaces.InUse + _machine.AreasInUse + _machine.PrivateObjects.InUse - kept + _machine.Backups.InUse
            + _machine.SharedObjects.InUse + _machine.PhysicalRanges.InUse + _machine.Files.InUse + _machine.FileMappings.InUse;
        if (objects != 0 || _machine.Frames.FreeFrames != _freeAtStart || _machine.Hardware.OpenCriticalSections != 0)
            throw new ModelMismatchException($"at the end {objects} objects are left and {_freeAtStart - _machine.Frames.FreeFrames} frames missing");
    }

    /// <summary>Compares the vareas with the model's pages.</summary>
    private static void CompareAreas(ModelSpace space)
    {
        int end = 0;
        PageCounts counts = default;
        foreach (VArea area in space.Real)
        {
            counts = counts.Plus(area.Pages, area.Flags, area.Protection);
            int start = (int)((area.Start - space.Start) / Page.Size);
            if (!space.IsFree(end, start - end))
                throw new ModelMismatchException($"{space.Name}: page {space.NextMapped(end)} is not mapped");
            ref ModelPage first = ref space.Pages[start];
            end = start + (int)area.Pages;
            if (!first.IsMapped || space.AreaEnd(start) != end)
                throw new ModelMismatchException($"{space.Name}: a varea at pages {start} to {end}, which the model has not");
            if (first.Protection != area.Protection || first.MaximumProtection != area.MaximumProtection || first.Flags != area.Flags
                || first.IsAnonymous != area.IsAnonymous || (!first.IsAnonymous && (ulong)first.Offset != area.Offset)
                || (first.Object?.Shown is { } shown && shown != area.Object) || (first.Storage is { } storage && storage != area))
                throw new ModelMismatchException(
                    $"{space.Name}: the varea at page {start} is {area.Protection}, {area.Flags}, not {first.Protection}, {first.Flags}");
        }
        if (!space.IsFree(end, ModelSpace.WindowPages - end))
            throw new ModelMismatchException($"{space.Name}: page {space.NextMapped(end)} is not mapped");
        var counted = new PageCounts(space.Real.MappedPages, space.Real.DataPages, space.Real.LockedPages);
        if (counted != counts || space.Real.Limits != space.Limits)
            throw new ModelMismatchException($"{space.Name} counts {counted} instead of {counts}, limits {space.Real.Limits}");
    }

    private static string Show(PageRange range) =>
        range.Start.IsPageAligned ? $"Pages({ModelSpace.PageOf(range.Start)}, {range.Pages})" : $"new PageRange(0x{range.Start}, {range.Pages})";

    private static string Show(int page) => $"At({page})";
}
