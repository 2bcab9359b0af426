using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <content>What lies where in a process's memory: maps, smaps, pagemap.</content>
internal sealed unsafe partial class ProcNode
{
    // A varea's lines begin in the lower part of the buffer; its path is made in the upper part first.
    private const int HeadRoom = 1024;
    private const int NameColumn = 72;

    /// <summary>
    /// Writes the lines of one varea after another. Where it stopped is noted in the open file, so that going on is not
    /// disturbed by what changed before that address.
    /// </summary>
    private SysResult ReadAreas(OpenFile file, ref Transfer to, ulong position, Span<byte> buffer)
    {
        Errno error = TakeMemory(out ProcessMemory? memory);
        if (memory is null)
            return error == Errno.None ? 0 : error;
        bool goesOn = position != 0 && file.PrivatePosition == position;
        ulong address = goesOn ? file.Private & ~Page.OffsetMask : 0;
        ulong skip = goesOn ? file.Private & Page.OffsetMask : position;
        while (to.Left > 0 && !to.HasFailed && WriteArea(memory, address, buffer, out int length, out VArea? area))
        {
            ulong start = area!.Start.Value, end = area.End.Value;
            if (skip >= (ulong)length)
            {
                skip -= (ulong)length;
                address = end;
                continue;
            }
            ReadOnlySpan<byte> rest = buffer[(int)skip..length];
            int put = to.Put(rest);
            position += (ulong)put;
            (address, skip) = put < rest.Length ? (start, skip + (ulong)put) : (end, 0);
            Scheduler.YieldIfNeeded();
        }
        file.Private = address | skip;
        file.PrivatePosition = position;
        memory.Release();
        return to.Result();
    }

    /// <summary>Writes the lines of the first varea that ends behind an address.</summary>
    /// <returns>False if there is none.</returns>
    private bool WriteArea(ProcessMemory memory, ulong address, Span<byte> buffer, out int length, out VArea? area)
    {
        memory.Space.BeginListing();
        area = memory.Space.FindAtOrAfter(new VirtualAddress(address));
        length = 0;
        if (area is not null)
        {
            // Some room is kept for a path that starts far up in the buffer.
            var text = new ProcText(buffer[..^1], 0);
            WriteHeader(ref text, memory, area, buffer[HeadRoom..]);
            if (_file == ProcFile.ProcessSmaps)
            {
                MemoryUsage usage = default;
                memory.Space.Measure(area, ref usage);
                SmapsTexts.Write(ref text, area, usage);
            }
            length = text.Written.Length;
        }
        memory.Space.EndListing();
        return area is not null;
    }

    private static void WriteHeader(ref ProcText text, ProcessMemory memory, VArea area, scoped Span<byte> buffer)
    {
        Inode? inode = (area.Object as FileObject)?.Host as Inode;
        int before = text.Written.Length;
        WriteRange(ref text, area.Start.Value, area.End.Value, area.Protection, area.IsPrivate);
        bool isObject = !area.IsAnonymous;
        text.Hex(isObject ? area.Offset << Page.Shift : 0, 8);
        text.Add((byte)' ');
        ulong device = inode is null ? isObject ? 1u : 0 : inode.System.Device;
        text.Hex(CharacterDevices.MajorOf(device), 2);
        text.Add((byte)':');
        text.Hex(CharacterDevices.MinorOf(device), 2);
        text.Add((byte)' ');
        text.Number(inode?.Number ?? 0);
        text.Add((byte)' ');
        ReadOnlySpan<byte> name = NameOf(memory, area, inode, buffer);
        if (!name.IsEmpty)
        {
            text.Fill((byte)' ', NameColumn - (text.Written.Length - before));
            text.Add((byte)' ');
            foreach (byte unit in name)
            {
                if (unit == (byte)'\n')
                    text.Add("\\012"u8);
                else
                    text.Add(unit);
            }
        }
        text.Add("\n"u8);
    }

    private static void WriteRange(ref ProcText text, ulong start, ulong end, Protection protection, bool isPrivate)
    {
        text.Hex(start, 8);
        text.Add((byte)'-');
        text.Hex(end, 8);
        text.Add((byte)' ');
        text.Add((protection & Protection.Read) != 0 ? (byte)'r' : (byte)'-');
        text.Add((protection & Protection.Write) != 0 ? (byte)'w' : (byte)'-');
        text.Add((protection & Protection.Execute) != 0 ? (byte)'x' : (byte)'-');
        text.Add(isPrivate ? (byte)'p' : (byte)'s');
        text.Add((byte)' ');
    }

    private static ReadOnlySpan<byte> NameOf(ProcessMemory memory, VArea area, Inode? inode, Span<byte> buffer)
    {
        ulong start = area.Start.Value, end = area.End.Value;
        if (inode is not null)
        {
            Place place = PlaceOf(inode);
            if (!place.IsNone && place.TryWritePath(ReaderRoot, buffer, out ReadOnlySpan<byte> path, out bool _))
                return path;
            return inode.AnyEntry is { } entry ? entry.IsLinked ? entry.Name : WriteDeleted(buffer, entry.Name) : "/ (deleted)"u8;
        }
        if (area.Object is SharedAnonymousObject or FileObject { Host: null })
            return "/dev/zero (deleted)"u8;
        if (!area.IsAnonymous)
            return area.Object!.NameFor(area);
        if (start <= memory.Break && end >= memory.BreakStart && memory.Break != memory.BreakStart)
            return "[heap]"u8;
        return start <= memory.StackStart && end >= memory.StackStart ? "[stack]"u8 : default;
    }

    /// <summary>A file that is in no mount: memfd_create's.</summary>
    private static ReadOnlySpan<byte> WriteDeleted(Span<byte> buffer, ReadOnlySpan<byte> name)
    {
        var text = new ProcText(buffer, 0);
        text.Add((byte)'/');
        text.Add(name);
        text.Add(" (deleted)"u8);
        return text.Written;
    }

    /// <summary>Counts all pages of a process, and for smaps_rollup writes the sums.</summary>
    private static ProcessUsage Measure(ProcessMemory memory, bool isRollup, ref ProcText text)
    {
        ProcessUsage usage = default;
        ulong first = 0, last = 0;
        AddressSpace space = memory.Space;
        space.BeginListing();
        foreach (VArea area in space)
        {
            space.Measure(area, ref usage.Pages);
            if ((area.Flags & VAreaFlags.GrowsDown) != 0)
                usage.Stack += area.Pages;
            if ((area.Protection & (Protection.Execute | Protection.Write)) == Protection.Execute)
                usage.Executable += area.Pages;
            first = first == 0 ? area.Start.Value : first;
            last = area.End.Value;
        }
        usage.Tables = space.CountTables();
        space.EndListing();
        if (!isRollup)
            return usage;
        WriteRange(ref text, first, last, Protection.None, isPrivate: true);
        const int unnamed = NameColumn - 39;
        text.Add("00000000 00:00 0 "u8);
        text.Fill((byte)' ', Math.Max(unnamed - Math.Max(HexDigits(first) + HexDigits(last) - 16, 0), 0));
        text.Add("[rollup]\n"u8);
        SmapsTexts.WriteSums(ref text, usage.Pages, isRollup: true);
        return usage;
    }

    private static int HexDigits(ulong value)
    {
        int digits = 8;
        while (value >> digits * 4 != 0)
            digits++;
        return digits;
    }

    /// <summary>Eight bytes for each page of the address space (Documentation/admin-guide/mm/pagemap.rst of Linux).</summary>
    private SysResult ReadPageMap(ref Transfer to, ulong position, Span<byte> buffer)
    {
        if (position % sizeof(ulong) != 0 || to.Left % sizeof(ulong) != 0)
            return Errno.EINVAL;
        Errno error = TakeMemory(out ProcessMemory? memory);
        if (memory is null)
            return error == Errno.None ? 0 : error;
        bool seesFrames = Thread.Current.IsKernel || Thread.Current.Process.User.IsPrivileged;
        ulong page = position / sizeof(ulong), end = memory.Space.Range.End.Value >> Page.Shift;
        Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(buffer);
        while (to.Left > 0 && !to.HasFailed && page < end)
        {
            int count = (int)Math.Min(Math.Min(to.Left / sizeof(ulong), end - page), (ulong)entries.Length);
            for (int index = 0; index < count; index++)
                entries[index] = DescribePage(memory.Space, (page + (ulong)index) << Page.Shift, seesFrames);
            to.Put(buffer[..(count * sizeof(ulong))]);
            page += (ulong)count;
            Scheduler.YieldIfNeeded();
        }
        memory.Release();
        return to.Result();
    }

    private static ulong DescribePage(AddressSpace space, ulong address, bool seesFrames)
    {
        const ulong isPresent = 1UL << 63, isOfFile = 1UL << 61, isExclusive = 1UL << 56;
        PageState state = space.Describe(new VirtualAddress(address), out FrameNumber frame, out bool isOfObject);
        if ((state & PageState.Resident) == 0)
            return 0;
        ulong entry = isPresent | (seesFrames ? frame.Value : 0);
        if (isOfObject)
            entry |= isOfFile;
        return (state & (PageState.Shared | PageState.Zero)) == 0 ? entry | isExclusive : entry;
    }
}
