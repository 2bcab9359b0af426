namespace System.Runtime;

/// <summary>What the unwind table says about one function or funclet.</summary>
internal unsafe struct FunctionUnwindInformation
{
    /// <summary>The first instruction.</summary>
    public ulong Start;

    /// <summary>One past the last byte of code.</summary>
    public ulong End;

    /// <summary>The language-specific data: ilc's exception table of the method, or null.</summary>
    public byte* LanguageData;

    /// <summary>The frame of an interrupt: whoever it returns to is at an exact address and had all its registers live.</summary>
    public bool IsSignalFrame;

    /// <summary>The unit of code advances.</summary>
    public ulong CodeAlignment;

    /// <summary>The unit of stack offsets.</summary>
    public long DataAlignment;

    /// <summary>The instructions that every function of the common entry starts with.</summary>
    public byte* CommonInstructions;

    /// <summary>Where they end.</summary>
    public byte* CommonInstructionsEnd;

    /// <summary>The function's own instructions.</summary>
    public byte* Instructions;

    /// <summary>Where they end.</summary>
    public byte* InstructionsEnd;
}
