using System;
using Kernel.Abi;
using Kernel.Mm.Objects;
using Kernel.Processes;
using Kernel.Randomness;

namespace Kernel.Files;

/// <summary>What a simple device does.</summary>
internal enum MemoryDeviceKind : byte
{
    /// <summary>Reads are at the end, writes vanish.</summary>
    Null,

    /// <summary>Reads are zeros, writes vanish.</summary>
    Zero,

    /// <summary>Reads are zeros, writes find no room.</summary>
    Full,

    /// <summary>Reads are random, writes are taken.</summary>
    Random,
}

/// <summary>/dev/null, zero, full, random and urandom.</summary>
internal sealed class MemoryDevice : CharacterDevice
{
    private const int Chunk = 256;

    private readonly MemoryDeviceKind _kind;
    private readonly byte[] _utf8;

    public MemoryDevice(MemoryDeviceKind kind, uint minor, ReadOnlySpan<byte> name)
    {
        _kind = kind;
        _utf8 = name.ToArray();
        Device = CharacterDevices.Number(MemoryDevices.Major, minor);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => _utf8;

    /// <inheritdoc/>
    public override ulong Device { get; }

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <inheritdoc/>
    public override bool KeepsPosition => false;

    /// <inheritdoc/>
    public override bool CanPoll => _kind == MemoryDeviceKind.Random;

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        if (_kind == MemoryDeviceKind.Null)
            return 0;
        Span<byte> chunk = stackalloc byte[Chunk];
        while (to.Left > 0 && !to.HasFailed)
        {
            if (_kind == MemoryDeviceKind.Random)
            {
                Span<byte> part = chunk[..(int)Math.Min(to.Left, Chunk)];
                KernelRandom.Fill(part);
                to.Put(part);
            }
            else
            {
                to.PutZeros(1 << 20);
            }
            Scheduler.YieldIfNeeded();
        }
        return to.Result();
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        if (_kind == MemoryDeviceKind.Full)
            return Errno.ENOSPC;
        return from.Left;
    }

    /// <inheritdoc/>
    public override Errno GetContent(OpenFile file, out MemoryObject? content)
    {
        content = null;
        if (_kind != MemoryDeviceKind.Zero)
            return Errno.ENODEV;
        return Errno.None;
    }
}

/// <summary>Registers the devices that are only memory.</summary>
internal static class MemoryDevices
{
    /// <summary>Their major number.</summary>
    public const uint Major = 1;

    /// <summary>Once, at boot.</summary>
    public static void Register()
    {
        CharacterDevices.Add(new MemoryDevice(MemoryDeviceKind.Null, 3, "null"u8));
        CharacterDevices.Add(new MemoryDevice(MemoryDeviceKind.Zero, 5, "zero"u8));
        CharacterDevices.Add(new MemoryDevice(MemoryDeviceKind.Full, 7, "full"u8));
        CharacterDevices.Add(new MemoryDevice(MemoryDeviceKind.Random, 8, "random"u8));
        CharacterDevices.Add(new MemoryDevice(MemoryDeviceKind.Random, 9, "urandom"u8));
        CharacterDevices.Add(new VmDevice());
    }
}
