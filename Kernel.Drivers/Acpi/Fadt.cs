using System;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>The fixed description table: power management hardware (ACPI 6.5, 5.2.9).</summary>
public readonly struct Fadt
{
    private const int DsdtOffset = 40;
    private const int CommandPortOffset = 48;
    private const int EnableValueOffset = 52;
    private const int ControlAOffset = 64;
    private const int ControlBOffset = 68;
    private const int TimerOffset = 76;
    private const int TimerLengthOffset = 91;
    private const int CenturyOffset = 108;
    private const int BootFlagsOffset = 109;
    private const int FlagsOffset = 112;
    private const int ResetRegisterOffset = 116;
    private const int ResetValueOffset = 128;
    private const int ExtendedDsdtOffset = 140;
    private const int ExtendedControlAOffset = 172;
    private const int ExtendedControlBOffset = 184;
    private const int ExtendedTimerOffset = 208;

    private const byte ControlBits = 16;
    private const byte TimerBits = 32;
    private const int TimerLength = 4;
    private const byte CmosSize = 128;

    // Flags (ACPI 6.5, table 5.10).
    private const uint TimerIs32Bits = 1 << 8;
    private const uint ResetSupported = 1 << 10;
    private const uint HardwareReduced = 1 << 20;

    // Boot architecture flags (ACPI 6.5, table 5.11), which count from revision 3 on.
    private const ushort Has8042 = 1 << 1;
    private const int BootFlagsRevision = 3;
    private const int RevisionOffset = 8;

    /// <summary>Where the definition block is; zero if there is none.</summary>
    public PhysicalAddress DefinitionBlock { get; private init; }

    /// <summary>The port to which <see cref="EnableValue"/> is written to enter ACPI mode; 0 if the machine is always in it.</summary>
    public ushort CommandPort { get; private init; }

    /// <summary>What asks the firmware for ACPI mode.</summary>
    public byte EnableValue { get; private init; }

    /// <summary>The first power-management control register.</summary>
    public GenericAddress ControlA { get; private init; }

    /// <summary>The second one; absent on nearly all machines.</summary>
    public GenericAddress ControlB { get; private init; }

    /// <summary>The power-management timer, which counts 3,579,545 times a second.</summary>
    public GenericAddress Timer { get; private init; }

    /// <summary>Whether the timer has 32 bits; otherwise 24.</summary>
    public bool HasWideTimer { get; private init; }

    /// <summary>The register that resets the machine; absent if it has none.</summary>
    public GenericAddress ResetRegister { get; private init; }

    /// <summary>What resets the machine when written to <see cref="ResetRegister"/>.</summary>
    public byte ResetValue { get; private init; }

    /// <summary>Index of the century in the clock's memory; 0 if it keeps none.</summary>
    public byte CenturyIndex { get; private init; }

    /// <summary>Whether there is a PS/2 keyboard controller. True when the table is too old to tell.</summary>
    public bool HasKeyboardController { get; private init; }

    /// <summary>Reads the table; fields beyond its end count as zero.</summary>
    public static Fadt Parse(ReadOnlySpan<byte> table)
    {
        uint flags = TableField.Read32(table, FlagsOffset);
        ulong extendedBlock = TableField.Read64(table, ExtendedDsdtOffset);
        uint commandPort = TableField.Read32(table, CommandPortOffset);
        byte century = TableField.Read8(table, CenturyOffset);
        bool isReduced = (flags & HardwareReduced) != 0;
        return new Fadt
        {
            DefinitionBlock = new PhysicalAddress(extendedBlock != 0 ? extendedBlock : TableField.Read32(table, DsdtOffset)),
            CommandPort = commandPort <= ushort.MaxValue ? (ushort)commandPort : (ushort)0,
            EnableValue = TableField.Read8(table, EnableValueOffset),
            ControlA = isReduced ? default : Register(table, ControlAOffset, ExtendedControlAOffset, ControlBits),
            ControlB = isReduced ? default : Register(table, ControlBOffset, ExtendedControlBOffset, ControlBits),
            Timer = isReduced || TableField.Read8(table, TimerLengthOffset) != TimerLength
                ? default
                : Register(table, TimerOffset, ExtendedTimerOffset, TimerBits),
            HasWideTimer = (flags & TimerIs32Bits) != 0,
            ResetRegister = (flags & ResetSupported) != 0 ? ResetAt(table) : default,
            ResetValue = TableField.Read8(table, ResetValueOffset),
            CenturyIndex = century < CmosSize ? century : (byte)0,
            HasKeyboardController = TableField.Read8(table, RevisionOffset) < BootFlagsRevision
                || (TableField.Read16(table, BootFlagsOffset) & Has8042) != 0,
        };
    }

    /// <summary>The extended field if it is set, the old one otherwise. The size is fixed whatever the table says.</summary>
    private static GenericAddress Register(ReadOnlySpan<byte> table, int offset, int extendedOffset, byte bits)
    {
        var extended = GenericAddress.Parse(table, extendedOffset);
        return extended.IsPresent ? extended with { BitWidth = bits } : GenericAddress.AtPort(TableField.Read32(table, offset), bits);
    }

    /// <summary>The reset register is always 8 bits wide (ACPI 6.5, 4.8.3.6).</summary>
    private static GenericAddress ResetAt(ReadOnlySpan<byte> table) =>
        GenericAddress.Parse(table, ResetRegisterOffset) with { BitWidth = 8 };
}
