using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Time;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Processes;
using Kernel.Randomness;

namespace Kernel.SystemCalls;

/// <summary>What the system is and how it is, random numbers, its name, and its end.</summary>
internal static unsafe class SystemInfoCalls
{
    private const int NameField = 65;
    private const int NameFields = 6;
    private const int MaximumHostName = 64;
    private const int CopyChunk = 256;
    private const int LogCapacity = 64 * 1024;

    private static readonly byte[] s_hostName = new byte[MaximumHostName];
    private static readonly byte[] s_domainName = new byte[MaximumHostName];
    private static int s_hostNameLength = SetInitial(s_hostName, "cosmosvm"u8);
    private static int s_domainNameLength = SetInitial(s_domainName, "(none)"u8);

    /// <summary>The machine's name.</summary>
    public static ReadOnlySpan<byte> HostName => s_hostName.AsSpan(0, s_hostNameLength);

    /// <summary>The NIS domain's name.</summary>
    public static ReadOnlySpan<byte> DomainName => s_domainName.AsSpan(0, s_domainNameLength);

    /// <summary>Sets the machine's name; false if it is too long.</summary>
    public static bool TrySetHostName(ReadOnlySpan<byte> name) => TrySet(name, s_hostName, ref s_hostNameLength);

    /// <summary>Sets the NIS domain's name; false if it is too long.</summary>
    public static bool TrySetDomainName(ReadOnlySpan<byte> name) => TrySet(name, s_domainName, ref s_domainNameLength);

    /// <summary>uname(name).</summary>
    public static SysResult GetName(SystemCallFrame* frame)
    {
        Span<byte> name = stackalloc byte[NameField * NameFields];
        name.Clear();
        "Linux"u8.CopyTo(name);
        HostName.CopyTo(name[NameField..]);
        KernelVersion.LinuxRelease.CopyTo(name[(2 * NameField)..]);
        KernelVersion.Description.CopyTo(name[(3 * NameField)..]);
        "x86_64"u8.CopyTo(name[(4 * NameField)..]);
        DomainName.CopyTo(name[(5 * NameField)..]);
        return UserMemory.CopyOut(frame->Argument0, name) ? 0 : Errno.EFAULT;
    }

    /// <summary>sethostname(name, length).</summary>
    public static SysResult SetHostName(SystemCallFrame* frame) => SetName(frame, s_hostName, ref s_hostNameLength);

    /// <summary>setdomainname(name, length).</summary>
    public static SysResult SetDomainName(SystemCallFrame* frame) => SetName(frame, s_domainName, ref s_domainNameLength);

    /// <summary>sysinfo(info).</summary>
    public static SysResult GetInfo(SystemCallFrame* frame)
    {
        var info = new SystemInfo
        {
            Uptime = (long)(Clock.Nanoseconds / 1_000_000_000),
            TotalMemory = PhysicalMemory.TotalFrames << Page.Shift,
            FreeMemory = PhysicalMemory.FreeFrames << Page.Shift,
            Processes = (ushort)Math.Min(ProcessTree.ThreadCount, ushort.MaxValue),
            Unit = 1,
        };
        return UserMemory.Write(frame->Argument0, info) ? 0 : Errno.EFAULT;
    }

    /// <summary>getrandom(buffer, bytes, flags).</summary>
    public static SysResult GetRandom(SystemCallFrame* frame)
    {
        const ulong knownFlags = 7;
        if ((frame->Argument2 & ~knownFlags) != 0 || (frame->Argument2 & 6) == 6)
            return Errno.EINVAL;
        ulong bytes = Math.Min(frame->Argument1, int.MaxValue);
        Span<byte> chunk = stackalloc byte[CopyChunk];
        for (ulong done = 0; done < bytes;)
        {
            int count = (int)Math.Min(CopyChunk, bytes - done);
            KernelRandom.Fill(chunk[..count]);
            if (!UserMemory.CopyOut(frame->Argument0 + done, chunk[..count]))
                return done == 0 ? Errno.EFAULT : done;
            done += (ulong)count;
            if (done < bytes && Thread.Current.HasSignal)
                return done;
            Scheduler.YieldIfNeeded();
        }
        return bytes;
    }

    /// <summary>reboot(magic, magic2, command, argument).</summary>
    public static SysResult Reboot(SystemCallFrame* frame)
    {
        const uint firstMagic = 0xfee1_dead, secondMagic = 672274793, secondMagicA = 85072278, secondMagicB = 369367448, secondMagicC = 537993216;
        const uint restart = 0x0123_4567, halt = 0xcdef_0123, powerOff = 0x4321_fedc, enableKeys = 0x89ab_cdef, disableKeys = 0;
        if (!Thread.Current.Process.User.IsPrivileged)
            return Errno.EPERM;
        if ((uint)frame->Argument0 != firstMagic
            || (uint)frame->Argument1 is not (secondMagic or secondMagicA or secondMagicB or secondMagicC))
            return Errno.EINVAL;
        switch ((uint)frame->Argument2)
        {
            case restart:
                Shutdown.Restart();
                return Errno.EIO;
            case powerOff:
                Shutdown.PowerOff();
                return Errno.EIO;
            case halt:
                Shutdown.Halt();
                return 0;
            case enableKeys or disableKeys:
                return 0;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>syslog(action, buffer, length): the kernel's log.</summary>
    public static SysResult ReadLog(SystemCallFrame* frame)
    {
        const int close = 0, open = 1, read = 2, readAll = 3, readClear = 4, clear = 5, consoleOff = 6, consoleOn = 7, consoleLevel = 8, sizeUnread = 9, sizeBuffer = 10;
        int action = (int)frame->Argument0, length = (int)frame->Argument2;
        if (action is not (readAll or sizeBuffer) && !Thread.Current.Process.User.IsPrivileged)
            return Errno.EPERM;
        switch (action)
        {
            case read or readAll or readClear:
                if (frame->Argument1 == 0 || length < 0)
                    return Errno.EINVAL;
                SysResult copied = CopyLog(frame->Argument1, (ulong)length);
                if (action == readClear)
                    s_clearedUntil = Log.End;
                return copied;
            case clear:
                s_clearedUntil = Log.End;
                return 0;
            case sizeUnread:
                return Log.End - s_clearedUntil;
            case sizeBuffer:
                return LogCapacity;
            case consoleLevel:
                return length is >= 1 and <= 8 ? 0 : Errno.EINVAL;
            case close or open or consoleOff or consoleOn:
                return 0;
            default:
                return Errno.EINVAL;
        }
    }

    private static ulong s_clearedUntil;

    private static SysResult CopyLog(ulong to, ulong length)
    {
        Span<byte> chunk = stackalloc byte[CopyChunk];
        // The last bytes that fit.
        ulong position = s_clearedUntil, available = Log.End - position;
        if (available > length)
            position = Log.End - length;
        ulong done = 0;
        while (done < length)
        {
            int count = Log.Read(ref position, chunk[..(int)Math.Min(CopyChunk, length - done)]);
            if (count == 0)
                break;
            if (!UserMemory.CopyOut(to + done, chunk[..count]))
                return Errno.EFAULT;
            done += (ulong)count;
        }
        return done;
    }

    private static SysResult SetName(SystemCallFrame* frame, byte[] name, ref int length)
    {
        if (!Thread.Current.Process.User.IsPrivileged)
            return Errno.EPERM;
        if (frame->Argument1 > MaximumHostName)
            return Errno.EINVAL;
        Span<byte> wanted = stackalloc byte[MaximumHostName];
        wanted = wanted[..(int)frame->Argument1];
        if (!UserMemory.CopyIn(wanted, frame->Argument0))
            return Errno.EFAULT;
        wanted.CopyTo(name);
        length = wanted.Length;
        return 0;
    }

    private static bool TrySet(ReadOnlySpan<byte> wanted, byte[] name, ref int length)
    {
        if (wanted.Length > MaximumHostName)
            return false;
        wanted.CopyTo(name);
        length = wanted.Length;
        return true;
    }

    private static int SetInitial(byte[] storage, ReadOnlySpan<byte> name)
    {
        name.CopyTo(storage);
        return name.Length;
    }

    /// <summary>struct sysinfo.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private struct SystemInfo
    {
        public long Uptime;
        public ulong Load1, Load5, Load15;
        public ulong TotalMemory, FreeMemory, SharedMemory, BufferMemory, TotalSwap, FreeSwap;
        public ushort Processes;
        private readonly ushort _padding;
        public ulong TotalHigh, FreeHigh;
        public uint Unit;
    }
}
