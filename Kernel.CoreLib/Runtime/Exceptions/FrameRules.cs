
namespace System.Runtime;

/// <summary>How a caller's register is found (DWARF 5, 6.4.1).</summary>
internal enum RegisterRule : byte
{
    /// <summary>The register is unchanged.</summary>
    SameValue,

    /// <summary>The caller's value is lost; for the return address: there is no caller.</summary>
    Undefined,

    /// <summary>It was saved at an offset from the canonical frame address.</summary>
    SavedAtOffset,

    /// <summary>It is the canonical frame address plus an offset.</summary>
    ValueOffset,

    /// <summary>It is in another register.</summary>
    InRegister,
}

/// <summary>One row of a function's unwind table: how to get from one instruction's registers to the caller's.</summary>
internal unsafe struct FrameRules
{
    /// <summary>The register that the canonical frame address is computed from.</summary>
    public int FrameRegister;

    /// <summary>What is added to it.</summary>
    public long FrameOffset;

    private fixed long _operands[ExceptionContext.DwarfRegisters];
    private fixed byte _rules[ExceptionContext.DwarfRegisters];

    /// <summary>Sets the rule of a register; registers without DWARF number of ours (xmm) are ignored.</summary>
    public void Set(ulong register, RegisterRule rule, long operand)
    {
        if (register >= ExceptionContext.DwarfRegisters)
            return;
        _rules[register] = (byte)rule;
        _operands[register] = operand;
    }

    /// <summary>Takes the rule of a register from another row.</summary>
    public void Restore(ulong register, ref FrameRules from)
    {
        if (register < ExceptionContext.DwarfRegisters)
            Set(register, (RegisterRule)from._rules[register], from._operands[register]);
    }

    /// <summary>The rule of a register.</summary>
    public RegisterRule RuleOf(int register) => (RegisterRule)_rules[register];

    /// <summary>The offset or register number of a register's rule.</summary>
    public long OperandOf(int register) => _operands[register];
}
