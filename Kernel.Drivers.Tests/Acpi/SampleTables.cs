using System;
using System.Buffers.Binary;
using Kernel.Mm;

namespace Kernel.Drivers.Tests.Acpi;

/// <summary>Bodies of tables, without the header of 36 bytes, laid out by hand from the specification.</summary>
internal static class SampleTables
{
    private const int HeaderLength = 36;

    /// <summary>Local APIC at 0xfee00000, both kinds of processors, an I/O APIC, overrides of requests 0 and 9, NMI lines.</summary>
    public static ReadOnlySpan<byte> Madt =>
    [
        0x00, 0x00, 0xe0, 0xfe, 1, 0, 0, 0,
        0, 8, 0, 0, 1, 0, 0, 0,
        0, 8, 1, 4, 0, 0, 0, 0,
        1, 12, 2, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0,
        2, 10, 0, 0, 2, 0, 0, 0, 0, 0,
        2, 10, 0, 9, 9, 0, 0, 0, 0x0f, 0,
        2, 10, 0, 10, 20, 0, 0, 0, 0x0d, 0,
        3, 8, 0x0f, 0, 23, 0, 0, 0,
        4, 6, 0xff, 0, 0, 1,
        4, 6, 1, 0, 0, 0,
        9, 16, 0, 0, 0x00, 0x01, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0,
        10, 12, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0,
        0x80, 4, 0xaa, 0xbb,
        5, 12, 0, 0, 0x00, 0x00, 0xe1, 0xfe, 0, 0, 0, 0,
    ];

    public static ReadOnlySpan<byte> Hpet => [0x01, 0xa2, 0x86, 0x80, 0, 64, 0, 0, 0x00, 0x00, 0xd0, 0xfe, 0, 0, 0, 0, 0, 100, 0, 0];

    /// <summary>Two processors, one disabled; two memory ranges, one empty.</summary>
    public static ReadOnlySpan<byte> Srat =>
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 16, 0x02, 5, 1, 0, 0, 0, 0, 0x03, 0, 0, 0, 0, 0, 0,
        0, 16, 0x02, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        2, 24, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 40, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 40, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    public static ReadOnlySpan<byte> Mcfg =>
    [
        0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xff, 0, 0, 0, 0,
        0, 0, 0, 0xc0, 0, 0, 0, 0, 2, 0, 9, 3, 0, 0, 0, 0,
    ];

    /// <summary>Some code, a mention of the name that is no definition, then the definition with 5 and 0.</summary>
    public static ReadOnlySpan<byte> DefinitionBlock =>
    [
        0x10, 0x05, (byte)'_', (byte)'S', (byte)'5', (byte)'_', 0x12,
        0x08, (byte)'_', (byte)'S', (byte)'5', (byte)'_', 0x12, 0x07, 0x04, 0x0a, 0x05, 0x00, 0x00, 0x00,
    ];

    /// <summary>Old and extended fields; the extended ones of control B and the timer are zero.</summary>
    public static byte[] Fadt(PhysicalAddress definitionBlock)
    {
        byte[] body = new byte[276 - HeaderLength];
        Span<byte> table = body;
        Put32(table, 40, (uint)definitionBlock.Value);
        Put32(table, 48, 0xb2);
        table[52 - HeaderLength] = 0xf1;
        Put32(table, 64, 0x604);
        Put32(table, 68, 0x704);
        Put32(table, 76, 0x608);
        table[91 - HeaderLength] = 4;
        table[108 - HeaderLength] = 0x32;
        table[109 - HeaderLength] = 2;
        Put32(table, 112, (1 << 10) | (1 << 8));
        PutRegister(table, 116, 1, 8, 0xcf9);
        table[128 - HeaderLength] = 0x0f;
        PutRegister(table, 172, 1, 16, 0x1804);
        return body;
    }

    private static void Put32(Span<byte> body, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(body[(offset - HeaderLength)..], value);

    private static void PutRegister(Span<byte> body, int offset, byte space, byte bits, ulong address)
    {
        body[offset - HeaderLength] = space;
        body[offset - HeaderLength + 1] = bits;
        BinaryPrimitives.WriteUInt64LittleEndian(body[(offset - HeaderLength + 4)..], address);
    }
}
