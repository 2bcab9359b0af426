using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>The machine's ACPI tables. A machine without any is a normal case: nothing is found then.</summary>
/// <remarks>Filled once at boot by one processor, only read afterwards.</remarks>
public static class AcpiTables
{
    private static TableDirectory? s_directory;
    private static Madt? s_madt;
    private static Srat? s_srat;
    private static Fadt s_fadt;
    private static HpetTable s_hpet;
    private static List<ConfigurationWindow> s_windows = [];

    /// <summary>Whether there are any tables.</summary>
    public static bool IsPresent => Count != 0;

    /// <summary>The revision of the root pointer: 0 for ACPI 1, 2 for all later versions.</summary>
    public static byte Revision => s_directory?.Root.Revision ?? 0;

    /// <summary>Number of tables.</summary>
    public static int Count => s_directory?.Tables.Count ?? 0;

    /// <summary>The interrupt controllers; null if the firmware doesn't describe them.</summary>
    public static Madt? Madt => s_madt;

    /// <summary>What is near to what; null if the firmware doesn't say.</summary>
    public static Srat? Srat => s_srat;

    /// <summary>Power management; nothing is present in it without a table.</summary>
    public static ref readonly Fadt Fadt => ref s_fadt;

    /// <summary>The high-precision event timer; at zero if there is none.</summary>
    public static HpetTable Hpet => s_hpet;

    /// <summary>Windows of memory-mapped PCI configuration space.</summary>
    public static List<ConfigurationWindow> ConfigurationWindows => s_windows;

    /// <summary>Finds and reads all tables. Each broken one costs a line in the log and is ignored.</summary>
    /// <param name="root">
    /// Where the boot loader says that the root pointer, or a copy of it, is; zero to look where a BIOS puts it.
    /// </param>
    /// <remarks>Needs <see cref="DeviceMemory.Current"/>. Call it once.</remarks>
    public static void Initialize(PhysicalAddress root)
    {
        var directory = new TableDirectory(DeviceMemory.Current, ProcessorIdentity.PhysicalAddressBits);
        directory.Load(root);
        s_directory = directory;
        foreach (TableProblem problem in directory.Problems)
            Report(problem);
        Decode(directory);
        Log.Info($"acpi: {Count} tables, revision {Revision}");
    }

    /// <summary>A table by its place in the list.</summary>
    /// <param name="index">From 0 to below <see cref="Count"/>.</param>
    public static AcpiTable Get(int index) => s_directory!.Tables[index];

    /// <summary>A table by its name.</summary>
    /// <param name="signature">Its name.</param>
    /// <param name="index">0 for the first of that name.</param>
    /// <returns>One that is not present if there are fewer.</returns>
    public static AcpiTable Find(TableSignature signature, int index = 0) => s_directory?.Find(signature, index) ?? AcpiTable.Absent;

    /// <summary>What the firmware says about switching off.</summary>
    /// <returns>False if no definition block has the values.</returns>
    internal static bool TryFindSleepPackage(out SleepPackage package)
    {
        for (int i = 0; i < Count; i++)
        {
            AcpiTable table = Get(i);
            if ((table.Signature == TableSignature.Dsdt || table.Signature == TableSignature.Ssdt)
                && SleepPackage.TryFind(table.Bytes, out package))
                return true;
        }

        package = default;
        return false;
    }

    private static void Decode(TableDirectory directory)
    {
        if (directory.Find(TableSignature.Madt) is { IsPresent: true } madt)
            s_madt = Madt.Parse(madt.Bytes);
        if (s_madt is { IsWhole: false })
            Log.Warn($"acpi: APIC has a broken entry, the entries behind it are ignored");
        if (directory.Find(TableSignature.Srat) is { IsPresent: true } srat)
            s_srat = Srat.Parse(srat.Bytes);
        s_fadt = Fadt.Parse(directory.Find(TableSignature.Fadt).Bytes);
        s_hpet = HpetTable.Parse(directory.Find(TableSignature.Hpet).Bytes);
        s_windows = Mcfg.Parse(directory.Find(TableSignature.Mcfg).Bytes);
    }

    private static void Report(TableProblem problem)
    {
        Span<byte> name = stackalloc byte[sizeof(uint)];
        Log.Warn($"acpi: {problem.Signature.CopyTo(name)} at 0x{problem.Address.Value:x} ignored: {Describe(problem.Defect)}");
    }

    private static string Describe(TableDefect defect) => defect switch
    {
        TableDefect.Unreachable => "its memory can't be reached",
        TableDefect.Length => "its length makes no sense",
        TableDefect.Checksum => "wrong checksum",
        TableDefect.Signature => "another table was expected there",
        _ => "too many tables",
    };
}
