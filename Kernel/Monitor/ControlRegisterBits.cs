using System;

namespace Kernel.Monitor;

/// <summary>Names of the bits of control registers as the manuals abbreviate them, for people to read.</summary>
internal static class ControlRegisterBits
{
    /// <summary>CR4.LA57 (Intel SDM vol. 3, 2.5).</summary>
    public const ulong FiveLevels = 1UL << 12;

    /// <summary>CR4.FSGSBASE.</summary>
    public const ulong FsGsBase = 1UL << 16;

    /// <summary>CR4.PCIDE.</summary>
    public const ulong PcidEnable = 1UL << 17;

    /// <summary>CR4.OSXSAVE.</summary>
    public const ulong OsXsave = 1UL << 18;

    /// <summary>IA32_APIC_BASE.EXTD (Intel SDM vol. 3, 10.12.1).</summary>
    public const ulong X2ApicEnable = 1UL << 10;

    /// <summary>IA32_APIC_BASE.EN.</summary>
    public const ulong ApicEnable = 1UL << 11;

    /// <summary>The name of a bit; empty if it has none.</summary>
    /// <param name="register"><c>cr0</c>, <c>cr4</c> or <c>efer</c>.</param>
    /// <param name="bit">0 to 63.</param>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> register, int bit)
    {
        if (register.SequenceEqual("cr0"u8))
            return Cr0(bit);
        return register.SequenceEqual("cr4"u8) ? Cr4(bit) : Efer(bit);
    }

    private static ReadOnlySpan<byte> Cr0(int bit) => bit switch
    {
        0 => "pe"u8,
        1 => "mp"u8,
        2 => "em"u8,
        3 => "ts"u8,
        4 => "et"u8,
        5 => "ne"u8,
        16 => "wp"u8,
        18 => "am"u8,
        29 => "nw"u8,
        30 => "cd"u8,
        31 => "pg"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> Cr4(int bit) => bit switch
    {
        0 => "vme"u8,
        1 => "pvi"u8,
        2 => "tsd"u8,
        3 => "de"u8,
        4 => "pse"u8,
        5 => "pae"u8,
        6 => "mce"u8,
        7 => "pge"u8,
        8 => "pce"u8,
        9 => "osfxsr"u8,
        10 => "osxmmexcpt"u8,
        11 => "umip"u8,
        12 => "la57"u8,
        13 => "vmxe"u8,
        14 => "smxe"u8,
        16 => "fsgsbase"u8,
        17 => "pcide"u8,
        18 => "osxsave"u8,
        20 => "smep"u8,
        21 => "smap"u8,
        22 => "pke"u8,
        23 => "cet"u8,
        24 => "pks"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> Efer(int bit) => bit switch
    {
        0 => "sce"u8,
        8 => "lme"u8,
        10 => "lma"u8,
        11 => "nxe"u8,
        12 => "svme"u8,
        14 => "ffxsr"u8,
        15 => "tce"u8,
        _ => default,
    };
}
