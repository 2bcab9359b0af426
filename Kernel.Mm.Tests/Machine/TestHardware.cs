using System;
using System.Runtime.InteropServices;
using System.Threading;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests;

/// <summary>A machine for host tests: every test thread is a processor of its own, chosen by <see cref="RunAs"/>.</summary>
public sealed class TestHardware : Hardware
{
    private const int Processors = 8;

    private static readonly ThreadLocal<int> s_processor = new();

    [ThreadStatic]
    private static int t_pauses;

    private int _nested;
    private int _rootLoads;
    private int _pageInvalidations;
    private int _wholeInvalidations;

    public override int MaximumProcessors => Processors;

    public override int CurrentProcessor => s_processor.Value;

    public override int CurrentNode => NodeOfProcessor(CurrentProcessor);

    /// <summary>Which node a processor belongs to; node zero for all unless a test says otherwise.</summary>
    public Func<int, int> NodeOfProcessor { get; set; } = static _ => 0;

    /// <summary>Runs whenever somebody waits, as if another processor did.</summary>
    public Action? DuringPause { get; set; }

    /// <summary>Runs whenever a page was copied, as if another processor did.</summary>
    public Action? AfterCopy { get; set; }

    /// <summary>Critical sections entered and not left, by all processors.</summary>
    public int OpenCriticalSections => _nested;

    /// <summary>Makes this thread a processor.</summary>
    public static void RunAs(int processor) => s_processor.Value = processor;

    public override ulong EnterCriticalSection() => (ulong)Interlocked.Increment(ref _nested);

    public override void LeaveCriticalSection(ulong state) => Interlocked.Decrement(ref _nested);

    // There may be more test threads than real processors: who waits lets others run, now and then.
    public override void Pause()
    {
        DuringPause?.Invoke();
        if ((++t_pauses & 15) == 0)
            Thread.Yield();
        else
            Thread.SpinWait(1);
    }

    public override unsafe void ClearPage(void* page) => new Span<byte>(page, (int)Page.Size).Clear();

    public override unsafe void CopyPage(void* destination, void* source)
    {
        new ReadOnlySpan<byte>(source, (int)Page.Size).CopyTo(new Span<byte>(destination, (int)Page.Size));
        AfterCopy?.Invoke();
    }

    public override PageFlags FlagsFor(CachePolicy policy) => policy switch
    {
        CachePolicy.WriteBack => PageFlags.None,
        CachePolicy.WriteCombining => PageFlags.WriteThrough,
        _ => PageFlags.CacheDisable | PageFlags.WriteThrough,
    };

    public override bool HasSpaceIds => UsesSpaceIds;

    /// <summary>What <see cref="HasSpaceIds"/> says.</summary>
    public bool UsesSpaceIds { get; set; }

    public override bool HasHugePages => UsesHugePages;

    /// <summary>What <see cref="HasHugePages"/> says.</summary>
    public bool UsesHugePages { get; set; } = true;

    /// <summary>The table whose upper half every new root gets; null for none.</summary>
    public PhysicalAddress? KernelRoot { get; set; }

    /// <summary>What the processors have cached, and how they use memory.</summary>
    public SoftwareMmu Mmu { get; } = new(Processors);

    /// <summary>Root tables loaded.</summary>
    public int RootLoads => _rootLoads;

    /// <summary>Pages invalidated one by one, of spaces and of the kernel.</summary>
    public int PageInvalidations => _pageInvalidations;

    /// <summary>Invalidations of everything that a space, or the kernel, has.</summary>
    public int WholeInvalidations => _wholeInvalidations;

    public override unsafe void PrepareRoot(PhysicalAddress root)
    {
        if (KernelRoot is { } kernel)
            NativeMemory.Copy(DirectMap.Pointer(kernel + Page.Size / 2), DirectMap.Pointer(root + Page.Size / 2), (nuint)Page.Size / 2);
    }

    public override void LoadRoot(TranslationSpace space)
    {
        Interlocked.Increment(ref _rootLoads);
        Mmu.LoadRoot(CurrentProcessor, space);
    }

    public override void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages)
    {
        Count(pages);
        Mmu.Invalidate(space, processors, pages);
    }

    public override void InvalidateSpaces()
    {
        Interlocked.Increment(ref _wholeInvalidations);
        Mmu.InvalidateSpaces();
    }

    public override void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages)
    {
        Count(pages);
        Mmu.InvalidateKernel(pages);
    }

    public override string? VerifyTranslations() => Mmu.Verify();

    private void Count(ReadOnlySpan<VirtualAddress> pages)
    {
        if (pages.IsEmpty)
            Interlocked.Increment(ref _wholeInvalidations);
        else
            Interlocked.Add(ref _pageInvalidations, pages.Length);
    }
}
