using System;
using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.SelfTests;

/// <summary>A page in the lower half of the kernel's own page table, for tests of faults; its entry is empty at first.</summary>
internal readonly unsafe ref struct UserPage
{
    private static PageTableEntry* s_entry;

    private readonly FrameNumber _frame;

    /// <summary>Takes a frame for the page. The tables above it are made once and stay.</summary>
    public UserPage()
    {
        if (s_entry == null)
            s_entry = MakeTables();
        FrameNumber? frame = PhysicalMemory.AllocateZeroed(FrameOwner.Kernel);
        Check.True(frame is not null);
        _frame = frame!.Value;
    }

    /// <summary>Where it lies.</summary>
    public static VirtualAddress Address => new(0x4000_0000);

    /// <summary>The entry of its leaf table.</summary>
    public static PageTableEntry* Entry => s_entry;

    /// <summary>The entry that makes the page accessible to user mode.</summary>
    public PageTableEntry EntryFor(PageFlags flags) => new(_frame.Address, flags | PageFlags.Present | PageFlags.User);

    /// <summary>Makes the entry empty again.</summary>
    public static void Clear()
    {
        *s_entry = default;
        Instructions.InvalidatePage(Address.Value);
    }

    public void Dispose()
    {
        Clear();
        PhysicalMemory.Free(_frame);
    }

    private static PageTableEntry* MakeTables()
    {
        // Mapping a page makes the tables; user mode must be allowed at every level.
        Check.Equal((int)Status.Success, (int)KernelPageTables.Builder.Map(Address, new PhysicalAddress(0), Page.Size, PageFlags.None));
        PhysicalAddress table = KernelPageTables.Root;
        for (int level = PageTableWalk.Levels; ; level--)
        {
            PageTableEntry* entry = (PageTableEntry*)DirectMap.Pointer(table) + PageTableWalk.IndexOf(Address, level);
            if (level == 1)
            {
                *entry = default;
                Instructions.InvalidatePage(Address.Value);
                return entry;
            }
            *entry = new PageTableEntry(entry->Target, entry->Flags | PageFlags.User);
            table = entry->Target;
        }
    }
}
