using System;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <content>Directories.</content>
internal sealed unsafe partial class ProcNode
{
    // Numbers are listed behind the names.
    private const ulong FirstNumber = 256;
    private const int LongestNumber = 10;

    /// <inheritdoc/>
    public override Errno Find(ReadOnlySpan<byte> name, out Inode? found)
    {
        found = null;
        Process? process = null;
        if (_processId != 0)
        {
            process = Find();
            if (process is null)
                return Errno.ENOENT;
        }
        ProcFile file = FindByName(name);
        int index = _file == ProcFile.Thread ? _index : 0;
        if (file == ProcFile.None)
        {
            if (!TryParse(name, out index))
                return Errno.ENOENT;
            file = FindByNumber(ref process, ref index);
            if (file == ProcFile.None)
                return Errno.ENOENT;
        }
        found = TryCreate(file, process, index);
        return found is null ? Errno.ENOMEM : Errno.None;
    }

    /// <inheritdoc/>
    public override Errno List(ref DirectoryListing listing)
    {
        (ProcFile first, ProcFile last) = ProcFiles.ChildrenOf(_file);
        for (ulong at = listing.Position - Entry.FirstPosition; first + (byte)Math.Min(at, byte.MaxValue - (ulong)first) <= last; at++)
        {
            ProcFile file = first + (byte)at;
            ulong number = (ulong)(uint)_processId << IdShift | (ulong)file;
            if (!listing.TryAdd(ProcFiles.NameOf(file), number, ProcFiles.ModeOf(file), at + Entry.FirstPosition + 1))
                return Errno.None;
        }
        ulong next = Math.Max(listing.Position, FirstNumber) - FirstNumber;
        Span<byte> buffer = stackalloc byte[LongestNumber];
        while (next <= int.MaxValue && FindNumberFrom((int)next, out int found))
        {
            var name = new ProcText(buffer, 0);
            name.Number((ulong)found);
            bool isDirectory = _file is ProcFile.Root or ProcFile.ProcessTasks;
            uint mode = isDirectory ? FileMode.Directory : _file == ProcFile.ProcessDescriptors ? FileMode.SymbolicLink : FileMode.Regular;
            next = (ulong)found + 1;
            if (!listing.TryAdd(name.Written, (ulong)found << IdShift | (ulong)_file, mode, next + FirstNumber))
                break;
        }
        return Errno.None;
    }

    private ProcFile FindByName(ReadOnlySpan<byte> name)
    {
        (ProcFile first, ProcFile last) = ProcFiles.ChildrenOf(_file);
        for (ProcFile file = first; file <= last; file++)
            if (ProcFiles.NameOf(file).SequenceEqual(name))
                return file;
        return ProcFile.None;
    }

    /// <summary>A process, thread or descriptor of some number.</summary>
    private ProcFile FindByNumber(ref Process? process, ref int index)
    {
        switch (_file)
        {
            case ProcFile.Root:
                // A thread has a directory too, though it isn't listed.
                process = ProcessTree.Find(index) ?? ProcessTree.FindThread(index)?.Process;
                index = 0;
                return process is null ? ProcFile.None : ProcFile.Process;
            case ProcFile.ProcessTasks:
                return HasThread(process!, index) ? ProcFile.Thread : ProcFile.None;
            case ProcFile.ProcessDescriptors:
                return process!.Files?.Peek(index) is null ? ProcFile.None : ProcFile.Descriptor;
            case ProcFile.ProcessDescriptorInfos:
                return process!.Files?.Peek(index) is null ? ProcFile.None : ProcFile.DescriptorInfo;
            default:
                return ProcFile.None;
        }
    }

    /// <summary>The lowest number of a process, thread or descriptor that is not below one.</summary>
    private bool FindNumberFrom(int from, out int found)
    {
        found = 0;
        if (_file == ProcFile.Root)
        {
            found = IdTable.FindProcessAtOrAfter(from)?.Number ?? 0;
            return found != 0;
        }
        if (_file is not (ProcFile.ProcessTasks or ProcFile.ProcessDescriptors or ProcFile.ProcessDescriptorInfos) || Find() is not { } process)
            return false;
        if (_file == ProcFile.ProcessTasks)
        {
            for (Thread? thread = process.FirstThread; thread is not null; thread = thread.NextOfProcess)
                if (thread.Id >= from && (found == 0 || thread.Id < found))
                    found = thread.Id;
            return found != 0;
        }
        for (found = from; process.Files is { } files && found < files.End; found++)
            if (files.Peek(found) is not null)
                return true;
        return false;
    }

    private static bool TryParse(ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        if (name.Length is 0 or >= LongestNumber || (name[0] == (byte)'0' && name.Length > 1))
            return false;
        foreach (byte unit in name)
        {
            if (unit is < (byte)'0' or > (byte)'9')
                return false;
            number = number * 10 + (unit - '0');
        }
        return true;
    }
}
