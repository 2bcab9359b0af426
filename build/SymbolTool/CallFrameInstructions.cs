using System;
using System.IO;

namespace CosmosVm.SymbolTool;

/// <summary>Takes call frame instructions apart (DWARF 5, 6.4.2 and table 7.29), as far as the kernel executes them.</summary>
internal static class CallFrameInstructions
{
    private const byte PrimaryMask = 0xc0;
    private const byte Advance = 0x40;
    private const byte Offset = 0x80;
    private const byte Restore = 0xc0;
    private const byte Nothing = 0x00;

    /// <summary>The instructions without the DW_CFA_nop that fill the entry up.</summary>
    /// <exception cref="InvalidDataException">
    /// One of them depends on its address or is an expression: the kernel's CallFrameProgram knows none of these.
    /// </exception>
    public static byte[] WithoutPadding(ReadOnlySpan<byte> instructions)
    {
        var reader = new ByteReader(instructions);
        int end = 0;
        while (!reader.IsAtEnd)
        {
            byte instruction = reader.Byte();
            SkipOperands(instruction, ref reader);
            if (instruction != Nothing)
                end = reader.Position;
        }

        return instructions[..end].ToArray();
    }

    private static void SkipOperands(byte instruction, ref ByteReader reader)
    {
        switch (instruction & PrimaryMask)
        {
            case Advance or Restore:
                return;
            case Offset:
                reader.Unsigned();
                return;
        }

        switch (instruction)
        {
            case Nothing or 0x0a or 0x0b: // remember_state, restore_state
                return;
            case 0x02 or 0x03 or 0x04: // advance_loc1, 2, 4
                reader.Take(1UL << (instruction - 0x02));
                return;
            case 0x06 or 0x07 or 0x08 or 0x0d or 0x0e or 0x2e: // restore_extended, undefined, same_value, def_cfa_register, def_cfa_offset, GNU_args_size
                reader.Unsigned();
                return;
            case 0x13: // def_cfa_offset_sf
                reader.Signed();
                return;
            case 0x05 or 0x09 or 0x0c or 0x14: // offset_extended, register, def_cfa, val_offset
                reader.Unsigned();
                reader.Unsigned();
                return;
            case 0x11 or 0x12 or 0x15: // offset_extended_sf, def_cfa_sf, val_offset_sf
                reader.Unsigned();
                reader.Signed();
                return;
            default:
                throw new InvalidDataException($"call frame instruction 0x{instruction:x2} is not supported");
        }
    }
}
