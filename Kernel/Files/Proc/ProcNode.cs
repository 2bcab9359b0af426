using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <summary>One file, link or directory of /proc. It exists while somebody uses it; its content is made at each read.</summary>
/// <remarks>
/// It knows its process by number and start time, so that a later process with the same number isn't taken for it. No reference to
/// a process is kept over anything that may wait; its memory and open files are kept by their own counts.
/// </remarks>
internal sealed unsafe partial class ProcNode : Inode
{
    private const int IdShift = 32;
    private const int IndexShift = 8;

    private ProcFile _file;
    private int _processId;
    private ulong _startTime;

    // A thread's number or a descriptor.
    private int _index;

    /// <summary>Where they come from.</summary>
    public static Pool<ProcNode> Pool { get; set; } = null!;

    /// <inheritdoc/>
    public override bool IsVolatileDirectory => IsDirectory;

    /// <inheritdoc/>
    public override bool IsVolatileLink => IsLink;

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <inheritdoc/>
    public override bool CanPoll => false;

    /// <inheritdoc/>
    public override uint BlockSize => 1024;

    /// <summary>Makes one.</summary>
    /// <param name="file">Which.</param>
    /// <param name="process">Whose; null for the machine's.</param>
    /// <param name="index">A thread's number or a descriptor.</param>
    /// <returns>Null when memory has run out.</returns>
    public static ProcNode? TryCreate(ProcFile file, Process? process, int index)
    {
        if (Pool.Take() is not { } node)
            return null;
        node.Initialize(ProcessFileSystem.Instance, ProcFiles.ModeOf(file), 0, 0);
        node._file = file;
        node._index = index;
        node.Links = node.IsDirectory ? 2u : 1;
        if (process is not null)
        {
            node._processId = process.Id;
            node._startTime = process.StartTime;
            node.TakeOwner(process);
        }
        node.Number = (ulong)(uint)node._processId << IdShift | (ulong)(uint)index << IndexShift | (ulong)file;
        if (file == ProcFile.Descriptor && process?.Files?.Peek(index) is { } open)
            node.Mode = FileMode.SymbolicLink | 0x40 | (open.CanRead ? 0x100u : 0) | (open.CanWrite ? 0x80u : 0);
        return node;
    }

    /// <inheritdoc/>
    public override bool IsStale => _processId != 0
        && (Find() is not { } process
            || (_file == ProcFile.Thread && !HasThread(process, _index))
            || (_file is ProcFile.Descriptor or ProcFile.DescriptorInfo && process.Files?.Peek(_index) is null));

    /// <inheritdoc/>
    public override Errno CheckAccess(Permission wanted)
    {
        if (_processId == 0)
            return Errno.None;
        if (Find() is not { } process)
            return Errno.ESRCH;
        TakeOwner(process);
        return ProcFiles.IsGuarded(_file) && !MayLookInto(process) ? Errno.EACCES : Errno.None;
    }

    /// <summary>The process; null if it has gone. Only until the next wait.</summary>
    private Process? Find() => ProcessTree.Find(_processId) is { } process && process.StartTime == _startTime ? process : null;

    /// <summary>The thread that the file is about: of /proc/PID the first one; null if it has ended.</summary>
    private Thread? FindThread(Process process)
    {
        int id = _index == 0 ? process.Id : _index;
        return HasThread(process, id) ? ProcessTree.FindThread(id) : _index == 0 ? process.FirstThread : null;
    }

    private static bool HasThread(Process process, int id) => ProcessTree.FindThread(id) is { } thread && thread.Process == process;

    private static bool MayLookInto(Process process)
    {
        if (Thread.Current.IsKernel)
            return true;
        Process reader = Thread.Current.Process;
        return reader == process || (reader.MayAccess(process) && (process.Dumpable == 1 || reader.User.IsPrivileged));
    }

    private void TakeOwner(Process process)
    {
        bool isOpen = process.Dumpable == 1 || _file is ProcFile.Process or ProcFile.Thread;
        User = isOpen ? process.User.EffectiveUser : 0;
        Group = isOpen ? process.User.EffectiveGroup : 0;
    }

    /// <summary>The process's memory, with a reference for the caller, if it has any and the reader may look into it.</summary>
    /// <returns><see cref="Errno.ESRCH"/>, <see cref="Errno.EACCES"/>; without memory none of them and null.</returns>
    private Errno TakeMemory(out ProcessMemory? memory)
    {
        memory = null;
        if (Find() is not { } process)
            return Errno.ESRCH;
        if (ProcFiles.IsGuarded(_file) && !MayLookInto(process))
            return Errno.EACCES;
        memory = process.Memory;
        memory?.AddReference();
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Destroy() => Pool.Return(this);
}
