using System;
using Kernel.Mm.PageTables;

namespace Kernel.Mm;

/// <summary>
/// What the memory manager needs of the machine and can't do itself. The kernel implements it with privileged
/// instructions, host tests with a software memory management unit.
/// </summary>
/// <remarks><see cref="Current"/> is set once, before anything else of Kernel.Mm is used.</remarks>
public abstract class Hardware
{
    private static Hardware? s_current;

    /// <summary>The machine.</summary>
    public static Hardware Current
    {
        get => s_current!;
        set => s_current = value;
    }

    /// <summary>How many processors there can be; <see cref="CurrentProcessor"/> is below it.</summary>
    public abstract int MaximumProcessors { get; }

    /// <summary>The processor that runs this. Stays the same only inside a critical section.</summary>
    public abstract int CurrentProcessor { get; }

    /// <summary>The memory node that this processor is nearest to, counted from zero.</summary>
    public abstract int CurrentNode { get; }

    /// <summary>Keeps interrupts and other threads off this processor until <see cref="LeaveCriticalSection"/>; nests.</summary>
    /// <returns>What to pass to <see cref="LeaveCriticalSection"/>.</returns>
    public abstract ulong EnterCriticalSection();

    /// <summary>Ends what <see cref="EnterCriticalSection"/> began.</summary>
    public abstract void LeaveCriticalSection(ulong state);

    /// <summary>
    /// Tells the processor that it waits in a loop for another processor. Nothing relies on other threads of this one running meanwhile:
    /// locks that are waited for so are never held by a thread that doesn't run.
    /// </summary>
    public abstract void Pause();

    /// <summary>A moment in long work at which other threads may run on this processor: no lock is held.</summary>
    public virtual void OfferProcessor()
    {
    }

    /// <summary>Zeroes a page, in as few instructions as the machine can.</summary>
    public abstract unsafe void ClearPage(void* page);

    /// <summary>Copies a page to another.</summary>
    public abstract unsafe void CopyPage(void* destination, void* source);

    /// <summary>The flags of a page-table entry that select a cache policy.</summary>
    public abstract PageFlags FlagsFor(CachePolicy policy);

    /// <summary>Whether address-space ids are in use (PCID); if not, all spaces have id zero.</summary>
    public abstract bool HasSpaceIds { get; }

    /// <summary>Whether level-3 entries may map 1 GiB pages (CPUID 0x80000001 EDX bit 26).</summary>
    public abstract bool HasHugePages { get; }

    /// <summary>Gives a new root table what every address space shares: the kernel's half.</summary>
    /// <param name="root">Filled with zeros.</param>
    public abstract void PrepareRoot(PhysicalAddress root);

    /// <summary>Makes a page table this processor's.</summary>
    /// <param name="space">The table's root, and the id that its translations are kept under.</param>
    /// <remarks>
    /// With id zero every translation but global ones is forgotten. With another id those of that id stay in force, and
    /// so do those of other ids.
    /// </remarks>
    public abstract void LoadRoot(TranslationSpace space);

    /// <summary>
    /// Makes processors forget translations of a space, upper-level entries included, and returns when all have.
    /// </summary>
    /// <param name="space">Whose translations.</param>
    /// <param name="processors">A bit for each processor that may have any; this one may be among them.</param>
    /// <param name="pages">Addresses of the pages; empty for all that the space has.</param>
    /// <remarks>
    /// One page is enough to make all upper-level entries of the space forgotten (Intel SDM vol. 3, 4.10.4.1: INVLPG
    /// invalidates all paging-structure caches of the current id).
    /// </remarks>
    public abstract void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages);

    /// <summary>Makes every processor forget all translations of all spaces, and returns when all have. Those of the kernel's half may stay.</summary>
    public abstract void InvalidateSpaces();

    /// <summary>As <see cref="Invalidate"/>, for pages of the kernel's half, which every space has: on all processors, global entries too; no page means all of them.</summary>
    public abstract void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages);

    /// <summary>Where translation caches can be looked into: what one of them grants that the page tables don't; null if nothing.</summary>
    public virtual string? VerifyTranslations() => null;
}
