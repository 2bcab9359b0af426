using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>poll, ppoll, select and pselect6.</summary>
internal static unsafe class PollCalls
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const int BitsPerWord = 64;
    private const int Sets = 3;
    private const PollEvents ReadEvents = PollEvents.Readable | PollEvents.BandInput | PollEvents.HangUp | PollEvents.Error;
    private const PollEvents WriteEvents = PollEvents.Writable | PollEvents.BandOutput | PollEvents.Error;
    private const PollEvents ExceptEvents = PollEvents.Priority;

    /// <summary>poll(items, count, milliseconds).</summary>
    public static SysResult Poll(SystemCallFrame* frame) => Poll(frame->Argument0, frame->Argument1, DeadlineOf((int)frame->Argument2));

    /// <summary>ppoll(items, count, time, mask, maskSize).</summary>
    public static SysResult PollWithMask(SystemCallFrame* frame)
    {
        Errno error = ReadDeadline(frame->Argument2, out ulong deadline);
        if (error == Errno.None)
            error = SetMask(frame->Argument3, frame->Argument4);
        if (error != Errno.None)
            return error;
        SysResult result = Poll(frame->Argument0, frame->Argument1, deadline);
        WriteRest(frame->Argument2, deadline, isMicroseconds: false);
        return result;
    }

    /// <summary>select(count, reads, writes, exceptions, time).</summary>
    public static SysResult Select(SystemCallFrame* frame)
    {
        ulong deadline = Scheduler.Forever;
        if (frame->Argument4 != 0)
        {
            if (!UserMemory.Read(frame->Argument4, out TimeSpecification time))
                return Errno.EFAULT;
            if (time.Seconds < 0 || time.Fraction < 0)
                return Errno.EINVAL;
            time.Seconds += time.Fraction / 1_000_000;
            time.Fraction = time.Fraction % 1_000_000 * 1000;
            deadline = time.Nanoseconds == 0 ? 0 : time.FromNow();
        }
        SysResult result = Select(frame, deadline);
        WriteRest(frame->Argument4, deadline, isMicroseconds: true);
        return result;
    }

    /// <summary>pselect6(count, reads, writes, exceptions, time, mask*).</summary>
    public static SysResult SelectWithMask(SystemCallFrame* frame)
    {
        Errno error = ReadDeadline(frame->Argument4, out ulong deadline);
        if (error == Errno.None && frame->Argument5 != 0)
            error = UserMemory.Read(frame->Argument5, out MaskArgument mask) ? SetMask(mask.Address, mask.Size) : Errno.EFAULT;
        if (error != Errno.None)
            return error;
        SysResult result = Select(frame, deadline);
        WriteRest(frame->Argument4, deadline, isMicroseconds: false);
        return result;
    }

    /// <summary>The deadline of a time in milliseconds; a negative one never comes, zero stays zero.</summary>
    public static ulong DeadlineOf(int milliseconds) =>
        milliseconds < 0 ? Scheduler.Forever : milliseconds == 0 ? 0 : Clock.Nanoseconds + (ulong)milliseconds * NanosecondsPerMillisecond;

    /// <summary>Reads how long to wait.</summary>
    /// <param name="address">Of a time; zero for ever.</param>
    /// <param name="deadline">As <see cref="DeadlineOf"/>.</param>
    public static Errno ReadDeadline(ulong address, out ulong deadline)
    {
        deadline = Scheduler.Forever;
        if (address == 0)
            return Errno.None;
        if (!UserMemory.Read(address, out TimeSpecification time))
            return Errno.EFAULT;
        if (!time.IsValid)
            return Errno.EINVAL;
        deadline = time.Nanoseconds == 0 ? 0 : time.FromNow();
        return Errno.None;
    }

    /// <summary>Blocks other signals while the call lasts, if a mask is given.</summary>
    public static Errno SetMask(ulong address, ulong size)
    {
        if (address == 0)
            return Errno.None;
        if (size != sizeof(ulong))
            return Errno.EINVAL;
        if (!UserMemory.Read(address, out ulong signals))
            return Errno.EFAULT;
        Thread.Current.SetBlockedForCall(signals);
        return Errno.None;
    }

    private static SysResult Poll(ulong address, ulong count, ulong deadline)
    {
        if (count > Thread.Current.Process.Limits[(int)Resource.OpenFiles].Current)
            return Errno.EINVAL;
        PollSet set = default;
        SysResult result = 0;
        for (ulong index = 0; index < count && !result.IsError; index++)
            result = UserMemory.Read(address + index * (ulong)sizeof(PollRecord), out PollRecord record) ? set.Add(record.Descriptor, record.Wanted) : Errno.EFAULT;
        if (!result.IsError)
            result = set.Wait(deadline);
        for (int index = 0; index < set.Count && !result.IsError; index++)
        {
            ulong found = address + (ulong)index * (ulong)sizeof(PollRecord) + sizeof(int) + sizeof(ushort);
            if (!UserMemory.Write(found, set[index].Found))
                result = Errno.EFAULT;
        }
        set.Dispose();
        return result;
    }

    private static SysResult Select(SystemCallFrame* frame, ulong deadline)
    {
        int count = (int)frame->Argument0;
        if (count < 0)
            return Errno.EINVAL;
        // Nobody has descriptors behind the table's end.
        count = Math.Min(count, Math.Max(Thread.Current.Process.Files.End, BitsPerWord * 4));
        int words = (count + BitsPerWord - 1) / BitsPerWord;
        if (words * Sets * sizeof(ulong) > ByteBlocks.Longest)
            return Errno.ENOMEM;
        var bits = (ulong*)ByteBlocks.Take(Math.Max(words, 1) * Sets * sizeof(ulong));
        if (bits == null)
            return Errno.ENOMEM;
        PollSet set = default;
        SysResult result = ReadSets(frame, bits, words);
        if (!result.IsError)
            result = AddAll(ref set, bits, words, count);
        if (!result.IsError)
            result = set.Wait(deadline);
        if (!result.IsError)
            result = WriteSets(frame, ref set, bits, words);
        set.Dispose();
        ByteBlocks.Return(bits);
        return result;
    }

    private static Errno ReadSets(SystemCallFrame* frame, ulong* bits, int words)
    {
        for (int kind = 0; kind < Sets; kind++)
        {
            ulong address = AddressOf(frame, kind);
            var part = new Span<byte>(bits + kind * words, words * sizeof(ulong));
            part.Clear();
            if (address != 0 && !UserMemory.CopyIn(part, address))
                return Errno.EFAULT;
        }
        return Errno.None;
    }

    private static Errno AddAll(ref PollSet set, ulong* bits, int words, int count)
    {
        for (int descriptor = 0; descriptor < count; descriptor++)
        {
            var wanted = PollEvents.None;
            for (int kind = 0; kind < Sets; kind++)
                if ((bits[kind * words + descriptor / BitsPerWord] >> (descriptor % BitsPerWord) & 1) != 0)
                    wanted |= EventsOf(kind);
            if (wanted == PollEvents.None)
                continue;
            Errno error = set.Add(descriptor, (ushort)wanted);
            if (error != Errno.None)
                return error;
            if (set[set.Count - 1].File == 0)
                return Errno.EBADF;
        }
        return Errno.None;
    }

    /// <summary>Writes the sets back: only what there is of what was asked for.</summary>
    private static SysResult WriteSets(SystemCallFrame* frame, ref PollSet set, ulong* bits, int words)
    {
        int total = 0;
        for (int index = 0; index < set.Count; index++)
        {
            ref PollItem item = ref set[index];
            for (int kind = 0; kind < Sets; kind++)
            {
                ref ulong word = ref bits[kind * words + item.Descriptor / BitsPerWord];
                ulong bit = 1UL << (item.Descriptor % BitsPerWord);
                if ((word & bit) == 0)
                    continue;
                if (((PollEvents)item.Found & EventsOf(kind)) != 0)
                    total++;
                else
                    word &= ~bit;
            }
        }
        for (int kind = 0; kind < Sets; kind++)
        {
            ulong address = AddressOf(frame, kind);
            if (address != 0 && !UserMemory.CopyOut(address, new ReadOnlySpan<byte>(bits + kind * words, words * sizeof(ulong))))
                return Errno.EFAULT;
        }
        return total;
    }

    private static ulong AddressOf(SystemCallFrame* frame, int kind) =>
        kind switch { 0 => frame->Argument1, 1 => frame->Argument2, _ => frame->Argument3 };

    private static PollEvents EventsOf(int kind) => kind switch { 0 => ReadEvents, 1 => WriteEvents, _ => ExceptEvents };

    /// <summary>Tells how much of the time is left. A bad address doesn't matter any more.</summary>
    private static void WriteRest(ulong address, ulong deadline, bool isMicroseconds)
    {
        if (address == 0 || deadline == Scheduler.Forever)
            return;
        ulong now = Clock.Nanoseconds;
        var rest = new TimeSpecification(deadline > now ? deadline - now : 0);
        if (isMicroseconds)
            rest.Fraction /= 1000;
        UserMemory.Write(address, rest);
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRecord
    {
        public int Descriptor;
        public ushort Wanted;
        public ushort Found;
    }

    /// <summary>What pselect6's last argument points to.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MaskArgument
    {
        public ulong Address;
        public ulong Size;
    }
}
