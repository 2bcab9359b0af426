using System;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Processes;

namespace Kernel.Arch.X64;

/// <summary>The machine as the memory manager sees it.</summary>
internal sealed unsafe class KernelHardware : Hardware
{
    private ushort[]? _sharedEntries;

    /// <inheritdoc/>
    public override int MaximumProcessors => Processor.Maximum;

    /// <inheritdoc/>
    public override int CurrentProcessor => (int)Processor.Current->Index;

    /// <inheritdoc/>
    // All memory is node zero until processors and memory are assigned to the nodes of the ACPI tables.
    public override int CurrentNode => 0;

    /// <inheritdoc/>
    public override ulong EnterCriticalSection() => Instructions.SaveAndDisableInterrupts();

    /// <inheritdoc/>
    public override void LeaveCriticalSection(ulong state) => Instructions.RestoreInterrupts(state);

    /// <inheritdoc/>
    public override void Pause() => Instructions.Pause();

    /// <inheritdoc/>
    public override void OfferProcessor() => Scheduler.YieldIfNeeded();

    /// <inheritdoc/>
    public override void ClearPage(void* page) => Instructions.ClearPage(page);

    /// <inheritdoc/>
    public override void CopyPage(void* destination, void* source) => Instructions.CopyPage(destination, source);

    /// <inheritdoc/>
    public override PageFlags FlagsFor(CachePolicy policy) => PageAttributes.For(policy);

    /// <inheritdoc/>
    public override bool HasSpaceIds { get; } = ((Cr4)Instructions.ReadCr4() & Cr4.SpaceIdEnable) != 0;

    /// <inheritdoc/>
    public override bool HasHugePages => CpuFeatures.Current.HasHugePages;

    /// <inheritdoc/>
    public override void PrepareRoot(PhysicalAddress root)
    {
        var kernel = (PageTableEntry*)DirectMap.Pointer(KernelPageTables.Root);
        var entries = (PageTableEntry*)DirectMap.Pointer(root);
        if (_sharedEntries is null)
            FindSharedEntries(kernel);
        foreach (ushort index in _sharedEntries!)
            entries[index] = kernel[index];
    }

    /// <inheritdoc/>
    public override void LoadRoot(TranslationSpace space) =>
        Instructions.WriteCr3(space.Id == 0 ? space.Root.Value : RootWithId(space) | (ulong)Cr3.KeepTranslations);

    /// <inheritdoc/>
    public override void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages)
    {
        // One processor runs so far: a space without id that isn't loaded has left no translation behind.
        ulong root = RootWithId(space);
        if (Instructions.ReadCr3() != root)
        {
            if (space.Id != 0)
                InvalidateNotLoaded(space);
            return;
        }
        if (pages.IsEmpty)
            Instructions.WriteCr3(root);
        foreach (VirtualAddress page in pages)
            Instructions.InvalidatePage(page.Value);
    }

    /// <inheritdoc/>
    public override void InvalidateSpaces()
    {
        if (!HasSpaceIds)
        {
            Instructions.WriteCr3(Instructions.ReadCr3());
            return;
        }
        ForgetEverything();
    }

    /// <inheritdoc/>
    public override void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages)
    {
        if (pages.IsEmpty)
            ForgetEverything();
        foreach (VirtualAddress page in pages)
            Instructions.InvalidatePage(page.Value);
    }

    /// <summary>A change of this bit makes the processor forget everything under all ids, global pages too (Intel SDM vol. 3, 4.10.4.1).</summary>
    private static void ForgetEverything()
    {
        ulong control = Instructions.ReadCr4();
        Instructions.WriteCr4(control ^ (ulong)Cr4.PageGlobalEnable);
        Instructions.WriteCr4(control);
    }

    private static ulong RootWithId(TranslationSpace space) => space.Root.Value | space.Id;

    /// <summary>Forgets all that an id has: INVPCID of single pages would keep upper-level entries of other pages.</summary>
    private static void InvalidateNotLoaded(TranslationSpace space)
    {
        if (CpuFeatures.Current.HasInvpcid)
        {
            Instructions.InvalidateSpaceId(space.Id);
            return;
        }
        // For two instructions the other root is in force: the kernel's half is the same in both.
        ulong state = Instructions.SaveAndDisableInterrupts();
        ulong loaded = Instructions.ReadCr3();
        Instructions.WriteCr3(RootWithId(space));
        Instructions.WriteCr3(loaded | (ulong)Cr3.KeepTranslations);
        Instructions.RestoreInterrupts(state);
    }

    /// <summary>Lists the root entries of the kernel's half that are in use. They never change once the kernel's tables are built.</summary>
    private void FindSharedEntries(PageTableEntry* kernel)
    {
        Span<ushort> found = stackalloc ushort[PageTableWalk.EntriesPerTable];
        int count = 0;
        int first = PageTableWalk.IndexOf(new VirtualAddress(KernelLayout.DirectMapStart), PageTableWalk.Levels);
        for (int index = first; index < PageTableWalk.EntriesPerTable; index++)
            if (!kernel[index].IsEmpty)
                found[count++] = (ushort)index;
        _sharedEntries = found[..count].ToArray();
    }
}
