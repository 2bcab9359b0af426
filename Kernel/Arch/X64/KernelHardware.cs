using System;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;

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
    public override void ClearPage(void* page) => Instructions.ClearPage(page);

    /// <inheritdoc/>
    public override void CopyPage(void* destination, void* source) => Instructions.CopyPage(destination, source);

    /// <inheritdoc/>
    public override PageFlags FlagsFor(CachePolicy policy) => PageAttributes.For(policy);

    /// <inheritdoc/>
    public override bool HasSpaceIds => false;

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
    public override void LoadRoot(TranslationSpace space) => Instructions.WriteCr3(space.Root.Value);

    /// <inheritdoc/>
    public override void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages)
    {
        // One processor runs so far: a space that isn't loaded has left no translation behind.
        if (Instructions.ReadCr3() != space.Root.Value)
            return;
        if (pages.IsEmpty)
            Instructions.WriteCr3(space.Root.Value);
        foreach (VirtualAddress page in pages)
            Instructions.InvalidatePage(page.Value);
    }

    /// <inheritdoc/>
    public override void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages)
    {
        foreach (VirtualAddress page in pages)
            Instructions.InvalidatePage(page.Value);
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
