using System;

namespace Kernel.Drivers.Acpi;

/// <summary>What switches the machine off: the values that the definition block's object <c>_S5_</c> holds.</summary>
/// <param name="TypeA">For the first power-management control register; 3 bits.</param>
/// <param name="TypeB">For the second one; 3 bits.</param>
/// <remarks>
/// The object is found by looking for its name and decoding what follows, without an interpreter for the whole
/// language. All firmware defines it as a constant: <c>Name (_S5_, Package () { a, b, ... })</c>.
/// </remarks>
public readonly record struct SleepPackage(byte TypeA, byte TypeB)
{
    // Opcodes of ACPI's byte code (ACPI 6.5, 20.2).
    private const byte NameOp = 0x08;
    private const byte PackageOp = 0x12;
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte BytePrefix = 0x0a;
    private const byte WordPrefix = 0x0b;
    private const byte DwordPrefix = 0x0c;
    private const byte RootCharacter = (byte)'\\';
    private const byte MaxType = 7;

    // The upper two bits of a package's length say how many bytes follow the first (ACPI 6.5, 20.2.4).
    private const int LengthCountShift = 6;

    private static ReadOnlySpan<byte> ObjectName => "_S5_"u8;

    /// <summary>Looks for the object in a DSDT or SSDT.</summary>
    /// <returns>False if it is not in there or not of the expected form.</returns>
    public static bool TryFind(ReadOnlySpan<byte> table, out SleepPackage package)
    {
        for (int at = AcpiTable.HeaderLength; at <= table.Length - ObjectName.Length; at++)
            if (table[at] == ObjectName[0] && table[at..].StartsWith(ObjectName) && IsDefinition(table, at)
                && TryDecode(table[(at + ObjectName.Length)..], out package))
                return true;
        package = default;
        return false;
    }

    private static bool IsDefinition(ReadOnlySpan<byte> table, int at) =>
        table[at - 1] == NameOp || (table[at - 1] == RootCharacter && table[at - 2] == NameOp);

    private static bool TryDecode(ReadOnlySpan<byte> code, out SleepPackage package)
    {
        package = default;
        if (code.Length < 2 || code[0] != PackageOp)
            return false;
        // Behind the opcode: the length, of 1 to 4 bytes, then the number of elements, then these.
        int elements = 2 + (code[1] >> LengthCountShift);
        if (elements >= code.Length || code[elements] == 0)
            return false;
        byte count = code[elements];
        code = code[(elements + 1)..];
        if (!TryTakeInteger(ref code, out byte typeA))
            return false;
        byte typeB = typeA;
        if (count > 1 && !TryTakeInteger(ref code, out typeB))
            return false;
        package = new SleepPackage(typeA, typeB);
        return typeA <= MaxType && typeB <= MaxType;
    }

    /// <summary>Takes a constant. Only its lowest byte matters, since the register's field has three bits.</summary>
    private static bool TryTakeInteger(ref ReadOnlySpan<byte> code, out byte value)
    {
        value = 0;
        if (code.IsEmpty)
            return false;
        int length = 1 + code[0] switch
        {
            BytePrefix => sizeof(byte),
            WordPrefix => sizeof(ushort),
            DwordPrefix => sizeof(uint),
            _ => 0,
        };
        if (length > code.Length || (length == 1 && code[0] is not (ZeroOp or OneOp)))
            return false;
        value = length == 1 ? code[0] : code[1];
        code = code[length..];
        return true;
    }
}
