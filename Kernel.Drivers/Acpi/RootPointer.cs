using System;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>The ACPI root pointer: where the table of tables is (ACPI 6.5, 5.2.5).</summary>
/// <param name="Revision">0 for ACPI 1, 2 for all later versions.</param>
/// <param name="Rsdt">The table with 32-bit addresses; zero if there is none.</param>
/// <param name="Xsdt">The table with 64-bit addresses; zero if there is none.</param>
public readonly record struct RootPointer(byte Revision, PhysicalAddress Rsdt, PhysicalAddress Xsdt)
{
    /// <summary>Bytes of the structure in ACPI 1, which its first checksum covers.</summary>
    public const int FirstLength = 20;

    /// <summary>Bytes of the structure since ACPI 2.</summary>
    public const int Length = 36;

    /// <summary>It starts at a multiple of this, in bytes.</summary>
    public const int Alignment = 16;

    private const int RevisionOffset = 15;
    private const int RsdtOffset = 16;
    private const int LengthOffset = 20;
    private const int XsdtOffset = 24;
    private const byte SecondRevision = 2;

    private static ReadOnlySpan<byte> Signature => "RSD PTR "u8;

    /// <summary>Reads the structure at the start of <paramref name="memory"/>.</summary>
    /// <returns>False if signature or checksum are wrong, or if it names no table at all.</returns>
    public static bool TryParse(ReadOnlySpan<byte> memory, out RootPointer pointer)
    {
        pointer = default;
        if (memory.Length < FirstLength || !memory.StartsWith(Signature) || !TableField.IsChecksumRight(memory[..FirstLength]))
            return false;
        byte revision = memory[RevisionOffset];
        ulong xsdt = 0;
        if (revision >= SecondRevision && TableField.Read32(memory, LengthOffset) is >= Length and uint length
            && length <= (uint)memory.Length && TableField.IsChecksumRight(memory[..(int)length]))
            xsdt = TableField.Read64(memory, XsdtOffset);
        uint rsdt = TableField.Read32(memory, RsdtOffset);
        pointer = new RootPointer(revision, new PhysicalAddress(rsdt), new PhysicalAddress(xsdt));
        return (rsdt | xsdt) != 0;
    }

    /// <summary>Finds the structure in a range of memory where the firmware may have put it.</summary>
    /// <param name="memory">Starts at a multiple of <see cref="Alignment"/>.</param>
    /// <param name="pointer">The first valid one.</param>
    public static bool TryFind(ReadOnlySpan<byte> memory, out RootPointer pointer)
    {
        for (; memory.Length >= FirstLength; memory = memory[Alignment..])
            if (TryParse(memory[..Math.Min(memory.Length, Length)], out pointer))
                return true;
        pointer = default;
        return false;
    }
}
