using System;
using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public sealed unsafe class SoftwareMmuTests : IDisposable
{
    private const ulong Frames = 4096;
    private const FaultAccess UserRead = FaultAccess.User;
    private const FaultAccess UserWrite = FaultAccess.User | FaultAccess.Write;
    private const FaultAccess UserExecute = FaultAccess.User | FaultAccess.Execute;
    private const PageFlags ForUser = PageFlags.User | PageFlags.Writable;

    private static readonly VirtualAddress s_page = new(0x40_0000_5000);
    private static readonly VirtualAddress s_kernelPage = new(0xffff_9000_0000_3000);
    private static readonly PhysicalAddress s_frame = new(0x20_0000);
    private static readonly PhysicalAddress s_otherFrame = new(0x30_0000);

    private readonly SimulatedMemory _memory = new(Frames * Page.Size);
    private readonly TableFrames _frames = new();
    private readonly SoftwareMmu _mmu = new(4);
    private readonly PageTableBuilder _table;

    public SoftwareMmuTests()
    {
        _table = NewTable();
        _mmu.LoadRoot(0, Space(0));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void A_mapped_page_translates_with_its_offset()
    {
        Map(s_page, s_frame, ForUser);

        Assert.Equal(s_frame + 0x123, Allowed(0, s_page + 0x123, UserRead));
        Assert.Null(_mmu.Verify());
    }

    [Fact]
    public void An_unmapped_page_faults_with_what_was_asked()
    {
        Assert.Equal(UserWrite, _mmu.Access(0, s_page, UserWrite, out _));
        Assert.Equal(FaultAccess.Execute, _mmu.Access(0, s_page, FaultAccess.Execute, out _));
        Map(s_page, s_frame, ForUser);
        Assert.Equal(UserRead, _mmu.Access(0, s_page + Page.Size, UserRead, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_level_must_allow_an_access(int level)
    {
        Map(s_page, s_frame, ForUser);
        ref ulong entry = ref Entry(_table.Root, s_page, level);
        ulong everything = entry;

        entry = everything & ~(ulong)PageFlags.Writable;
        Assert.Equal(UserWrite | FaultAccess.Present, _mmu.Access(0, s_page, UserWrite, out _));
        Allowed(0, s_page, UserRead);
        Allowed(0, s_page, UserExecute);
        _mmu.LoadRoot(0, Space(0));

        entry = everything & ~(ulong)PageFlags.User;
        Assert.Equal(UserRead | FaultAccess.Present, _mmu.Access(0, s_page, UserRead, out _));
        Allowed(0, s_page, FaultAccess.Write);
        _mmu.LoadRoot(0, Space(0));

        entry = everything | (ulong)PageFlags.NoExecute;
        Assert.Equal(UserExecute | FaultAccess.Present, _mmu.Access(0, s_page, UserExecute, out _));
        Allowed(0, s_page, UserWrite);
    }

    [Fact]
    public void The_kernel_does_not_write_to_read_only_pages()
    {
        Map(s_page, s_frame, PageFlags.User);

        Allowed(0, s_page, FaultAccess.Read);
        Assert.Equal(FaultAccess.Write | FaultAccess.Present, _mmu.Access(0, s_page, FaultAccess.Write, out _));
    }

    [Fact]
    public void Accessed_bits_are_set_on_every_level_and_dirty_ones_by_writes_only()
    {
        Map(s_page, s_frame, ForUser);

        Allowed(0, s_page, UserRead);
        for (int level = 1; level <= PageTableWalk.Levels; level++)
            Assert.Equal(PageFlags.Accessed, Flags(s_page, level) & (PageFlags.Accessed | PageFlags.Dirty));
        Allowed(0, s_page, UserWrite);
        Assert.Equal(PageFlags.Dirty, Flags(s_page, 1) & PageFlags.Dirty);
        Assert.Equal(PageFlags.None, Flags(s_page, 2) & PageFlags.Dirty);
    }

    [Fact]
    public void A_refused_access_marks_nothing()
    {
        Map(s_page, s_frame, PageFlags.User);

        _mmu.Access(0, s_page, UserWrite, out _);

        Assert.Equal(PageFlags.None, Flags(s_page, 1) & (PageFlags.Accessed | PageFlags.Dirty));
    }

    [Fact]
    public void A_cached_translation_is_used_until_it_is_invalidated()
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 1) = new PageTableEntry(s_otherFrame, PageFlags.Present | ForUser).Bits;
        Assert.Equal(s_frame, Allowed(0, s_page, UserRead));
        Assert.Contains("0000004000005000, level 1: cached as 0000000000200000, the table says 0000000000300000", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [s_page]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(s_otherFrame, Allowed(0, s_page, UserRead));
    }

    [Fact]
    public void A_removed_page_stays_readable_until_it_is_invalidated()
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 1) = 0;
        Allowed(0, s_page, UserRead);
        Assert.Contains("isn't present", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [s_page]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Less_permission_on_any_level_is_not_seen_until_it_is_invalidated(int level)
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserWrite);

        Entry(_table.Root, s_page, level) &= ~(ulong)PageFlags.Writable;
        Allowed(0, s_page, UserWrite);
        Assert.Contains("cached with the rights All, the tables grant User, Execute", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [s_page]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(UserWrite | FaultAccess.Present, _mmu.Access(0, s_page, UserWrite, out _));
    }

    [Fact]
    public void More_permission_takes_one_fault_to_be_seen()
    {
        Map(s_page, s_frame, PageFlags.User);
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 1) |= (ulong)PageFlags.Writable;
        Assert.Null(_mmu.Verify());
        Assert.Equal(UserWrite | FaultAccess.Present, _mmu.Access(0, s_page, UserWrite, out _));
        Allowed(0, s_page, UserWrite);
    }

    [Fact]
    public void More_permission_on_an_upper_level_takes_one_fault_to_be_seen()
    {
        Map(s_page, s_frame, ForUser);
        Entry(_table.Root, s_page, 2) &= ~(ulong)PageFlags.Writable;
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 2) |= (ulong)PageFlags.Writable;
        Assert.Equal(UserWrite | FaultAccess.Present, _mmu.Access(0, s_page, UserWrite, out _));
        Allowed(0, s_page, UserWrite);
    }

    [Fact]
    public void More_permission_of_a_global_page_takes_one_fault_to_be_seen()
    {
        Map(s_kernelPage, s_frame, PageFlags.Global);
        Allowed(0, s_kernelPage, FaultAccess.Read);

        Entry(_table.Root, s_kernelPage, 1) |= (ulong)PageFlags.Writable;
        Assert.Equal(FaultAccess.Write | FaultAccess.Present, _mmu.Access(0, s_kernelPage, FaultAccess.Write, out _));
        Allowed(0, s_kernelPage, FaultAccess.Write);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void An_upper_entry_that_allows_more_than_the_table_is_reported(int level)
    {
        Map(s_page, s_frame, ForUser);
        _mmu.Prefetch(0, s_page + Page.Size);
        Assert.Null(_mmu.Verify());

        Entry(_table.Root, s_page, level) &= ~(ulong)PageFlags.Writable;

        Assert.Contains($"upper entry of level {level}: cached with the rights", _mmu.Verify());
    }

    [Fact]
    public void The_first_write_through_a_clean_translation_walks_again()
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 1) &= ~(ulong)PageFlags.Writable;
        Allowed(0, s_page, UserRead);
        Assert.Equal(UserWrite | FaultAccess.Present, _mmu.Access(0, s_page, UserWrite, out _));
        Assert.Null(_mmu.Verify());
    }

    [Fact]
    public void A_dirty_bit_that_is_cleared_without_invalidation_is_reported()
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserWrite);

        Entry(_table.Root, s_page, 1) &= ~(ulong)PageFlags.Dirty;
        Allowed(0, s_page, UserWrite);
        Assert.Equal(PageFlags.None, Flags(s_page, 1) & PageFlags.Dirty);
        Assert.Contains("cached as dirty", _mmu.Verify());
    }

    [Fact]
    public void A_replaced_table_is_used_until_one_page_of_the_space_is_invalidated()
    {
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserRead);
        VirtualAddress neighbour = s_page + Page.Size;
        PhysicalAddress table = _frames.AllocateZeroed()!.Value.Address;
        ((PageTableEntry*)DirectMap.Pointer(table))[PageTableWalk.IndexOf(neighbour, 1)] = new(s_otherFrame, PageFlags.Present | ForUser);
        ((PageTableEntry*)DirectMap.Pointer(table))[PageTableWalk.IndexOf(s_page, 1)] = new(s_frame, PageFlags.Present | ForUser);

        Entry(_table.Root, s_page, 2) = new PageTableEntry(table, PageFlags.Present | ForUser).Bits;
        Assert.Contains("upper entry of level 2: cached as", _mmu.Verify());
        _mmu.Prefetch(0, neighbour);
        Assert.Contains("upper entry of level 2: cached as", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [new VirtualAddress(0x1000)]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(s_otherFrame, Allowed(0, neighbour, UserRead));
    }

    [Fact]
    public void A_fault_forgets_upper_entries_of_its_address_only()
    {
        VirtualAddress far = s_page + Page.HugeSize;
        Map(s_page, s_frame, ForUser);
        Map(far, s_otherFrame, ForUser, 2 * Page.Size);
        Allowed(0, s_page, UserRead);
        Allowed(0, far, UserRead);
        ulong table = Entry(_table.Root, s_page, 2);
        Entry(_table.Root, s_page, 2) = 0;
        Entry(_table.Root, far, 2) = 0;

        // The cached entry still leads to the table, in which the neighbour is missing; a mapping there isn't seen after the fault.
        Assert.Equal(UserRead, _mmu.Access(0, s_page + Page.Size, UserRead, out _));
        ((PageTableEntry*)DirectMap.Pointer(new PageTableEntry(table).Target))[PageTableWalk.IndexOf(s_page, 1) + 1] = new(s_otherFrame, PageFlags.Present | ForUser);
        Assert.Equal(UserRead, _mmu.Access(0, s_page + Page.Size, UserRead, out _));
        Allowed(0, far + Page.Size, UserRead);
    }

    [Fact]
    public void A_walk_begins_at_a_cached_upper_entry()
    {
        Map(s_page, s_frame, ForUser);
        Map(s_page + Page.Size, s_otherFrame, ForUser);
        Allowed(0, s_page, UserRead);

        Entry(_table.Root, s_page, 4) = 0;

        Assert.Equal(s_otherFrame, Allowed(0, s_page + Page.Size, UserRead));
        Assert.Equal(UserRead, _mmu.Access(0, s_page + Page.LargeSize, UserRead, out _));
    }

    [Theory]
    [InlineData(Page.LargeSize)]
    [InlineData(Page.HugeSize)]
    public void Large_pages_are_cached_as_a_whole_and_forgotten_by_any_of_their_pages(ulong size)
    {
        VirtualAddress start = new(0x80_0000_0000);
        var target = new PhysicalAddress(size);
        Map(start, target, ForUser, size, size);
        Assert.Equal(target + 0x12345, Allowed(0, start + 0x12345, UserWrite));

        Entry(_table.Root, start, size == Page.LargeSize ? 2 : 3) = 0;
        Assert.Equal(target + (size - 1), Allowed(0, start + (size - 1), UserWrite));
        Assert.Contains("isn't present", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [start + 0x5000]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(UserRead, _mmu.Access(0, start, UserRead, out _));
    }

    [Fact]
    public void A_split_large_page_must_be_forgotten()
    {
        VirtualAddress start = new(0x80_0000_0000);
        PhysicalAddress target = new(Page.LargeSize);
        Map(start, target, ForUser, Page.LargeSize, Page.LargeSize);
        Allowed(0, start, UserRead);

        Entry(_table.Root, start, 2) = 0;
        Map(start, target, ForUser, Page.LargeSize, Page.Size);
        Assert.Contains("level 2: the tables have pages of level 1 there", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [start]);
        Assert.Null(_mmu.Verify());
    }

    [Fact]
    public void Joined_small_pages_are_granted_by_the_large_one()
    {
        VirtualAddress start = new(0x80_0000_0000);
        Map(start, new PhysicalAddress(Page.LargeSize), ForUser, Page.LargeSize, Page.Size);
        Allowed(0, start + 0x3000, UserRead);

        Entry(_table.Root, start, 2) = new PageTableEntry(new PhysicalAddress(Page.LargeSize), ForUser | PageFlags.Present | PageFlags.Large).Bits;
        Assert.Contains("upper entry of level 2: a page of level 2 is there", _mmu.Verify());

        _mmu.Invalidate(Space(0), 1, [start]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(new PhysicalAddress(Page.LargeSize + 0x3000), Allowed(0, start + 0x3000, UserRead));
    }

    [Fact]
    public void Another_root_without_an_id_forgets_everything_but_global_pages()
    {
        PageTableBuilder other = NewTable();
        Map(s_page, s_frame, ForUser);
        Map(s_kernelPage, s_frame, PageFlags.Writable | PageFlags.Global);
        Allowed(0, s_page, UserRead);
        Allowed(0, s_kernelPage, FaultAccess.Read);

        _mmu.LoadRoot(0, new TranslationSpace(other.Root, 0));

        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
        Allowed(0, s_kernelPage, FaultAccess.Read);
        Assert.Contains("global", _mmu.Verify());
        _mmu.InvalidateKernel([s_kernelPage]);
        Assert.Null(_mmu.Verify());
        Assert.Equal(FaultAccess.Read, _mmu.Access(0, s_kernelPage, FaultAccess.Read, out _));
    }

    [Fact]
    public void An_id_keeps_translations_while_others_are_loaded()
    {
        PageTableBuilder other = NewTable();
        Map(s_page, s_frame, ForUser);
        _mmu.LoadRoot(0, Space(7));
        Allowed(0, s_page, UserRead);
        Entry(_table.Root, s_page, 1) = 0;

        _mmu.LoadRoot(0, new TranslationSpace(other.Root, 8));
        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
        Assert.Contains("id 7", _mmu.Verify());
        _mmu.LoadRoot(0, new TranslationSpace(other.Root, 0));
        _mmu.LoadRoot(0, Space(7));
        Allowed(0, s_page, UserRead);

        _mmu.LoadRoot(0, new TranslationSpace(other.Root, 8));
        _mmu.Invalidate(Space(7), 1, []);
        Assert.Null(_mmu.Verify());
        _mmu.LoadRoot(0, Space(7));
        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
    }

    [Fact]
    public void An_id_that_is_used_again_without_invalidation_is_reported()
    {
        PageTableBuilder other = NewTable();
        Map(s_page, s_frame, ForUser);
        _mmu.LoadRoot(1, Space(7));
        Allowed(1, s_page, UserRead);
        _mmu.LoadRoot(1, new TranslationSpace(other.Root, 8));
        Assert.Null(_mmu.Verify());

        _mmu.LoadRoot(0, new TranslationSpace(other.Root, 7));

        Assert.Contains("Processor 1, id 7, 0000004000005000, level 1: left over from root", _mmu.Verify());
    }

    [Fact]
    public void Translations_whose_root_is_gone_are_reported()
    {
        Map(s_page, s_frame, ForUser);
        _mmu.LoadRoot(0, Space(7));
        Allowed(0, s_page, UserRead);
        _mmu.LoadRoot(0, new TranslationSpace(NewTable().Root, 8));

        new Span<byte>(DirectMap.Pointer(_table.Root), (int)Page.Size).Fill(0xa5);

        Assert.Contains("id 7, 0000004000005000", _mmu.Verify());
    }

    [Fact]
    public void Invalidation_reaches_only_the_processors_pages_and_ids_that_it_names()
    {
        VirtualAddress neighbour = s_page + Page.Size;
        Map(s_page, s_frame, ForUser);
        Map(neighbour, s_otherFrame, ForUser);
        for (int processor = 0; processor < 3; processor++)
        {
            _mmu.LoadRoot(processor, Space(7));
            Allowed(processor, s_page, UserRead);
            Allowed(processor, neighbour, UserRead);
        }
        _mmu.LoadRoot(0, Space(8));
        Allowed(0, s_page, UserRead);
        Entry(_table.Root, s_page, 1) = 0;
        Entry(_table.Root, neighbour, 1) = 0;

        _mmu.Invalidate(Space(7), 0b011, [s_page]);

        Allowed(0, s_page, UserRead);
        Assert.Equal(UserRead, _mmu.Access(1, s_page, UserRead, out _));
        Allowed(1, neighbour, UserRead);
        Allowed(2, s_page, UserRead);
    }

    [Fact]
    public void Invalidation_without_an_id_matters_where_the_root_is_loaded()
    {
        PageTableBuilder other = NewTable();
        Map(s_page, s_frame, ForUser);
        Allowed(0, s_page, UserRead);
        Entry(_table.Root, s_page, 1) = 0;

        _mmu.Invalidate(new TranslationSpace(other.Root, 0), 1, []);
        Allowed(0, s_page, UserRead);
        _mmu.Invalidate(Space(0), 1, []);
        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
    }

    [Fact]
    public void Invalidating_a_space_leaves_global_pages_and_invalidating_the_kernel_leaves_users()
    {
        Map(s_page, s_frame, ForUser);
        Map(s_kernelPage, s_frame, PageFlags.Writable | PageFlags.Global);
        Allowed(0, s_page, UserRead);
        Allowed(0, s_kernelPage, FaultAccess.Read);
        Entry(_table.Root, s_page, 1) = 0;
        Entry(_table.Root, s_kernelPage, 1) = 0;

        _mmu.InvalidateKernel([]);
        Allowed(0, s_page, UserRead);
        Assert.Equal(FaultAccess.Read, _mmu.Access(0, s_kernelPage, FaultAccess.Read, out _));

        Entry(_table.Root, s_kernelPage, 1) = new PageTableEntry(s_frame, PageFlags.Present | PageFlags.Global).Bits;
        Allowed(0, s_kernelPage, FaultAccess.Read);
        Entry(_table.Root, s_kernelPage, 1) = 0;
        _mmu.Invalidate(Space(0), 1, []);
        Assert.Equal(UserRead, _mmu.Access(0, s_page, UserRead, out _));
        Allowed(0, s_kernelPage, FaultAccess.Read);
    }

    [Fact]
    public void Kernel_pages_are_forgotten_under_every_id_and_on_every_processor()
    {
        Map(s_kernelPage, s_frame, PageFlags.Writable);
        for (int processor = 0; processor < 2; processor++)
        {
            for (ushort id = 1; id <= 2; id++)
            {
                _mmu.LoadRoot(processor, Space(id));
                Allowed(processor, s_kernelPage, FaultAccess.Read);
            }
        }
        Entry(_table.Root, s_kernelPage, 2) = 0;
        Assert.NotNull(_mmu.Verify());

        _mmu.InvalidateKernel([s_kernelPage]);

        Assert.Null(_mmu.Verify());
    }

    [Theory]
    [InlineData(4, (ulong)PageFlags.Large)]
    [InlineData(3, 1UL << SoftwareMmu.PhysicalAddressBits)]
    [InlineData(1, 1UL << 51)]
    [InlineData(2, (ulong)PageFlags.Large | 1UL << 13)]
    [InlineData(3, (ulong)PageFlags.Large | 1UL << 29)]
    public void Reserved_bits_fault(int level, ulong bits)
    {
        Map(s_page, s_frame, ForUser);
        Entry(_table.Root, s_page, level) |= bits;

        Assert.Equal(UserRead | FaultAccess.Present | FaultAccess.Reserved, _mmu.Access(0, s_page, UserRead, out _));
    }

    [Fact]
    public void The_cache_policy_bit_of_a_large_page_is_no_part_of_its_address()
    {
        VirtualAddress start = new(0x80_0000_0000);
        Map(start, new PhysicalAddress(Page.LargeSize), ForUser, Page.LargeSize, Page.LargeSize);
        Entry(_table.Root, start, 2) |= 1UL << 12;

        Assert.Equal(new PhysicalAddress(Page.LargeSize + 0x123), Allowed(0, start + 0x123, UserRead));
        Assert.Null(_mmu.Verify());
    }

    [Fact]
    public void Software_bits_are_ignored()
    {
        Map(s_page, s_frame, ForUser);
        Entry(_table.Root, s_page, 1) |= 7UL << 9 | 0x7ffUL << 52;

        Allowed(0, s_page, UserRead);
    }

    [Fact]
    public void A_table_outside_memory_faults_like_a_corrupt_one()
    {
        Map(s_page, s_frame, ForUser);
        Entry(_table.Root, s_page, 3) = new PageTableEntry(new PhysicalAddress(Frames * Page.Size), PageFlags.Present | ForUser).Bits;

        Assert.Equal(UserRead | FaultAccess.Present | FaultAccess.Reserved, _mmu.Access(0, s_page, UserRead, out _));
    }

    [Fact]
    public void A_prefetch_caches_what_is_there_and_refreshes_nothing()
    {
        Map(s_page, s_frame, ForUser);
        _mmu.Prefetch(0, s_page);
        Entry(_table.Root, s_page, 1) = new PageTableEntry(s_otherFrame, PageFlags.Present | ForUser).Bits;

        _mmu.Prefetch(0, s_page);

        Assert.Equal(s_frame, Allowed(0, s_page, UserRead));
    }

    [Fact]
    public void Bytes_are_moved_through_the_translation()
    {
        Map(s_page, s_frame, ForUser);

        Assert.Null(_mmu.TryWrite(0, s_page + 8, [1, 2, 3]));
        byte[] read = new byte[3];
        Assert.Null(_mmu.TryRead(0, s_page + 8, read));
        Assert.Equal([1, 2, 3], read);
        Assert.Equal(2, ((byte*)DirectMap.Pointer(s_frame))[9]);
        Assert.Null(_mmu.TryExecute(0, s_page));
        Assert.Equal(FaultAccess.User | FaultAccess.Execute, _mmu.TryExecute(0, s_page + Page.Size));
        Assert.Equal(FaultAccess.Write, _mmu.TryWrite(0, s_page + Page.Size, [0], isUser: false));
    }

    [Fact]
    public void A_processor_repeats_what_the_handler_resolved()
    {
        int calls = 0;
        var processor = new TestProcessor(_mmu, 0, (address, access) =>
        {
            calls++;
            Assert.Equal(UserWrite, access);
            Map(address.AlignDown(Page.Size), s_frame + (address.AlignDown(Page.Size) - s_page), ForUser);
            return FaultResult.Resolved;
        });
        byte[] bytes = [1, 2, 3, 4];

        Assert.Equal(FaultResult.Resolved, processor.Write(s_page + (Page.Size - 2), bytes));

        Assert.Equal(2, calls);
        Assert.Equal(2, processor.Faults);
        Assert.Equal(0x04030201u, (uint)processor.ReadWord(s_page + (Page.Size - 2)));
        processor.WriteWord(s_page, 42);
        Assert.Equal(42u, processor.ReadWord(s_page, isUser: false));
    }

    [Fact]
    public void A_processor_reports_what_the_handler_refused()
    {
        var processor = new TestProcessor(_mmu, 0, static (_, _) => FaultResult.NotMapped);

        Assert.Equal(FaultResult.NotMapped, processor.Read(s_page, new byte[1]));
        Assert.Equal(FaultResult.NotMapped, processor.Execute(s_page, isUser: false));
        Assert.Throws<InvalidOperationException>(() => processor.ReadWord(s_page));
        Assert.Throws<InvalidOperationException>(() => processor.WriteWord(s_page, 0));
    }

    [Fact]
    public void A_handler_that_never_helps_is_an_error()
    {
        var processor = new TestProcessor(_mmu, 0, static (_, _) => FaultResult.Spurious);

        Assert.Throws<InvalidOperationException>(() => processor.Execute(s_page));
        Assert.Equal(processor.MostRepeats, processor.Faults);
    }

    [Fact]
    public void No_write_is_under_way_after_the_invalidation_that_forbids_it()
    {
        Map(s_page, s_frame, ForUser);
        _mmu.LoadRoot(1, Space(0));
        byte[] bytes = new byte[Page.Size];
        _mmu.TryWrite(1, s_page, bytes);
        using var writer = new BackgroundThread(() =>
        {
            bytes.AsSpan().Fill((byte)(bytes[0] + 1));
            _mmu.TryWrite(1, s_page, bytes);
        });
        var content = new ReadOnlySpan<byte>(DirectMap.Pointer(s_frame), bytes.Length);

        for (int round = 0; round < 200_000; round++)
        {
            Interlocked.Or(ref Entry(_table.Root, s_page, 1), (ulong)PageFlags.Writable);
            Thread.SpinWait(round % 50);
            Interlocked.And(ref Entry(_table.Root, s_page, 1), ~(ulong)PageFlags.Writable);
            _mmu.Invalidate(Space(0), 0b10, [s_page]);
            Assert.Equal(-1, content.IndexOfAnyExcept(content[0]));
        }
    }

    [Fact]
    public void An_entry_that_is_taken_away_gets_no_bits_set()
    {
        Map(s_page, s_frame, ForUser);
        ulong present = Entry(_table.Root, s_page, 1);
        using var writer = new BackgroundThread(() =>
        {
            _mmu.LoadRoot(1, Space(0));
            _mmu.TryWrite(1, s_page, [1]);
        });

        for (int round = 0; round < 1_000_000; round++)
        {
            Interlocked.Exchange(ref Entry(_table.Root, s_page, 1), 0);
            Thread.SpinWait(round % 5);
            Assert.Equal(0ul, Interlocked.Exchange(ref Entry(_table.Root, s_page, 1), present));
            Thread.SpinWait(round % 7);
        }
    }

    private PhysicalAddress Allowed(int processor, VirtualAddress address, FaultAccess access)
    {
        Assert.Null(_mmu.Access(processor, address, access, out PhysicalAddress physical));
        return physical;
    }

    private TranslationSpace Space(ushort id) => new(_table.Root, id);

    private PageTableBuilder NewTable() => new(_frames.AllocateZeroed()!.Value.Address, _frames, hugePages: true);

    /// <summary>Maps pages and lets the levels above allow everything.</summary>
    private void Map(VirtualAddress address, PhysicalAddress target, PageFlags flags, ulong bytes = Page.Size, ulong largest = Page.Size)
    {
        Assert.Equal(Status.Success, _table.Map(address, target, bytes, flags, largest));
        for (int level = PageTableWalk.Levels; level >= 2; level--)
        {
            ref ulong entry = ref Entry(_table.Root, address, level);
            if (new PageTableEntry(entry).IsLarge)
                break;
            entry |= (ulong)PageFlags.User;
        }
    }

    private PageFlags Flags(VirtualAddress address, int level) => new PageTableEntry(Entry(_table.Root, address, level)).Flags;

    private static ref ulong Entry(PhysicalAddress root, VirtualAddress address, int level)
    {
        PhysicalAddress table = root;
        for (int current = PageTableWalk.Levels; current > level; current--)
            table = ((PageTableEntry*)DirectMap.Pointer(table))[PageTableWalk.IndexOf(address, current)].Target;
        return ref ((ulong*)DirectMap.Pointer(table))[PageTableWalk.IndexOf(address, level)];
    }

    /// <summary>Does something over and over until it is disposed.</summary>
    private sealed class BackgroundThread : IDisposable
    {
        private readonly Thread _thread;
        private readonly ManualResetEventSlim _hasBegun = new();
        private bool _stop;

        public BackgroundThread(Action action)
        {
            _thread = new Thread(() =>
            {
                while (!Volatile.Read(ref _stop))
                {
                    action();
                    _hasBegun.Set();
                }
            });
            _thread.Start();
            _hasBegun.Wait();
        }

        public void Dispose()
        {
            Volatile.Write(ref _stop, true);
            _thread.Join();
            _hasBegun.Dispose();
        }
    }

    private sealed class TableFrames : IFrameSource
    {
        private ulong _next = 1;

        public FrameNumber? AllocateZeroed()
        {
            var frame = new FrameNumber(_next++);
            new Span<byte>(DirectMap.Pointer(frame.Address), (int)Page.Size).Clear();
            return frame;
        }
    }
}
