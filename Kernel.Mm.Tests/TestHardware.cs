using System;
using System.Threading;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests;

/// <summary>A machine for host tests: every test thread is a processor of its own, chosen by <see cref="RunAs"/>.</summary>
public sealed class TestHardware : Hardware
{
    private static readonly ThreadLocal<int> s_processor = new();

    private int _nested;

    public override int MaximumProcessors => 8;

    public override int CurrentProcessor => s_processor.Value;

    public override int CurrentNode => NodeOfProcessor(CurrentProcessor);

    /// <summary>Which node a processor belongs to; node zero for all unless a test says otherwise.</summary>
    public Func<int, int> NodeOfProcessor { get; set; } = static _ => 0;

    /// <summary>Critical sections entered and not left, by all processors.</summary>
    public int OpenCriticalSections => _nested;

    /// <summary>Makes this thread a processor.</summary>
    public static void RunAs(int processor) => s_processor.Value = processor;

    public override ulong EnterCriticalSection() => (ulong)Interlocked.Increment(ref _nested);

    public override void LeaveCriticalSection(ulong state) => Interlocked.Decrement(ref _nested);

    public override void Pause() => Thread.SpinWait(1);

    public override PageFlags FlagsFor(CachePolicy policy) => policy switch
    {
        CachePolicy.WriteBack => PageFlags.None,
        CachePolicy.WriteCombining => PageFlags.WriteThrough,
        _ => PageFlags.CacheDisable | PageFlags.WriteThrough,
    };

    public override bool HasSpaceIds => false;

    public override void PrepareRoot(PhysicalAddress root)
    {
    }

    public override void LoadRoot(TranslationSpace space)
    {
    }

    public override void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages)
    {
    }

    public override void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages)
    {
    }
}
