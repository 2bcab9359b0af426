using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <content>Reading: a part of the text at a time is made in a block, then copied to the reader.</content>
internal sealed unsafe partial class ProcNode
{
    private const int BufferSize = (int)Page.Size;

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        if (IsDirectory)
            return Errno.EISDIR;
        if ((long)position < 0)
            return Errno.EINVAL;
        byte* block = ByteBlocks.Take(BufferSize);
        if (block == null)
            return Errno.ENOMEM;
        SysResult result = Read(file, ref to, position, new Span<byte>(block, BufferSize));
        ByteBlocks.Return(block);
        return result;
    }

    private SysResult Read(OpenFile file, ref Transfer to, ulong position, Span<byte> buffer)
    {
        switch (_file)
        {
            case ProcFile.ProcessMaps or ProcFile.ProcessSmaps:
                return ReadAreas(file, ref to, position, buffer);
            case ProcFile.ProcessPageMap:
                return ReadPageMap(ref to, position, buffer);
            case ProcFile.ProcessArguments or ProcFile.ProcessEnvironment:
                return ReadStrings(ref to, position, buffer);
        }
        ProcessMemory? memory = null;
        Errno error = Errno.None;
        if (_file is ProcFile.ProcessSmapsRollup or ProcFile.ProcessStatm or ProcFile.ProcessStatus or ProcFile.ThreadStatus)
            error = TakeMemory(out memory);
        bool isWhole = false;
        while (error == Errno.None && to.Left > 0 && !to.HasFailed && !isWhole)
        {
            var text = new ProcText(buffer, position);
            error = Write(ref text, memory);
            isWhole = !text.IsFull;
            position += (ulong)to.Put(text.Written);
        }
        memory?.Release();
        return to.Result(error);
    }

    /// <summary>Makes the whole text of a file.</summary>
    private Errno Write(ref ProcText text, ProcessMemory? memory)
    {
        if (_processId == 0)
            return MachineFiles.TryWrite(_file, ref text) || SystemSettings.TryWrite(_file, ref text) ? Errno.None : Errno.EINVAL;
        // Counting pages may wait; the process is looked for afterwards.
        ProcessUsage usage = default;
        if (memory is not null)
            usage = Measure(memory, _file == ProcFile.ProcessSmapsRollup, ref text);
        if (Find() is not { } process)
            return Errno.ESRCH;
        switch (_file)
        {
            case ProcFile.ProcessSmapsRollup:
                return memory is null ? Errno.ESRCH : Errno.None;
            case ProcFile.ProcessName or ProcFile.ThreadName:
                text.Add(FindThread(process) is { } named ? named.Name : process.Name);
                text.Add("\n"u8);
                return Errno.None;
            case ProcFile.ProcessOutOfMemoryAdjust:
                text.Signed(process.OutOfMemoryAdjust);
                text.Add("\n"u8);
                return Errno.None;
            case ProcFile.ProcessOutOfMemoryScore:
                text.Line(default, OutOfMemory.ScoreOf(process), "\n"u8);
                return Errno.None;
            case ProcFile.ProcessLimits:
                ProcessTexts.WriteLimits(ref text, process);
                return Errno.None;
            case ProcFile.ProcessStat or ProcFile.ThreadStat:
                ProcessTexts.WriteStat(ref text, process, FindThread(process), _file == ProcFile.ThreadStat, MayLookInto(process));
                return Errno.None;
            case ProcFile.ProcessStatm:
                ProcessTexts.WriteStatm(ref text, process, usage);
                return Errno.None;
            case ProcFile.ProcessStatus or ProcFile.ThreadStatus:
                ProcessTexts.WriteStatus(ref text, process, FindThread(process), usage);
                return Errno.None;
            case ProcFile.ProcessMounts or ProcFile.ProcessMountInfo:
                return WriteMounts(ref text, process);
            case ProcFile.DescriptorInfo:
                return WriteDescriptorInfo(ref text, process);
            default:
                return Errno.EINVAL;
        }
    }

    private Errno WriteMounts(ref ProcText text, Process process)
    {
        if (process.Paths is not { } paths)
            return Errno.EINVAL;
        byte* block = ByteBlocks.Take(PathWalk.LongestPath);
        if (block == null)
            return Errno.ENOMEM;
        var buffer = new Span<byte>(block, PathWalk.LongestPath);
        for (Mount? mount = Mounts.First; mount is not null; mount = mount.Next)
            MountTexts.Write(ref text, mount, paths.Root, buffer, _file == ProcFile.ProcessMountInfo);
        ByteBlocks.Return(block);
        return Errno.None;
    }

    private Errno WriteDescriptorInfo(ref ProcText text, Process process)
    {
        if (!MayLookInto(process))
            return Errno.EACCES;
        if (process.Files?.Peek(_index) is not { } file)
            return Errno.ENOENT;
        const int closeOnExec = 0x8_0000;
        text.Line("pos:\t"u8, file.Body.KeepsPosition ? file.Position : 0, "\nflags:\t0"u8);
        text.Octal((uint)file.Flags | (process.Files.IsClosedOnExec(_index) ? closeOnExec : 0u), 1);
        text.Line("\nmnt_id:\t"u8, (ulong)(file.Place.Mount?.Id ?? 0), "\nino:\t"u8);
        text.Number(file.Inode?.Number ?? 0);
        text.Add("\n"u8);
        return Errno.None;
    }

    /// <summary>Arguments or environment: what stands there in the process's memory now.</summary>
    private SysResult ReadStrings(ref Transfer to, ulong position, Span<byte> buffer)
    {
        Errno error = TakeMemory(out ProcessMemory? memory);
        if (memory is null)
            return error == Errno.None ? 0 : error;
        bool isArguments = _file == ProcFile.ProcessArguments;
        ulong start = isArguments ? memory.ArgumentsStart : memory.EnvironmentStart;
        ulong end = isArguments ? memory.ArgumentsEnd : memory.EnvironmentEnd;
        while (to.Left > 0 && !to.HasFailed && position < end - start)
        {
            Span<byte> part = buffer[..(int)Math.Min(Math.Min(to.Left, end - start - position), (ulong)buffer.Length)];
            if (memory.Space.Read(new VirtualAddress(start + position), part) != Status.Success)
            {
                error = Errno.EIO;
                break;
            }
            position += (ulong)to.Put(part);
        }
        memory.Release();
        return to.Result(error);
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        const int longest = 72;
        ulong whole = from.Left;
        Span<byte> text = stackalloc byte[longest];
        int length = from.Take(text);
        if (from.HasFailed)
            return Errno.EFAULT;
        text = text[..length];
        // A line, with or without its end; but a name may have any byte.
        if (_file is not (ProcFile.ProcessName or ProcFile.ThreadName) && text.IndexOf((byte)'\n') is >= 0 and int end)
            text = text[..end];
        Errno error;
        switch (_file)
        {
            case ProcFile.ProcessName or ProcFile.ThreadName:
                error = Rename(text);
                break;
            case ProcFile.ProcessOutOfMemoryAdjust:
                error = SetOutOfMemoryAdjust(text);
                break;
            default:
                error = SystemSettings.Set(_file, text);
                break;
        }
        return error == Errno.None ? whole : error;
    }

    private Errno Rename(ReadOnlySpan<byte> name)
    {
        if (Find() is not { } process || FindThread(process) is not { } thread)
            return Errno.ESRCH;
        if (Thread.Current.Process != process)
            return Errno.EINVAL;
        thread.SetName(name);
        return Errno.None;
    }

    private Errno SetOutOfMemoryAdjust(ReadOnlySpan<byte> text)
    {
        const int most = 1000;
        if (!SystemSettings.TryParse(text, out long value) || value is < -most or > most)
            return Errno.EINVAL;
        if (Find() is not { } process)
            return Errno.ESRCH;
        if (value < process.OutOfMemoryAdjust && !Thread.Current.Process.User.IsPrivileged)
            return Errno.EACCES;
        process.OutOfMemoryAdjust = (short)value;
        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>What a shell's redirection asks for before it writes.</remarks>
    public override Errno SetSize(ulong bytes) => IsRegular ? Errno.None : Errno.EISDIR;
}
