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
    private const byte Advance1 = 0x02;
    private const byte Advance2 = 0x03;
    private const byte Advance4 = 0x04;
    private const byte OffsetExtended = 0x05;
    private const byte RestoreExtended = 0x06;
    private const byte Undefined = 0x07;
    private const byte SameValue = 0x08;
    private const byte Register = 0x09;
    private const byte RememberState = 0x0a;
    private const byte RestoreState = 0x0b;
    private const byte DefineFrame = 0x0c;
    private const byte DefineFrameRegister = 0x0d;
    private const byte DefineFrameOffset = 0x0e;
    private const byte OffsetExtendedSigned = 0x11;
    private const byte DefineFrameSigned = 0x12;
    private const byte DefineFrameOffsetSigned = 0x13;
    private const byte ValueOffset = 0x14;
    private const byte ValueOffsetSigned = 0x15;
    private const byte ArgumentsSize = 0x2e;

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
            case Nothing or RememberState or RestoreState:
                return;
            case Advance1 or Advance2 or Advance4:
                reader.Take(1UL << (instruction - Advance1));
                return;
            case RestoreExtended or Undefined or SameValue or DefineFrameRegister or DefineFrameOffset or ArgumentsSize:
                reader.Unsigned();
                return;
            case DefineFrameOffsetSigned:
                reader.Signed();
                return;
            case OffsetExtended or Register or DefineFrame or ValueOffset:
                reader.Unsigned();
                reader.Unsigned();
                return;
            case OffsetExtendedSigned or DefineFrameSigned or ValueOffsetSigned:
                reader.Unsigned();
                reader.Signed();
                return;
            default:
                throw new InvalidDataException($"call frame instruction 0x{instruction:x2} is not supported");
        }
    }
}
