using System;
using System.Text;

namespace Kernel.Mm.Tests.Model;

/// <summary>What a run of the model test has done.</summary>
internal sealed class ModelStatistics
{
    private static readonly int s_kinds = Enum.GetValues<OperationKind>().Length;

    private readonly long[] _tried = new long[s_kinds];
    private readonly long[] _succeeded = new long[s_kinds];
    private readonly long[] _changed = new long[s_kinds];

    public TableEvents Events { get; } = new();

    public long Sequences { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Steps that changed what is mapped, a content, or a page table.</summary>
    public long Changes { get; private set; }

    /// <summary>Steps refused for lack of memory.</summary>
    public long OutOfMemory { get; private set; }

    public void Count(OperationKind kind, bool succeeded, bool changed, bool wasOutOfMemory)
    {
        Steps++;
        _tried[(int)kind]++;
        _succeeded[(int)kind] += succeeded ? 1 : 0;
        _changed[(int)kind] += changed ? 1 : 0;
        Changes += changed ? 1 : 0;
        OutOfMemory += wasOutOfMemory ? 1 : 0;
    }

    public void CountSequence() => Sequences++;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"{Steps} steps in {Sequences} sequences, {100.0 * Changes / long.Max(Steps, 1):F1} % changed state, {OutOfMemory} ended for lack of memory");
        text.AppendLine($"{"operation",-24}{"count",10}{"succeeded",11}{"changed",10}");
        foreach (OperationKind kind in Enum.GetValues<OperationKind>())
            text.AppendLine($"{kind,-24}{_tried[(int)kind],10}{_succeeded[(int)kind],11}{_changed[(int)kind],10}");
        text.AppendLine($"{"event",-32}{"count",10}");
        foreach (TableEvent what in Enum.GetValues<TableEvent>())
            text.AppendLine($"{what,-32}{Events.Counts[(int)what],10}");
        return text.ToString();
    }
}
