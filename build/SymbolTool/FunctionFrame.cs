namespace CosmosVm.SymbolTool;

/// <summary>What several functions' unwind information has in common (a common information entry of .eh_frame).</summary>
/// <param name="IsSignalFrame">Whether it describes the frame of an interrupt.</param>
/// <param name="CodeAlignment">The unit of code advances, in bytes.</param>
/// <param name="DataAlignment">The unit of stack offsets, in bytes.</param>
/// <param name="Instructions">Call frame instructions, without padding.</param>
public sealed record CommonFrame(bool IsSignalFrame, ulong CodeAlignment, long DataAlignment, byte[] Instructions);

/// <summary>The unwind information of one function or funclet (a frame description entry of .eh_frame).</summary>
/// <param name="Start">Address of its first byte.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Common">What comes before its own instructions.</param>
/// <param name="Instructions">Its own call frame instructions, without padding.</param>
/// <param name="LanguageData">Address of its language-specific data; 0 if it has none.</param>
public sealed record FunctionFrame(ulong Start, ulong Length, CommonFrame Common, byte[] Instructions, ulong LanguageData);
