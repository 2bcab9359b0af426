using System;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.Files.Proc;

/// <summary>The lines of smaps and smaps_rollup behind the first one.</summary>
internal static class SmapsTexts
{
    private const int KilobyteShift = 10;

    /// <summary>Writes those of one varea.</summary>
    public static void Write(ref ProcText text, VArea area, in MemoryUsage usage)
    {
        text.Kilobytes("Size:"u8, ToKilobytes(area.Pages));
        text.Kilobytes("KernelPageSize:"u8, ToKilobytes(1));
        text.Kilobytes("MMUPageSize:"u8, ToKilobytes(1));
        WriteSums(ref text, usage, isRollup: false);
        text.Add("THPeligible:    "u8);
        text.Add((area.Flags & VAreaFlags.HugePages) != 0 && area.IsAnonymous ? "1\n"u8 : "0\n"u8);
        WriteFlags(ref text, area);
    }

    /// <summary>Writes the numbers of pages.</summary>
    public static void WriteSums(ref ProcText text, in MemoryUsage usage, bool isRollup)
    {
        text.Kilobytes("Rss:"u8, ToKilobytes(usage.Resident));
        text.Kilobytes("Pss:"u8, FromShares(usage.Proportional));
        text.Kilobytes("Pss_Dirty:"u8, FromShares(usage.ProportionalDirty));
        if (isRollup)
        {
            text.Kilobytes("Pss_Anon:"u8, FromShares(usage.ProportionalAnonymous));
            text.Kilobytes("Pss_File:"u8, FromShares(usage.Proportional - usage.ProportionalAnonymous - usage.ProportionalSharedMemory));
            text.Kilobytes("Pss_Shmem:"u8, FromShares(usage.ProportionalSharedMemory));
        }
        text.Kilobytes("Shared_Clean:"u8, ToKilobytes(usage.SharedClean));
        text.Kilobytes("Shared_Dirty:"u8, ToKilobytes(usage.SharedDirty));
        text.Kilobytes("Private_Clean:"u8, ToKilobytes(usage.PrivateClean));
        text.Kilobytes("Private_Dirty:"u8, ToKilobytes(usage.PrivateDirty));
        text.Kilobytes("Referenced:"u8, ToKilobytes(usage.Referenced));
        text.Kilobytes("Anonymous:"u8, ToKilobytes(usage.Anonymous));
        text.Kilobytes("LazyFree:"u8, ToKilobytes(usage.LazyFree));
        text.Kilobytes("AnonHugePages:"u8, ToKilobytes(usage.AnonymousLarge));
        text.Kilobytes("ShmemPmdMapped:"u8, 0);
        text.Kilobytes("FilePmdMapped:"u8, 0);
        text.Kilobytes("Shared_Hugetlb:"u8, 0);
        text.Kilobytes("Private_Hugetlb:"u8, 0);
        text.Kilobytes("Swap:"u8, 0);
        text.Kilobytes("SwapPss:"u8, 0);
        text.Kilobytes("Locked:"u8, FromShares(usage.ProportionalLocked));
    }

    private static void WriteFlags(ref ProcText text, VArea area)
    {
        text.Add("VmFlags: "u8);
        Flag(ref text, "rd "u8, (area.Protection & Protection.Read) != 0);
        Flag(ref text, "wr "u8, (area.Protection & Protection.Write) != 0);
        Flag(ref text, "ex "u8, (area.Protection & Protection.Execute) != 0);
        Flag(ref text, "sh "u8, !area.IsPrivate);
        Flag(ref text, "mr "u8, (area.MaximumProtection & Protection.Read) != 0);
        Flag(ref text, "mw "u8, (area.MaximumProtection & Protection.Write) != 0);
        Flag(ref text, "me "u8, (area.MaximumProtection & Protection.Execute) != 0);
        Flag(ref text, "ms "u8, !area.IsPrivate);
        Flag(ref text, "gd "u8, (area.Flags & VAreaFlags.GrowsDown) != 0);
        Flag(ref text, "lo "u8, (area.Flags & VAreaFlags.Locked) != 0);
        Flag(ref text, "sr "u8, (area.Flags & VAreaFlags.Sequential) != 0);
        Flag(ref text, "rr "u8, (area.Flags & VAreaFlags.Random) != 0);
        Flag(ref text, "dc "u8, (area.Flags & VAreaFlags.DontFork) != 0);
        Flag(ref text, "nr "u8, (area.Flags & VAreaFlags.NoReserve) != 0);
        Flag(ref text, "wf "u8, (area.Flags & VAreaFlags.WipeOnFork) != 0);
        Flag(ref text, "hg "u8, (area.Flags & VAreaFlags.HugePages) != 0);
        text.Add("\n"u8);
    }

    private static void Flag(ref ProcText text, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
            text.Add(name);
    }

    private static ulong ToKilobytes(ulong pages) => pages << (Page.Shift - KilobyteShift);

    private static ulong FromShares(ulong shares) => shares << (Page.Shift - KilobyteShift) >> MemoryUsage.ProportionShift;
}
