using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>How a signal means "interrupt".</summary>
public enum SignalPolarity
{
    /// <summary>By its being high.</summary>
    ActiveHigh,

    /// <summary>By its being low.</summary>
    ActiveLow,
}

/// <summary>When a signal means "interrupt".</summary>
public enum SignalTrigger
{
    /// <summary>When it becomes active.</summary>
    Edge,

    /// <summary>As long as it is active.</summary>
    Level,
}

/// <summary>A processor and its local interrupt controller.</summary>
public sealed class LocalApicEntry(uint processorId, uint apicId, bool isEnabled)
{
    /// <summary>The processor's number in ACPI.</summary>
    public uint ProcessorId => processorId;

    /// <summary>Number of its local controller.</summary>
    public uint ApicId => apicId;

    /// <summary>Whether it may be started.</summary>
    public bool IsEnabled => isEnabled;
}

/// <summary>An I/O interrupt controller.</summary>
public sealed class IoApicEntry(byte id, PhysicalAddress address, uint firstInterrupt)
{
    /// <summary>Its number.</summary>
    public byte Id => id;

    /// <summary>Where its registers are.</summary>
    public PhysicalAddress Address => address;

    /// <summary>Global number of its first input.</summary>
    public uint FirstInterrupt => firstInterrupt;
}

/// <summary>Where an interrupt request of the ISA bus arrives and how it signals.</summary>
public sealed class SourceOverride(byte isaInterrupt, uint globalInterrupt, SignalPolarity polarity, SignalTrigger trigger)
{
    /// <summary>Its number on the bus.</summary>
    public byte IsaInterrupt => isaInterrupt;

    /// <summary>Global number of the input.</summary>
    public uint GlobalInterrupt => globalInterrupt;

    /// <summary>What level is active.</summary>
    public SignalPolarity Polarity => polarity;

    /// <summary>Edge or level.</summary>
    public SignalTrigger Trigger => trigger;
}

/// <summary>Which pin of the local controllers brings non-maskable interrupts.</summary>
public sealed class LocalNmiEntry(uint processorId, bool isForAll, byte pin)
{
    /// <summary>Number of the processor in ACPI.</summary>
    public uint ProcessorId => processorId;

    /// <summary>Whether it is so for all processors.</summary>
    public bool IsForAll => isForAll;

    /// <summary>0 or 1.</summary>
    public byte Pin => pin;
}

/// <summary>An input of an I/O controller that brings non-maskable interrupts.</summary>
public sealed class NmiSourceEntry(uint globalInterrupt, SignalPolarity polarity, SignalTrigger trigger)
{
    /// <summary>Global number of the input.</summary>
    public uint GlobalInterrupt => globalInterrupt;

    /// <summary>What level is active.</summary>
    public SignalPolarity Polarity => polarity;

    /// <summary>Edge or level.</summary>
    public SignalTrigger Trigger => trigger;
}

/// <summary>The table of interrupt controllers (ACPI 6.5, 5.2.12).</summary>
public sealed class Madt
{
    private const int LocalApicAddressOffset = 36;
    private const int FlagsOffset = 40;
    private const int EntriesOffset = 44;
    private const uint HasLegacyControllersFlag = 1;
    private const uint EnabledFlag = 1;
    private const uint AllProcessors8 = 0xff;
    private const uint AllProcessors32 = 0xffff_ffff;

    private const ushort PolarityMask = 0b11;
    private const ushort PolarityLow = 0b11;
    private const ushort TriggerMask = 0b11 << 2;
    private const ushort TriggerLevel = 0b11 << 2;

    private enum EntryType : byte
    {
        LocalApic = 0,
        IoApic = 1,
        SourceOverride = 2,
        NmiSource = 3,
        LocalApicNmi = 4,
        LocalApicAddress = 5,
        LocalX2Apic = 9,
        LocalX2ApicNmi = 10,
    }

    /// <summary>Where each processor sees its own local controller.</summary>
    public PhysicalAddress LocalApicAddress { get; private set; }

    /// <summary>Whether the machine has the two 8259 controllers too.</summary>
    public bool HasLegacyControllers { get; private set; }

    /// <summary>The processors.</summary>
    public List<LocalApicEntry> LocalApics { get; } = [];

    /// <summary>The I/O controllers.</summary>
    public List<IoApicEntry> IoApics { get; } = [];

    /// <summary>The ISA requests that are not wired one to one, edge-triggered and active high.</summary>
    public List<SourceOverride> Overrides { get; } = [];

    /// <summary>Pins of local controllers for non-maskable interrupts.</summary>
    public List<LocalNmiEntry> LocalNmis { get; } = [];

    /// <summary>Inputs of I/O controllers for non-maskable interrupts.</summary>
    public List<NmiSourceEntry> NmiSources { get; } = [];

    /// <summary>Whether the list of entries was read to its end; false if an entry in it has an impossible length.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the table up to its end or the first broken entry. Entries of unknown types are skipped.</summary>
    public static Madt Parse(ReadOnlySpan<byte> table)
    {
        var madt = new Madt
        {
            LocalApicAddress = new PhysicalAddress(TableField.Read32(table, LocalApicAddressOffset)),
            HasLegacyControllers = (TableField.Read32(table, FlagsOffset) & HasLegacyControllersFlag) != 0,
        };
        ReadOnlySpan<byte> entries = TableField.From(table, EntriesOffset);
        while (TableField.TryTakeEntry(ref entries, out ReadOnlySpan<byte> entry))
            madt.Add(entry);
        madt.IsWhole = entries.IsEmpty;
        return madt;
    }

    /// <summary>How an ISA request is wired: by its override, or as the bus has it.</summary>
    public SourceOverride Find(byte isaInterrupt)
    {
        foreach (SourceOverride source in Overrides)
            if (source.IsaInterrupt == isaInterrupt)
                return source;
        return new SourceOverride(isaInterrupt, isaInterrupt, SignalPolarity.ActiveHigh, SignalTrigger.Edge);
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        switch ((EntryType)entry[0])
        {
            case EntryType.LocalApic when entry.Length >= 8:
                LocalApics.Add(new LocalApicEntry(entry[2], entry[3], (TableField.Read32(entry, 4) & EnabledFlag) != 0));
                break;
            case EntryType.LocalX2Apic when entry.Length >= 16:
                LocalApics.Add(new LocalApicEntry(
                    TableField.Read32(entry, 12), TableField.Read32(entry, 4), (TableField.Read32(entry, 8) & EnabledFlag) != 0));
                break;
            case EntryType.IoApic when entry.Length >= 12:
                IoApics.Add(new IoApicEntry(entry[2], new PhysicalAddress(TableField.Read32(entry, 4)), TableField.Read32(entry, 8)));
                break;
            case EntryType.SourceOverride when entry.Length >= 10:
                ushort flags = TableField.Read16(entry, 8);
                Overrides.Add(new SourceOverride(entry[3], TableField.Read32(entry, 4), PolarityOf(flags), TriggerOf(flags)));
                break;
            case EntryType.NmiSource when entry.Length >= 8:
                ushort nmiFlags = TableField.Read16(entry, 2);
                NmiSources.Add(new NmiSourceEntry(TableField.Read32(entry, 4), PolarityOf(nmiFlags), TriggerOf(nmiFlags)));
                break;
            case EntryType.LocalApicNmi when entry.Length >= 6:
                LocalNmis.Add(new LocalNmiEntry(entry[2], entry[2] == AllProcessors8, entry[5]));
                break;
            case EntryType.LocalX2ApicNmi when entry.Length >= 12:
                uint processor = TableField.Read32(entry, 4);
                LocalNmis.Add(new LocalNmiEntry(processor, processor == AllProcessors32, entry[8]));
                break;
            case EntryType.LocalApicAddress when entry.Length >= 12:
                LocalApicAddress = new PhysicalAddress(TableField.Read64(entry, 4));
                break;
        }
    }

    /// <summary>Requests of the ISA bus that conform to it are active high and edge-triggered (ACPI 6.5, table 5.26).</summary>
    private static SignalPolarity PolarityOf(ushort flags) =>
        (flags & PolarityMask) == PolarityLow ? SignalPolarity.ActiveLow : SignalPolarity.ActiveHigh;

    private static SignalTrigger TriggerOf(ushort flags) =>
        (flags & TriggerMask) == TriggerLevel ? SignalTrigger.Level : SignalTrigger.Edge;
}
