using System.Diagnostics.CodeAnalysis;

namespace System.Runtime;

/// <summary>Runs the call frame instructions of a function up to an address (DWARF 5, 6.4.2).</summary>
internal unsafe struct CallFrameProgram
{
    /// <summary>Nesting of remembered rows. Assemblers and ilc use one level.</summary>
    private const int RememberedRows = 4;

    private FrameRules _initial;
    private FrameRules _row;
    private FrameRules _remembered0;
    private FrameRules _remembered1;
    private FrameRules _remembered2;
    private FrameRules _remembered3;
    private int _remembered;

    /// <summary>Computes the row that is in force at an instruction.</summary>
    /// <param name="function">Contains the address.</param>
    /// <param name="address">The instruction.</param>
    /// <param name="rules">The row.</param>
    /// <returns>False if an instruction is not supported (expressions, which neither ilc nor our stubs use).</returns>
    public static bool TryRun(in FunctionUnwindInformation function, ulong address, out FrameRules rules)
    {
        CallFrameProgram program = default;
        bool complete =
            program.Run(in function, function.CommonInstructions, function.CommonInstructionsEnd, address)
            && program.RunOwn(in function, address);
        rules = program._row;
        return complete;
    }

    private bool RunOwn(in FunctionUnwindInformation function, ulong address)
    {
        _initial = _row;
        return Run(in function, function.Instructions, function.InstructionsEnd, address);
    }

    private bool Run(in FunctionUnwindInformation function, byte* instructions, byte* end, ulong address)
    {
        var reader = new DwarfReader(instructions, end);
        ulong location = function.Start;
        while (reader.Remaining != 0)
        {
            byte instruction = reader.ReadByte();
            if (TryAdvance(instruction, ref reader, in function, ref location))
            {
                if (location > address)
                    return true;
            }
            else if (!Execute(instruction, ref reader, function.DataAlignment))
            {
                return false;
            }
        }
        return true;
    }

    private static bool TryAdvance(byte instruction, ref DwarfReader reader, in FunctionUnwindInformation function, ref ulong location)
    {
        ulong units;
        if ((instruction & Opcode.PrimaryMask) == Opcode.Advance)
        {
            units = (ulong)(instruction & Opcode.OperandMask);
        }
        else
        {
            switch (instruction)
            {
                case Opcode.Advance1:
                    units = reader.ReadByte();
                    break;
                case Opcode.Advance2:
                    units = reader.ReadUInt16();
                    break;
                case Opcode.Advance4:
                    units = reader.ReadUInt32();
                    break;
                default:
                    return false;
            }
        }
        location += units * function.CodeAlignment;
        return true;
    }

    private bool Execute(byte instruction, ref DwarfReader reader, long dataAlignment)
    {
        ulong register = (ulong)(instruction & Opcode.OperandMask);
        switch (instruction & Opcode.PrimaryMask)
        {
            case Opcode.Offset:
                _row.Set(register, RegisterRule.SavedAtOffset, (long)reader.ReadUnsigned() * dataAlignment);
                return true;
            case Opcode.Restore:
                _row.Restore(register, ref _initial);
                return true;
            default:
                return ExecuteExtended(instruction, ref reader, dataAlignment);
        }
    }

    private bool ExecuteExtended(byte instruction, ref DwarfReader reader, long dataAlignment)
    {
        switch (instruction)
        {
            case Opcode.Nothing:
                return true;
            case Opcode.ArgumentsSize:
                reader.ReadUnsigned();
                return true;
            case Opcode.RememberState:
                return Remember();
            case Opcode.RestoreState:
                return Recall();
            case Opcode.DefineFrame:
                _row.FrameRegister = (int)reader.ReadUnsigned();
                _row.FrameOffset = (long)reader.ReadUnsigned();
                return true;
            case Opcode.DefineFrameSigned:
                _row.FrameRegister = (int)reader.ReadUnsigned();
                _row.FrameOffset = reader.ReadSigned() * dataAlignment;
                return true;
            case Opcode.DefineFrameRegister:
                _row.FrameRegister = (int)reader.ReadUnsigned();
                return true;
            case Opcode.DefineFrameOffset:
                _row.FrameOffset = (long)reader.ReadUnsigned();
                return true;
            case Opcode.DefineFrameOffsetSigned:
                _row.FrameOffset = reader.ReadSigned() * dataAlignment;
                return true;
            default:
                return ExecuteRegister(instruction, ref reader, dataAlignment);
        }
    }

    private bool ExecuteRegister(byte instruction, ref DwarfReader reader, long dataAlignment)
    {
        if (instruction is < Opcode.OffsetExtended or > Opcode.LastSupported)
            return false;
        ulong register = reader.ReadUnsigned();
        switch (instruction)
        {
            case Opcode.OffsetExtended:
                _row.Set(register, RegisterRule.SavedAtOffset, (long)reader.ReadUnsigned() * dataAlignment);
                return true;
            case Opcode.OffsetExtendedSigned:
                _row.Set(register, RegisterRule.SavedAtOffset, reader.ReadSigned() * dataAlignment);
                return true;
            case Opcode.ValueOffset:
                _row.Set(register, RegisterRule.ValueOffset, (long)reader.ReadUnsigned() * dataAlignment);
                return true;
            case Opcode.ValueOffsetSigned:
                _row.Set(register, RegisterRule.ValueOffset, reader.ReadSigned() * dataAlignment);
                return true;
            case Opcode.RestoreExtended:
                _row.Restore(register, ref _initial);
                return true;
            case Opcode.Undefined:
                _row.Set(register, RegisterRule.Undefined, 0);
                return true;
            case Opcode.SameValue:
                _row.Set(register, RegisterRule.SameValue, 0);
                return true;
            case Opcode.Register:
                _row.Set(register, RegisterRule.InRegister, (long)reader.ReadUnsigned());
                return true;
            default:
                return false;
        }
    }

    private bool Remember()
    {
        if (_remembered == RememberedRows)
            return false;
        RememberedRow(_remembered++) = _row;
        return true;
    }

    private bool Recall()
    {
        if (_remembered == 0)
            return false;
        _row = RememberedRow(--_remembered);
        return true;
    }

    [UnscopedRef]
    private ref FrameRules RememberedRow(int level)
    {
        switch (level)
        {
            case 0:
                return ref _remembered0;
            case 1:
                return ref _remembered1;
            case 2:
                return ref _remembered2;
            default:
                return ref _remembered3;
        }
    }

    /// <summary>DW_CFA_* (DWARF 5, table 7.29, and GNU's two additions).</summary>
    private static class Opcode
    {
        public const byte PrimaryMask = 0xc0;
        public const byte OperandMask = 0x3f;
        public const byte Advance = 0x40;
        public const byte Offset = 0x80;
        public const byte Restore = 0xc0;

        public const byte Nothing = 0x00;
        public const byte Advance1 = 0x02;
        public const byte Advance2 = 0x03;
        public const byte Advance4 = 0x04;
        public const byte OffsetExtended = 0x05;
        public const byte RestoreExtended = 0x06;
        public const byte Undefined = 0x07;
        public const byte SameValue = 0x08;
        public const byte Register = 0x09;
        public const byte RememberState = 0x0a;
        public const byte RestoreState = 0x0b;
        public const byte DefineFrame = 0x0c;
        public const byte DefineFrameRegister = 0x0d;
        public const byte DefineFrameOffset = 0x0e;
        public const byte OffsetExtendedSigned = 0x11;
        public const byte DefineFrameSigned = 0x12;
        public const byte DefineFrameOffsetSigned = 0x13;
        public const byte ValueOffset = 0x14;
        public const byte ValueOffsetSigned = 0x15;
        public const byte LastSupported = ValueOffsetSigned;
        public const byte ArgumentsSize = 0x2e;
    }
}
