using System.Collections.Generic;

namespace CosmosVm.SymbolTool;

/// <summary>From <paramref name="Address"/> on, code comes from this line.</summary>
/// <param name="Address">Inside its method.</param>
/// <param name="File">Path relative to the repository.</param>
/// <param name="Line">Counted from 1.</param>
public readonly record struct MethodLine(ulong Address, string File, int Line);

/// <summary>A piece of code that a backtrace can name.</summary>
/// <param name="Start">Address of its first byte.</param>
/// <param name="Length">In bytes, at least 1.</param>
/// <param name="Name">As a backtrace shows it.</param>
/// <param name="Lines">Ascending by address; empty if nobody knows.</param>
public sealed record Method(ulong Start, ulong Length, string Name, IReadOnlyList<MethodLine> Lines);
