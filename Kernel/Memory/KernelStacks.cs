using System.Numerics;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>Stacks in their own window, each between two pages that are never mapped, so that an overflow faults.</summary>
internal static unsafe class KernelStacks
{
    /// <summary>What a thread has, in bytes.</summary>
    public const ulong ThreadStackSize = PagesPerStack * Page.Size;

    /// <summary>Pages of one.</summary>
    public const ulong PagesPerStack = 4;

    // Threads' stacks lie in slots of their own part of the window, the lowest free one first.
    private const ulong ThreadStacks = KernelLayout.StackWindowStart + (1UL << 30);
    private const ulong SlotSize = 8 * Page.Size;
    private const int SlotWords = 1024;
    private const int SlotsPerWord = 64;

    private static InterruptLock s_lock;
    private static SlotBits s_usedSlots;
    private static int s_firstWordWithFree;

    /// <summary>Frames of threads' stacks, those of stacks that nobody uses at present included.</summary>
    public static ulong FrameCount { get; private set; }

    // Stacks that were given back stay mapped, so many; each has the top of the next in its last word.
    private const int MostKept = 8;
    private static ulong s_kept;
    private static int s_keptCount;
    private static ulong s_next = KernelLayout.StackWindowStart;

    /// <summary>Makes a stack that lives as long as the kernel. Panics when memory has run out.</summary>
    /// <param name="bytes">Size, a multiple of the page size.</param>
    /// <returns>The address after its last byte: what a stack pointer starts with.</returns>
    public static VirtualAddress Create(ulong bytes)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        var bottom = new VirtualAddress(s_next + Page.Size);
        s_next = (bottom + bytes).Value;
        for (ulong offset = 0; offset < bytes; offset += Page.Size)
        {
            if (PhysicalMemory.AllocateZeroed(FrameOwner.Kernel) is not { } frame
                || KernelPageTables.Builder.Map(
                    bottom + offset, frame.Address, Page.Size, KernelPageTables.DataFlags | PageFlags.Writable | PageFlags.Dirty) != Status.Success)
                Panic.Fail("no memory for a kernel stack");
        }
        return bottom + bytes;
    }

    /// <summary>Makes a stack of <see cref="ThreadStackSize"/> for a thread.</summary>
    /// <returns>The address after its last byte; zero when memory has run out.</returns>
    public static VirtualAddress TryTake()
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (s_kept != 0)
        {
            var kept = new VirtualAddress(s_kept);
            s_kept = *LinkOf(kept);
            s_keptCount--;
            return kept;
        }
        int slot = FindFreeSlot();
        if (slot < 0)
            return default;
        VirtualAddress bottom = BottomOf(slot);
        for (ulong offset = 0; offset < ThreadStackSize; offset += Page.Size)
        {
            FrameNumber? frame = PhysicalMemory.Frames.Allocate(FrameOwner.Kernel);
            if (frame is { } number)
            {
                if (KernelPageTables.Builder.Map(
                    bottom + offset, number.Address, Page.Size, KernelPageTables.DataFlags | PageFlags.Writable | PageFlags.Dirty) == Status.Success)
                    continue;
                PhysicalMemory.Free(number);
            }
            Release(bottom, offset);
            return default;
        }
        s_usedSlots[slot / SlotsPerWord] |= 1UL << (slot % SlotsPerWord);
        FrameCount += ThreadStackSize / Page.Size;
        return bottom + ThreadStackSize;
    }

    /// <summary>Gives back what <see cref="TryTake"/> gave. Nobody runs on it.</summary>
    public static void Return(VirtualAddress top)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (s_keptCount < MostKept)
        {
            *LinkOf(top) = s_kept;
            s_kept = top.Value;
            s_keptCount++;
            return;
        }
        VirtualAddress bottom = new(top.Value - ThreadStackSize);
        int slot = (int)((bottom.Value - ThreadStacks) / SlotSize);
        Release(bottom, ThreadStackSize);
        FrameCount -= ThreadStackSize / Page.Size;
        s_usedSlots[slot / SlotsPerWord] &= ~(1UL << (slot % SlotsPerWord));
        if (slot / SlotsPerWord < s_firstWordWithFree)
            s_firstWordWithFree = slot / SlotsPerWord;
    }

    private static VirtualAddress BottomOf(int slot) => new(ThreadStacks + (ulong)slot * SlotSize + Page.Size);

    private static ulong* LinkOf(VirtualAddress top) => (ulong*)top.Value - 1;

    private static int FindFreeSlot()
    {
        for (int word = s_firstWordWithFree; word < SlotWords; word++)
        {
            if (s_usedSlots[word] == ulong.MaxValue)
                continue;
            s_firstWordWithFree = word;
            return word * SlotsPerWord + BitOperations.TrailingZeroCount(~s_usedSlots[word]);
        }
        return -1;
    }

    private static void Release(VirtualAddress bottom, ulong bytes)
    {
        for (ulong offset = 0; offset < bytes; offset += Page.Size)
        {
            FrameNumber frame = new PageTableWalk(KernelPageTables.Root, bottom + offset).Physical.Frame;
            KernelPageTables.Builder.Unmap(bottom + offset, Page.Size);
            Instructions.InvalidatePage((bottom + offset).Value);
            PhysicalMemory.Free(frame);
        }
    }

    /// <summary>Whether an address lies in an unmapped page of the stack window, or below the boot stack: a stack overflow.</summary>
    public static bool IsGuard(VirtualAddress address)
    {
        if (address.AlignDown(Page.Size) == Boot.KernelImage.BootStackGuard)
            return true;
        return address.Value >= KernelLayout.StackWindowStart
            && (address.Value < s_next || address.Value - ThreadStacks < SlotWords * SlotsPerWord * SlotSize)
            && !new PageTableWalk(KernelPageTables.Root, address).IsMapped;
    }

    [InlineArray(SlotWords)]
    private struct SlotBits
    {
        private ulong _first;
    }
}
