using Kernel.Files;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.Processes;

/// <summary>
/// The VM manager of a process: its address space and what lies where in it. Shared by processes made with CLONE_VM.
/// </summary>
/// <remarks>
/// <see cref="Lock"/> orders what changes the break and what must see the space unchanged over several of its operations. The
/// space has its own lock.
/// </remarks>
internal sealed class ProcessMemory
{
    public Mutex Lock;

    // Of spaces that are gone.
    private static ulong s_endedMinorFaults, s_endedMajorFaults;

    private int _references = 1;

    /// <summary>The space. Null only between taking the object from its pool and filling it.</summary>
    public AddressSpace Space { get; internal set; } = null!;

    /// <summary>Where the break began, and where it is, in bytes.</summary>
    public ulong BreakStart, Break;

    /// <summary>Mappings without address go below this.</summary>
    public ulong MapTop;

    /// <summary>The address after the initial stack.</summary>
    public ulong StackTop;

    /// <summary>Program text and data.</summary>
    public ulong CodeStart, CodeEnd, DataStart, DataEnd;

    /// <summary>The strings on the initial stack.</summary>
    public ulong ArgumentsStart, ArgumentsEnd, EnvironmentStart, EnvironmentEnd;

    /// <summary>The stack pointer at start.</summary>
    public ulong StackStart;

    /// <summary>The program file; null for none.</summary>
    public Inode? Program { get; private set; }

    /// <summary>Whether mappings made later are locked (mlockall with MCL_FUTURE).</summary>
    public bool LocksNewMappings { get; set; }

    /// <summary>See <see cref="LocksNewMappings"/>: only pages that are touched (MCL_ONFAULT).</summary>
    public bool LocksOnFault { get; set; }

    /// <summary>Makes an empty one.</summary>
    /// <returns>Null when memory has run out.</returns>
    public static ProcessMemory? TryCreate()
    {
        if (ProcessPools.Memories.Take() is not { } memory)
            return null;
        if (VirtualMemory.Manager.CreateSpace(VirtualMemory.UserRange) is { } space)
        {
            memory.Space = space;
            return memory;
        }
        ProcessPools.Memories.Return(memory);
        return null;
    }

    /// <summary>Makes one whose memory is this one's at this instant.</summary>
    /// <returns>What <see cref="AddressSpace.Fork"/> says.</returns>
    public Status Fork(out ProcessMemory? child)
    {
        child = ProcessPools.Memories.Take();
        if (child is null)
            return Status.OutOfMemory;
        Status status = Space.Fork(out AddressSpace? space);
        if (status != Status.Success)
        {
            ProcessPools.Memories.Return(child);
            child = null;
            return status;
        }
        child.Space = space!;
        child.CopyLayout(this);
        return Status.Success;
    }

    /// <summary>Takes a reference for one more process.</summary>
    public void AddReference() => System.Threading.Interlocked.Increment(ref _references);

    /// <summary>Whether other processes use it too.</summary>
    public bool IsShared => System.Threading.Volatile.Read(ref _references) > 1;

    /// <summary>Drops a reference. The last one gives everything back; the space must not be loaded by then.</summary>
    public void Release()
    {
        if (System.Threading.Interlocked.Decrement(ref _references) != 0)
            return;
        Space.Unload(KernelPageTables.Root);
        s_endedMinorFaults += Space.MinorFaults;
        s_endedMajorFaults += Space.MajorFaults;
        VirtualMemory.Manager.DeleteSpace(Space);
        Program?.ReleaseProgram();
        ProcessPools.Memories.Return(this);
    }

    /// <summary>Notes which program runs; its file can't be written meanwhile. Nobody may write to it already.</summary>
    internal void SetProgram(Inode file)
    {
        file.TryForbidWriting();
        Program = file.AddReference();
    }

    /// <summary>Counts the faults of all programs since boot.</summary>
    public static void CountFaults(out ulong minor, out ulong major)
    {
        (minor, major) = (s_endedMinorFaults, s_endedMajorFaults);
        for (AddressSpace? space = VirtualMemory.Manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            minor += space.MinorFaults;
            major += space.MajorFaults;
        }
    }

    private void CopyLayout(ProcessMemory from)
    {
        (BreakStart, Break, MapTop, StackTop) = (from.BreakStart, from.Break, from.MapTop, from.StackTop);
        (CodeStart, CodeEnd, DataStart, DataEnd) = (from.CodeStart, from.CodeEnd, from.DataStart, from.DataEnd);
        (ArgumentsStart, ArgumentsEnd) = (from.ArgumentsStart, from.ArgumentsEnd);
        (EnvironmentStart, EnvironmentEnd, StackStart) = (from.EnvironmentStart, from.EnvironmentEnd, from.StackStart);
        if (from.Program is { } program)
            SetProgram(program);
    }
}
