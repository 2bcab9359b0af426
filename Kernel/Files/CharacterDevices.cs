using System;
using System.Collections.Generic;

namespace Kernel.Files;

/// <summary>A driver of a character device. It lives for ever.</summary>
internal abstract class CharacterDevice : FileBody
{
    /// <summary>Its name below /dev; UTF-8.</summary>
    public abstract ReadOnlySpan<byte> Name { get; }

    /// <summary>Its number, as <c>st_rdev</c>.</summary>
    public abstract ulong Device { get; }

    /// <summary>Permissions of its file.</summary>
    public virtual uint Permissions => 0x1b6;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KindName => Name;
}

/// <summary>The drivers of character devices, and device numbers.</summary>
internal static class CharacterDevices
{
    private const int MinorBits = 8;

    private static readonly List<CharacterDevice> s_all = [];

    /// <summary>All drivers, in the order of registration.</summary>
    public static IReadOnlyList<CharacterDevice> All => s_all;

    /// <summary>A device number as <c>st_rdev</c> has it (makedev(3)).</summary>
    public static ulong Number(uint major, uint minor) =>
        (minor & 0xff) | (ulong)(major & 0xfff) << MinorBits | (ulong)(minor & ~0xffu) << 12 | (ulong)(major & ~0xfffu) << 32;

    /// <summary>The major part of a device number.</summary>
    public static uint MajorOf(ulong device) => (uint)(device >> MinorBits & 0xfff) | (uint)(device >> 32 & ~0xfffUL);

    /// <summary>The minor part of a device number.</summary>
    public static uint MinorOf(ulong device) => (uint)(device & 0xff) | (uint)(device >> 12 & ~0xffUL);

    /// <summary>Registers a driver. At boot only.</summary>
    public static void Add(CharacterDevice device) => s_all.Add(device);

    /// <summary>The driver of a device; null if there is none.</summary>
    public static CharacterDevice? Find(ulong device)
    {
        for (int index = 0; index < s_all.Count; index++)
            if (s_all[index].Device == device)
                return s_all[index];
        return null;
    }
}
