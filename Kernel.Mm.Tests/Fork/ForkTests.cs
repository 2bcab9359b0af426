using System;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Fork;

/// <summary>Fork, rule by rule. Groups of tests have the numbers that the rules have in the specification.</summary>
[Collection(nameof(SimulatedMemory))]
public sealed unsafe class ForkTests : IDisposable
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;

    // A fork's root, and one table of each level below it but the last.
    private const ulong UpperTables = PageTableWalk.Levels - 1;

    private static readonly VirtualAddress s_base = new(0x4000_0000);

    private readonly TestMachine _machine = new(8192);
    private readonly AddressSpace _parent;

    public ForkTests() => _parent = _machine.CreateSpace();

    public void Dispose() => _machine.Dispose();

    // 1: tables are shared, spaces edit only what is theirs, tables are complete, depth one.

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(3000)]
    public void Fork_takes_only_upper_tables_and_records(ulong pages)
    {
        Fill(_parent, s_base, pages);
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        Counts after = Count();
        Assert.Equal(before.User, after.User);
        Assert.Equal(before.PageTable + UpperTables, after.PageTable);
        Assert.Equal(before.Kernel, after.Kernel);
        Assert.Equal((before.Spaces + 1, before.Areas + 1, before.PrivateObjects + 1, before.Backups + 1),
            (after.Spaces, after.Areas, after.PrivateObjects, after.Backups));
        Assert.Equal(_parent.ResidentPages, child.ResidentPages);
        _machine.Verify();
    }

    [Fact]
    public void Fork_takes_an_upper_table_for_each_gigabyte_in_use()
    {
        Fill(_parent, s_base, 10);
        Fill(_parent, s_base + 5 * Page.HugeSize, 10);
        Fill(_parent, new VirtualAddress(1UL << 40), 10);
        Counts before = Count();
        _parent.Fork();
        // One path down to level 2, one table more of level 3, two of level 2.
        Assert.Equal(before.PageTable + UpperTables + 3, Count().PageTable);
        _machine.Verify();
    }

    [Fact]
    public void Fork_of_an_empty_space_takes_a_root()
    {
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        Assert.Equal(before.PageTable + 1, Count().PageTable);
        Assert.Equal(before.Backups, Count().Backups);
        Assert.Equal(0, child.AreaCount);
        _machine.Verify();
    }

    [Fact]
    public void Fork_shares_tables_and_changes_no_entry_in_them()
    {
        PageRange range = Fill(_parent, s_base, 700);
        PageTableEntry[] entries = EntriesOf(_parent, range);
        PhysicalAddress root = _parent.Translations.Root;
        AddressSpace child = _parent.Fork();
        Assert.Equal(root, _parent.Translations.Root);
        Assert.NotEqual(root, child.Translations.Root);
        Assert.Equal(entries, EntriesOf(_parent, range));
        Assert.Equal(_parent.LeafAt(range.Start).Frame, child.LeafAt(range.Start).Frame);
        Assert.Equal(_parent.LeafAt(range.PageAt(600)).Frame, child.LeafAt(range.PageAt(600)).Frame);
        for (ulong i = 0; i < range.Pages; i++)
            Assert.Equal(1, _machine.MappingsOf(_parent.FrameAt(range.PageAt(i))));
    }

    [Fact]
    public void Backup_names_the_shared_tables_and_is_no_user_of_them()
    {
        Fill(_parent, s_base, 3 * BlockPages);
        AddressSpace child = _parent.Fork();
        BackupSpace backup = _parent.PrivateObject!.Backup!;
        Assert.Same(backup, child.PrivateObject!.Backup);
        Assert.Equal(2, backup.Names);
        Assert.Equal(3u, backup.TableCount);
        Assert.Equal(2, _parent.LeafAt(s_base).Users);
    }

    [Fact]
    public void Forks_of_forks_use_the_same_backup()
    {
        Fill(_parent, s_base, 2 * BlockPages);
        AddressSpace child = _parent.Fork();
        AddressSpace grandchild = child.Fork();
        BackupSpace backup = _parent.PrivateObject!.Backup!;
        Assert.Same(backup, grandchild.PrivateObject!.Backup);
        Assert.Equal(3, backup.Names);
        Assert.Equal(2u, backup.TableCount);
        Assert.Equal(1, _machine.Backups.InUse);
        _machine.Verify();
    }

    // 2: users, present entries, exclusive pages.

    [Fact]
    public void Leaf_table_counts_its_users_and_entries()
    {
        PageRange range = Fill(_parent, s_base, 77);
        AddressSpace[] children = [_parent.Fork(), _parent.Fork(), _parent.Fork()];
        LeafTable leaf = _parent.LeafAt(s_base);
        Assert.Equal((4, 77), (leaf.Users, leaf.EntriesInUse));
        Assert.Equal(3, PendingForks(range.Start));
        _machine.Write(children[0], s_base, 1);
        Assert.Equal((3, 77), (leaf.Users, leaf.EntriesInUse));
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(children[1]));
        Assert.Equal(2, leaf.Users);
        _machine.Verify();
    }

    [Fact]
    public void Page_states_say_shared_until_nobody_else_has_the_page()
    {
        PageRange range = Fill(_parent, s_base, 4);
        Assert.All(StatesOf(_parent, range), state => Assert.Equal(PageState.Absent, state & PageState.Shared));
        AddressSpace child = _parent.Fork();
        Assert.All(StatesOf(_parent, range), state => Assert.True((state & PageState.Shared) != 0 && (state & PageState.Writable) == 0));
        _machine.Write(child, range.Start, 9);
        PageState[] states = StatesOf(_parent, range);
        Assert.Equal(PageState.Absent, states[0] & PageState.Shared);
        Assert.Equal(PageState.Shared, states[1] & PageState.Shared);
    }

    // 3: mixed blocks.

    [Theory]
    [InlineData(VAreaFlags.Private | VAreaFlags.Locked)]
    [InlineData(VAreaFlags.Private | VAreaFlags.DontFork)]
    [InlineData(VAreaFlags.Private | VAreaFlags.WipeOnFork)]
    [InlineData(VAreaFlags.None)]
    public void Block_with_a_special_varea_is_not_shared(VAreaFlags special)
    {
        PageRange range = Fill(_parent, s_base, 10);
        SharedAnonymousObject? shared = special == VAreaFlags.None ? SharedAnonymousObject.Create(_machine.Manager, 10) : null;
        PageRange other = _parent.MapAt(range.End, 5, flags: special, memoryObject: shared);
        shared?.Release();
        Write(_parent, other, 100);
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        Assert.Null(child.PrivateObject!.Backup);
        Assert.Equal(0, _machine.Backups.InUse);
        Assert.NotEqual(_parent.LeafAt(s_base).Frame, child.LeafAt(s_base).Frame);
        Assert.Equal(before.PageTable + UpperTables + 1, Count().PageTable);
        Assert.Equal(before.User, Count().User);
        for (ulong i = 0; i < range.Pages; i++)
        {
            Assert.Equal(_parent.FrameAt(range.PageAt(i)), child.FrameAt(range.PageAt(i)));
            Assert.Equal(2, _machine.MappingsOf(_parent.FrameAt(range.PageAt(i))));
            Assert.False(_parent.EntryAt(range.PageAt(i)).IsWritable);
            Assert.False(child.EntryAt(range.PageAt(i)).IsWritable);
        }
        AssertInherited(child, other, special);
        AssertContent(_parent, other, 100);
        Write(child, range, 50);
        AssertContent(_parent, range, 1);
        AssertContent(child, range, 50);
        _machine.Verify();
    }

    [Fact]
    public void Blocks_beside_a_mixed_one_are_shared()
    {
        PageRange range = Fill(_parent, s_base, 3 * BlockPages);
        Assert.Equal(Status.Success, _parent.SetLocked(new PageRange(range.PageAt(BlockPages + 7), 3), true));
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        Assert.Equal(before.PageTable + UpperTables + 1, Count().PageTable);
        Assert.Equal(2u, _parent.PrivateObject!.Backup!.TableCount);
        Assert.Equal(0ul, child.LockedPages);
        Assert.Equal(1, child.AreaCount);
        AssertContent(child, range, 1);
        _machine.Verify();
    }

    [Theory]
    [InlineData(VAreaFlags.None)]
    [InlineData(VAreaFlags.Private | VAreaFlags.DontFork)]
    [InlineData(VAreaFlags.Private | VAreaFlags.WipeOnFork)]
    public void Blocks_behind_one_that_a_fork_leaves_are_in_their_place(VAreaFlags left)
    {
        SharedAnonymousObject? shared = left == VAreaFlags.None ? SharedAnonymousObject.Create(_machine.Manager, 10) : null;
        PageRange before = Fill(_parent, s_base, 5);
        Write(_parent, _parent.MapAt(s_base + 3 * Page.LargeSize, 10, flags: left, memoryObject: shared), 100);
        shared?.Release();
        PageRange behind = Fill(_parent, s_base + 7 * Page.LargeSize, 5);
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        AssertContent(child, before, 1);
        AssertContent(child, behind, 1);
        Assert.Equal(10ul, child.ResidentPages);
    }

    [Fact]
    public void Shared_and_device_entries_are_left_to_faults()
    {
        SharedAnonymousObject shared = SharedAnonymousObject.Create(_machine.Manager, 4)!;
        PageRange visible = _parent.MapAt(s_base, 4, flags: VAreaFlags.None, memoryObject: shared);
        shared.Release();
        Write(_parent, visible, 1);
        var request = new MapRequest(4, TestMachine.ReadWrite) { Address = visible.End, Placement = Placement.Fixed };
        Assert.Equal(Status.Success, _parent.MapPhysical(new PhysicalAddress(0xfe00_0000), CachePolicy.Uncached, request, out VirtualAddress device));
        Assert.Equal(FaultResult.Resolved, _parent.Fault(device, FaultAccess.Write | FaultAccess.User));
        Fill(_parent, device + 4 * Page.Size, 2);
        AddressSpace child = _parent.Fork();
        Assert.True(child.EntryAt(visible.Start).IsEmpty);
        Assert.True(child.EntryAt(device).IsEmpty);
        Assert.Equal(2ul, child.ResidentPages);
        _machine.Verify();
        AssertContent(child, visible, 1);
        Assert.Equal(FaultResult.Resolved, child.Fault(device, FaultAccess.Write | FaultAccess.User));
        Assert.Equal(_parent.EntryAt(device).Target, child.EntryAt(device).Target);
        _machine.Verify();
    }

    [Fact]
    public void Pinned_page_stays_the_parents_frame_and_the_child_gets_a_copy_at_once()
    {
        PageRange range = Fill(_parent, s_base, 20);
        Assert.Equal(Status.Success, _parent.Pin(range.PageAt(3), true, out FrameNumber pinned));
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        Assert.Equal(before.User + 1, Count().User);
        Assert.NotEqual(pinned, child.FrameAt(range.PageAt(3)));
        ulong faults = _parent.MinorFaults;
        _machine.Write(_parent, range.PageAt(3), 200);
        Assert.Equal(faults, _parent.MinorFaults);
        Assert.Equal(pinned, _parent.FrameAt(range.PageAt(3)));
        // What the device writes, the parent sees and the child does not.
        *(byte*)DirectMap.Pointer(pinned.Address) = 201;
        Assert.Equal(201, _machine.Read(_parent, range.PageAt(3)));
        AssertContent(child, range, 1);
        _parent.Unpin(pinned);
        _machine.Verify();
    }

    [Fact]
    public void Pinned_page_is_kept_by_the_parent_through_a_second_fork()
    {
        PageRange range = Fill(_parent, s_base, 20);
        AddressSpace first = _parent.Fork();
        Assert.Equal(Status.Success, _parent.Pin(range.PageAt(3), true, out FrameNumber pinned));
        AddressSpace second = _parent.Fork();
        _machine.Verify();
        _machine.Write(_parent, range.PageAt(3), 99);
        Assert.Equal(pinned, _parent.FrameAt(range.PageAt(3)));
        AssertContent(first, range, 1);
        AssertContent(second, range, 1);
        _parent.Unpin(pinned);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(first));
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(second));
        _machine.Verify();
    }

    /// <summary>Another thread of the parent writes to pages one after another, between the copies: the child sees a write only with those before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Child_sees_no_write_without_the_earlier_ones_though_pinned_pages_are_copied(bool isAfterAFork)
    {
        PageRange range = Fill(_parent, s_base, 3 * BlockPages);
        if (isAfterAFork)
            _parent.Fork();
        ulong[] pinnedPages = [3, 5, BlockPages + 7];
        foreach (ulong page in pinnedPages)
            Assert.Equal(Status.Success, _parent.Pin(range.PageAt(page), true, out _));
        // Pinned ones, their neighbours, and one of a table that is shared.
        ulong[] written = [3, 4, 5, BlockPages + 7, BlockPages + 8, 2 * BlockPages];
        foreach (ulong page in written)
            _machine.Write(_parent, range.PageAt(page), 100);
        TestHardware.RunAs(1);
        TestProcessor other = _machine.Load(_parent);
        foreach (ulong page in written)
            Assert.Equal(FaultResult.Resolved, other.Write(range.PageAt(page), [101]));
        TestHardware.RunAs(0);
        int copies = 0, refused = 0;
        _machine.Hardware.AfterCopy = () =>
        {
            copies++;
            foreach (ulong page in written)
            {
                if (_machine.Hardware.Mmu.TryWrite(1, range.PageAt(page), [102]) is null)
                    continue;
                // The thread stands still in a fault until the fork is done.
                refused++;
                return;
            }
        };

        AddressSpace child = _parent.Fork();

        _machine.Hardware.AfterCopy = null;
        Assert.Equal((3, 3), (copies, refused));
        _machine.Verify();
        Assert.Equal([101, 101, 101, 101, 101, 101], Array.ConvertAll(written, page => _machine.Read(child, range.PageAt(page))));
        // Pinned pages can be written again as they are.
        foreach (ulong page in pinnedPages)
        {
            FrameNumber frame = _parent.FrameAt(range.PageAt(page));
            Assert.Null(_machine.Hardware.Mmu.TryWrite(1, range.PageAt(page), [103]));
            Assert.Equal(103, *(byte*)DirectMap.Pointer(frame.Address));
        }
        Assert.Equal([101, 101, 101], Array.ConvertAll(pinnedPages, page => _machine.Read(child, range.PageAt(page))));
        foreach (ulong page in pinnedPages)
            _parent.Unpin(_parent.FrameAt(range.PageAt(page)));
        TestHardware.RunAs(1);
        _machine.Unload(_parent);
        TestHardware.RunAs(0);
        _machine.Verify();
    }

    [Fact]
    public void Fork_without_memory_for_copies_of_pinned_pages_leaves_the_parent_writable()
    {
        PageRange range = Fill(_parent, s_base, 20);
        FrameNumber[] pinned = new FrameNumber[3];
        for (ulong page = 0; page < 3; page++)
            Assert.Equal(Status.Success, _parent.Pin(range.PageAt(page), true, out pinned[page]));
        Counts before = Count();
        int failures = 0;
        for (int frames = 0; ; frames++)
        {
            AddressSpace? child;
            using (new MemoryHog(_machine.Frames, AllocationPriority.Normal, frames))
                if (_parent.Fork(out child) == Status.Success)
                    break;
            failures++;
            Assert.Null(child);
            Assert.Equal(before, Count());
            ulong faults = _parent.MinorFaults;
            for (ulong page = 0; page < 20; page++)
                _machine.Write(_parent, range.PageAt(page), (byte)(page + 1));
            Assert.Equal(faults, _parent.MinorFaults);
            _machine.Verify();
        }
        // Upper tables, a leaf table, and three copies.
        Assert.Equal((int)UpperTables + 4, failures);
        foreach (FrameNumber frame in pinned)
            _parent.Unpin(frame);
        _machine.Verify();
    }

    [Fact]
    public void Large_entries_are_counted_and_made_read_only_in_both()
    {
        PageRange range = _parent.MapAt(s_base, BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        _machine.Write(_parent, range.Start, 5);
        Assert.True(_parent.BlockAt(s_base).IsLarge);
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        Assert.Equal(before.User, Count().User);
        Assert.Equal(before.PageTable + UpperTables, Count().PageTable);
        Assert.True(child.BlockAt(s_base).IsLarge);
        Assert.False(child.BlockAt(s_base).IsWritable);
        Assert.False(_parent.BlockAt(s_base).IsWritable);
        Assert.Equal(2ul, _machine.Frames.Table[_parent.FrameAt(s_base)].OwnerWord);
        _machine.Write(child, range.PageAt(1), 6);
        Assert.Equal(5, _machine.Read(child, range.Start));
        Assert.Equal(0, _machine.Read(_parent, range.PageAt(1)));
        _machine.Verify();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        _machine.Write(_parent, range.PageAt(2), 7);
        Assert.True(_parent.BlockAt(s_base).IsLarge);
        Assert.Equal(before.User, Count().User);
        _machine.Verify();
    }

    [Fact]
    public void Large_page_with_a_pinned_frame_is_split_and_the_frame_stays()
    {
        PageRange range = _parent.MapAt(s_base, BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        _machine.Write(_parent, range.PageAt(8), 5);
        Assert.Equal(Status.Success, _parent.Pin(range.PageAt(8), true, out FrameNumber pinned));
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        _machine.Write(_parent, range.PageAt(8), 6);
        Assert.Equal(pinned, _parent.FrameAt(range.PageAt(8)));
        Assert.NotEqual(pinned, child.FrameAt(range.PageAt(8)));
        Assert.Equal(5, _machine.Read(child, range.PageAt(8)));
        _parent.Unpin(pinned);
        _machine.Verify();
    }

    [Fact]
    public void Large_page_of_which_a_part_is_not_forked_is_split()
    {
        PageRange range = _parent.MapAt(s_base, BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        Write(_parent, range, 1);
        Assert.Equal(Status.Success, _parent.Advise(new PageRange(range.PageAt(8), 4), Advice.DontFork));
        _machine.Verify();
        AssertContent(_parent, range, 1);
        AddressSpace child = _parent.Fork();
        _machine.Verify();
        Assert.Null(child.Find(range.PageAt(9)));
        AssertContent(child, new PageRange(range.Start, 8), 1);
    }

    [Fact]
    public void Pinned_frame_of_a_large_page_stays_when_a_part_is_unmapped()
    {
        PageRange range = _parent.MapAt(s_base, BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        _machine.Write(_parent, range.PageAt(8), 5);
        Assert.Equal(Status.Success, _parent.Pin(range.PageAt(8), true, out FrameNumber pinned));
        Assert.Equal(Status.Success, _parent.Unmap(new PageRange(range.Start, 4)));
        _machine.Write(_parent, range.PageAt(8), 6);
        Assert.Equal(pinned, _parent.FrameAt(range.PageAt(8)));
        _machine.Verify();
        _parent.Unpin(pinned);
        _machine.Verify();
    }

    // 4: write permission goes above the tables; reading takes no fault.

    [Fact]
    public void Fork_takes_write_permission_away_above_the_tables_only()
    {
        PageRange range = Fill(_parent, s_base, 3);
        AddressSpace child = _parent.Fork();
        Assert.True(_parent.EntryAt(range.Start).IsWritable);
        Assert.False(_parent.BlockAt(range.Start).IsWritable);
        Assert.False(child.BlockAt(range.Start).IsWritable);
        Assert.False(_parent.Translate(range.Start).IsWritable);
        Assert.False(child.Translate(range.Start).IsWritable);
    }

    [Fact]
    public void Reads_of_resident_pages_take_no_fault_after_fork()
    {
        PageRange range = Fill(_parent, s_base, 1000);
        ulong parentFaults = _parent.MinorFaults;
        AddressSpace child = _parent.Fork();
        AssertContent(_parent, range, 1);
        AssertContent(child, range, 1);
        Assert.Equal(parentFaults, _parent.MinorFaults);
        Assert.Equal(0ul, child.MinorFaults);
        Assert.Equal(2, _parent.LeafAt(range.Start).Users);
    }

    [Fact]
    public void Fork_child_write_is_not_seen_by_parent_nor_the_other_way_round()
    {
        PageRange range = Fill(_parent, s_base, 600);
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.PageAt(5), 77);
        _machine.Write(_parent, range.PageAt(550), 78);
        Assert.Equal(Value(5, 1), _machine.Read(_parent, range.PageAt(5)));
        Assert.Equal(Value(550, 1), _machine.Read(child, range.PageAt(550)));
        Assert.Equal(77, _machine.Read(child, range.PageAt(5)));
        Assert.Equal(78, _machine.Read(_parent, range.PageAt(550)));
        _machine.Verify();
    }

    // 5: a user copies a shared table before anything in it changes for its sake.

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(512)]
    public void First_write_copies_the_tables_present_entries(ulong pages)
    {
        _machine.Manager.FaultsAhead = false;
        PageRange range = Fill(_parent, s_base, pages, length: BlockPages);
        AddressSpace child = _parent.Fork();
        LeafTable shared = _parent.LeafAt(s_base);
        Counts before = Count();
        _machine.Write(child, range.Start, 99);
        Counts after = Count();
        Assert.Equal(before.PageTable + 1, after.PageTable);
        Assert.Equal(before.User + 1, after.User);
        LeafTable copy = child.LeafAt(s_base);
        Assert.NotEqual(shared.Frame, copy.Frame);
        Assert.Equal((1, (int)pages), (copy.Users, copy.EntriesInUse));
        Assert.Equal((1, (int)pages), (shared.Users, shared.EntriesInUse));
        Assert.True(shared.WasCopied);
        for (ulong i = 1; i < pages; i++)
        {
            Assert.Equal(2, _machine.MappingsOf(_parent.FrameAt(range.PageAt(i))));
            Assert.False(_parent.EntryAt(range.PageAt(i)).IsWritable);
            Assert.False(child.EntryAt(range.PageAt(i)).IsWritable);
        }
        _machine.Verify();
    }

    [Fact]
    public void Reading_an_absent_page_in_a_shared_table_copies_the_table()
    {
        PageRange range = Fill(_parent, s_base, 10, length: BlockPages);
        AddressSpace child = _parent.Fork();
        Assert.Equal(0, _machine.Read(child, range.PageAt(100)));
        Assert.NotEqual(_parent.LeafAt(s_base).Frame, child.LeafAt(s_base).Frame);
        Assert.True(_parent.EntryAt(range.PageAt(100)).IsEmpty);
        Assert.Equal(10ul, _parent.ResidentPages);
        Assert.Equal(11ul, child.ResidentPages);
        _machine.Verify();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dropping_a_whole_block_drops_the_reference_without_a_copy(bool isAdvice)
    {
        PageRange range = Fill(_parent, s_base, 2 * BlockPages);
        AddressSpace child = _parent.Fork();
        var block = new PageRange(range.Start, BlockPages);
        Counts before = Count();
        using (new MemoryHog(_machine.Frames, AllocationPriority.Reserve))
            Assert.Equal(Status.Success, isAdvice ? child.Advise(block, Advice.DontNeed) : child.Unmap(block));
        Assert.Equal(before.User, Count().User);
        Assert.Equal(before.PageTable, Count().PageTable);
        Assert.Equal(1, _parent.LeafAt(s_base).Users);
        Assert.False(_parent.LeafAt(s_base).WasCopied);
        Assert.Equal(1u, _parent.PrivateObject!.Backup!.TableCount);
        AssertContent(_parent, range, 1);
        if (isAdvice)
            Assert.Equal(0, _machine.Read(child, range.PageAt(3)));
        _machine.Verify();
    }

    [Theory]
    [InlineData(Operation.Unmap)]
    [InlineData(Operation.DontNeed)]
    [InlineData(Operation.Protect)]
    [InlineData(Operation.Forbid)]
    [InlineData(Operation.Move)]
    public void Change_of_a_part_of_a_shared_table_is_not_seen_by_others(Operation operation)
    {
        PageRange range = Fill(_parent, s_base, 100);
        AddressSpace child = _parent.Fork();
        PageTableEntry[] entries = EntriesOf(_parent, range);
        var part = new PageRange(range.PageAt(20), 10);
        Assert.Equal(Status.Success, Perform(child, part, operation));
        _machine.Verify();
        Assert.Equal(1, _parent.LeafAt(s_base).Users);
        PageTableEntry[] now = EntriesOf(_parent, range);
        for (int i = 0; i < entries.Length; i++)
            Assert.Equal(entries[i].Without(PageFlags.Writable), now[i].Without(PageFlags.Writable));
        AssertContent(_parent, range, 1);
        for (ulong i = 0; i < 20; i++)
            Assert.Equal(Value(i, 1), _machine.Read(child, range.PageAt(i)));
        Write(_parent, range, 30);
        AssertContent(_parent, range, 30);
        _machine.Verify();
    }

    [Fact]
    public void Widening_protection_leaves_a_table_shared()
    {
        PageRange range = Fill(_parent, s_base, 100);
        Assert.Equal(Status.Success, _parent.Protect(range, TestMachine.ReadOnly));
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, child.Protect(range, TestMachine.ReadWrite));
        Assert.Equal(2, _parent.LeafAt(s_base).Users);
        _machine.Verify();
        _machine.Write(child, range.Start, 90);
        Assert.Equal(Value(0, 1), _machine.Read(_parent, range.Start));
        Assert.Equal(FaultResult.NotAllowed, _parent.Fault(range.Start, FaultAccess.Write | FaultAccess.User | FaultAccess.Present));
        _machine.Verify();
    }

    [Fact]
    public void Moving_whole_blocks_moves_shared_tables()
    {
        PageRange range = Fill(_parent, s_base, 2 * BlockPages);
        AddressSpace child = _parent.Fork();
        Counts before = Count();
        VirtualAddress target = s_base + 64 * Page.LargeSize;
        Assert.Equal(Status.Success, child.Move(range, range.Pages, MoveMode.Fixed, ref target));
        Assert.Equal(before.User, Count().User);
        Assert.Equal(before.PageTable, Count().PageTable);
        Assert.Equal(_parent.LeafAt(s_base).Frame, child.LeafAt(target).Frame);
        Assert.Equal(2, _parent.LeafAt(s_base).Users);
        AssertContent(child, new PageRange(target, range.Pages), 1);
        Write(child, new PageRange(target, range.Pages), 9);
        AssertContent(_parent, range, 1);
        _machine.Verify();
    }

    // 6: collapse.

    [Fact]
    public void Last_user_takes_a_table_back_with_one_fault_if_it_was_never_copied()
    {
        PageRange range = Fill(_parent, s_base, BlockPages);
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        Counts before = Count();
        ulong faults = _parent.MinorFaults;
        Write(_parent, range, 60);
        Assert.Equal(faults + 1, _parent.MinorFaults);
        Assert.Equal(before.User, Count().User);
        Assert.Equal(before.PageTable, Count().PageTable);
        AssertContent(_parent, range, 60);
        _machine.Verify();
    }

    [Fact]
    public void Last_user_takes_back_exclusive_pages_of_a_copied_table_with_one_fault()
    {
        PageRange range = Fill(_parent, s_base, BlockPages);
        AddressSpace child = _parent.Fork();
        Write(child, new PageRange(range.Start, 10), 40);
        Counts before = Count();
        ulong faults = _parent.MinorFaults;
        // The first ten are the parent's alone since the child has copies.
        Write(_parent, new PageRange(range.Start, 10), 60);
        Assert.Equal(faults + 1, _parent.MinorFaults);
        Assert.Equal(before.User, Count().User);
        // The others are not.
        Write(_parent, new PageRange(range.PageAt(10), 5), 60);
        Assert.Equal(faults + 6, _parent.MinorFaults);
        Assert.Equal(before.User + 5, Count().User);
        AssertContent(child, new PageRange(range.Start, 10), 40);
        Assert.Equal(Value(10, 1), _machine.Read(child, range.PageAt(10)));
        _machine.Verify();
    }

    [Fact]
    public void Last_user_of_a_copied_table_takes_everything_back_once_the_copy_is_gone()
    {
        PageRange range = Fill(_parent, s_base, BlockPages);
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.Start, 40);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        Counts before = Count();
        ulong faults = _parent.MinorFaults;
        Write(_parent, range, 60);
        Assert.Equal(faults + 1, _parent.MinorFaults);
        Assert.Equal(before.User, Count().User);
        _machine.Verify();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Taking_back_gives_no_more_than_the_vareas_allow(bool wasCopied)
    {
        PageRange range = Fill(_parent, s_base, 30);
        var closed = new PageRange(range.PageAt(10), 10);
        Assert.Equal(Status.Success, _parent.Protect(closed, TestMachine.ReadOnly));
        AddressSpace child = _parent.Fork();
        if (wasCopied)
            _machine.Write(child, range.Start, 3);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        _machine.Write(_parent, range.Start, 4);
        _machine.Verify();
        Assert.False(_parent.Translate(closed.Start).IsWritable);
        Assert.True(_parent.Translate(range.PageAt(25)).IsWritable);
    }

    [Fact]
    public void Child_that_outlives_its_parent_takes_the_tables_back()
    {
        PageRange range = Fill(_parent, s_base, 2 * BlockPages);
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(_parent));
        Counts before = Count();
        Write(child, range, 5);
        Assert.Equal(2ul, child.MinorFaults);
        Assert.Equal(before.User, Count().User);
        Assert.Null(child.PrivateObject!.Backup);
        Assert.Equal(0, _machine.Backups.InUse);
        MemoryCensus.AssertExact(_machine);
        _machine.Verify();
    }

    [Fact]
    public void Backup_disappears_when_the_last_shared_table_is_copied()
    {
        PageRange range = Fill(_parent, s_base, 2 * BlockPages);
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.Start, 1);
        Assert.Equal(1u, child.PrivateObject!.Backup!.TableCount);
        _machine.Write(child, range.PageAt(BlockPages), 1);
        Assert.Null(child.PrivateObject.Backup);
        _machine.Verify();
        _machine.Write(_parent, range.Start, 2);
        Assert.Null(_parent.PrivateObject!.Backup);
        Assert.Equal(0, _machine.Backups.InUse);
        _machine.Verify();
    }

    [Fact]
    public void Backup_disappears_after_the_childs_exit()
    {
        Fill(_parent, s_base, 3 * BlockPages);
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        _machine.Write(_parent, s_base, 2);
        Assert.Null(_parent.PrivateObject!.Backup);
        Assert.Equal((1, 1, 0), (_machine.Spaces.InUse, _machine.PrivateObjects.InUse, _machine.Backups.InUse));
        _machine.Verify();
    }

    // 7: exit never allocates, and small removals have a reserve.

    [Fact]
    public void Exit_needs_no_memory()
    {
        ulong free = _machine.Frames.FreeFrames;
        AddressSpace space = _machine.CreateSpace();
        PageRange range = Fill(space, s_base, 3 * BlockPages);
        space.MapAt(range.End + Page.LargeSize, BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        _machine.Write(space, range.End + Page.LargeSize, 1);
        AddressSpace child = space.Fork();
        Write(child, new PageRange(range.Start, 5), 9);
        AddressSpace grandchild = child.Fork();
        using (new MemoryHog(_machine.Frames, AllocationPriority.Reserve))
        {
            _machine.Areas.Left = _machine.Spaces.Left = _machine.PrivateObjects.Left = _machine.Backups.Left = 0;
            Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
            Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(space));
            Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(grandchild));
        }
        Assert.Equal(free, _machine.Frames.FreeFrames);
        Assert.Equal(0, _machine.AreasInUse);
        Assert.Equal(0, _machine.Backups.InUse);
        _machine.Verify();
    }

    [Theory]
    [InlineData(Operation.Unmap)]
    [InlineData(Operation.DontNeed)]
    [InlineData(Operation.Protect)]
    [InlineData(Operation.Forbid)]
    public void Change_of_a_part_of_a_shared_table_takes_its_copy_from_the_reserve(Operation operation)
    {
        PageRange range = Fill(_parent, s_base, 100);
        AddressSpace child = _parent.Fork();
        using (new MemoryHog(_machine.Frames, AllocationPriority.Normal))
        {
            // An ordinary copy fails.
            Assert.Equal(FaultResult.OutOfMemory, child.Fault(range.Start, FaultAccess.Write | FaultAccess.User | FaultAccess.Present));
            Assert.Equal(Status.Success, Perform(child, new PageRange(range.PageAt(20), 10), operation));
        }
        AssertContent(_parent, range, 1);
        _machine.Verify();
    }

    // 8: accessed and dirty.

    [Fact]
    public void Dirty_bit_cannot_become_set_in_a_shared_table()
    {
        PageRange range = _parent.MapAt(s_base, 10);
        for (ulong i = 0; i < 10; i++)
            Assert.Equal(0, _machine.Read(_parent, range.PageAt(i)));
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.Start, 1);
        _machine.Write(child, range.PageAt(1), 1);
        Assert.False(_parent.EntryAt(range.Start).Has(PageFlags.Dirty));
        Assert.False(_parent.EntryAt(range.PageAt(1)).Has(PageFlags.Dirty));
        Assert.True(child.EntryAt(range.Start).Has(PageFlags.Dirty));
        Assert.False(child.EntryAt(range.PageAt(2)).Has(PageFlags.Dirty));
    }

    [Fact]
    public void Accessed_bit_in_a_shared_table_counts_for_all_users()
    {
        PageRange range = Fill(_parent, s_base, 2);
        AddressSpace child = _parent.Fork();
        PageTableEntry* entry = _parent.LeafAt(s_base).Entries;
        *entry = entry->Without(PageFlags.Accessed);
        Assert.Equal(PageState.Absent, StatesOf(child, range)[0] & PageState.Accessed);
        *entry = entry->With(PageFlags.Accessed);
        Assert.Equal(PageState.Accessed, StatesOf(_parent, range)[0] & PageState.Accessed);
        Assert.Equal(PageState.Accessed, StatesOf(child, range)[0] & PageState.Accessed);
    }

    [Fact]
    public void Copied_entries_keep_accessed_and_dirty()
    {
        PageRange range = Fill(_parent, s_base, 20);
        PageTableEntry* entries = _parent.LeafAt(s_base).Entries;
        entries[7] = entries[7].Without(PageFlags.Accessed);
        entries[8] = entries[8].Without(PageFlags.Dirty);
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.Start, 3);
        for (ulong i = 1; i < 20; i++)
            Assert.Equal(_parent.EntryAt(range.PageAt(i)), child.EntryAt(range.PageAt(i)));
        Assert.False(child.EntryAt(range.PageAt(7)).Has(PageFlags.Accessed));
        Assert.False(child.EntryAt(range.PageAt(8)).Has(PageFlags.Dirty));
    }

    // 9 is ForkShapes.

    // 10: each writer copies once, the last takes over.

    [Fact]
    public void Each_writer_copies_once_and_the_last_sharer_takes_over_without_a_copy()
    {
        PageRange range = Fill(_parent, s_base, 1);
        FrameNumber frame = _parent.FrameAt(range.Start);
        AddressSpace[] spaces = [_parent.Fork(), _parent.Fork(), _parent.Fork(), _parent];
        ulong user = Count().User;
        for (int i = 0; i < spaces.Length; i++)
        {
            _machine.Write(spaces[i], range.Start, (byte)(100 + i));
            _machine.Write(spaces[i], range.Start, (byte)(110 + i));
            Assert.Equal(user + (ulong)int.Min(i + 1, spaces.Length - 1), Count().User);
            _machine.Verify();
        }
        Assert.Equal(frame, _parent.FrameAt(range.Start));
        for (int i = 0; i < spaces.Length; i++)
            Assert.Equal(110 + i, _machine.Read(spaces[i], range.Start));
    }

    [Fact]
    public void Untouched_page_is_zero_in_both_and_its_first_write_copies_nothing()
    {
        PageRange range = _parent.MapAt(s_base, 8);
        Assert.Equal(0, _machine.Read(_parent, range.Start));
        AddressSpace child = _parent.Fork();
        _machine.Write(child, range.Start, 5);
        Assert.Equal(0, _machine.Read(_parent, range.Start));
        _machine.Write(_parent, range.PageAt(1), 6);
        Assert.Equal(0, _machine.Read(child, range.PageAt(1)));
        _machine.Verify();
    }

    // 12: shared vareas, private mappings of objects, writes by other routes.

    [Fact]
    public void Shared_vareas_refer_to_the_same_object_in_both()
    {
        SharedAnonymousObject shared = SharedAnonymousObject.Create(_machine.Manager, 20)!;
        PageRange range = _parent.MapAt(s_base, 20, flags: VAreaFlags.None, memoryObject: shared);
        shared.Release();
        _machine.Write(_parent, range.Start, 1);
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        // Nothing private is there: the child gets a root.
        Assert.Equal(before.PageTable + 1, Count().PageTable);
        Assert.Same(shared, child.Find(range.Start)!.Object);
        Assert.Equal(2, shared.References);
        Assert.Equal(1, _machine.Read(child, range.Start));
        _machine.Write(child, range.PageAt(3), 2);
        Assert.Equal(2, _machine.Read(_parent, range.PageAt(3)));
        Assert.Equal(before.User + 1, Count().User);
        _machine.Verify();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(_parent));
        Assert.Equal(2, _machine.Read(child, range.PageAt(3)));
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        Assert.Equal(0, _machine.SharedObjects.InUse);
        _machine.Verify();
    }

    [Fact]
    public void Private_mapping_of_an_object_follows_the_same_rules()
    {
        PageRange range = _parent.MapAt(s_base, 50, memoryObject: _machine.Manager.ZeroObject);
        Write(_parent, new PageRange(range.Start, 25), 1);
        for (ulong i = 25; i < 40; i++)
            Assert.Equal(0, _machine.Read(_parent, range.PageAt(i)));
        Counts before = Count();
        AddressSpace child = _parent.Fork();
        Assert.Equal(before.User, Count().User);
        Assert.Equal(_parent.LeafAt(s_base).Frame, child.LeafAt(s_base).Frame);
        Write(child, range, 2);
        AssertContent(_parent, new PageRange(range.Start, 25), 1);
        Assert.Equal(0, _machine.Read(_parent, range.PageAt(30)));
        _machine.Verify();
    }

    [Fact]
    public void Private_mapping_of_a_shared_object_is_copied_when_written()
    {
        SharedAnonymousObject shared = SharedAnonymousObject.Create(_machine.Manager, 8)!;
        PageRange through = _parent.MapAt(s_base, 8, flags: VAreaFlags.None, memoryObject: shared);
        PageRange range = _parent.MapAt(s_base + 4 * Page.LargeSize, 8, memoryObject: shared);
        shared.Release();
        Write(_parent, through, 1);
        AssertContent(_parent, range, 1);
        AddressSpace child = _parent.Fork();
        Write(child, range, 70);
        AssertContent(_parent, range, 1);
        AssertContent(_parent, through, 1);
        _machine.Verify();
        // The object's own page is never taken over, even by the last that shows it.
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        Write(_parent, range, 80);
        AssertContent(_parent, through, 1);
        _machine.Verify();
    }

    [Fact]
    public void Write_by_another_route_takes_the_spaces_write_fault()
    {
        PageRange range = Fill(_parent, s_base, 10);
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, child.Write(range.PageAt(2), [7, 7, 7]));
        Assert.Equal(Value(2, 1), _machine.Read(_parent, range.PageAt(2)));
        Assert.Equal(7, _machine.Read(child, range.PageAt(2)));
        Assert.Equal(Status.Success, _parent.Write(range.PageAt(4), [8]));
        Assert.Equal(Value(4, 1), _machine.Read(child, range.PageAt(4)));
        _machine.Verify();
    }

    [Fact]
    public void Pin_for_writing_after_a_fork_pins_a_page_of_the_spaces_own()
    {
        PageRange range = Fill(_parent, s_base, 4);
        AddressSpace child = _parent.Fork();
        Assert.Equal(Status.Success, child.Pin(range.Start, true, out FrameNumber pinned));
        *(byte*)DirectMap.Pointer(pinned.Address) = 123;
        Assert.Equal(123, _machine.Read(child, range.Start));
        Assert.Equal(Value(0, 1), _machine.Read(_parent, range.Start));
        child.Unpin(pinned);
        _machine.Verify();
    }

    [Fact]
    public void Child_has_the_same_vareas_limits_and_counts()
    {
        var limits = new SpaceLimits(5000, 4000, 100, 50);
        _parent.Limits = limits;
        Fill(_parent, s_base, 20);
        _parent.MapAt(s_base + Page.LargeSize, 7, TestMachine.ReadOnly);
        _parent.MapAt(s_base + 2 * Page.LargeSize, 9, flags: VAreaFlags.Private | VAreaFlags.GrowsDown);
        AddressSpace child = _parent.Fork();
        Assert.Equal(limits, child.Limits);
        Assert.Equal((_parent.MappedPages, _parent.DataPages, _parent.AreaCount), (child.MappedPages, child.DataPages, child.AreaCount));
        foreach (VArea area in _parent)
        {
            VArea? copy = child.Find(area.Start);
            Assert.NotNull(copy);
            Assert.Equal((area.Start, area.Pages, area.Protection, area.MaximumProtection, area.Flags),
                (copy.Start, copy.Pages, copy.Protection, copy.MaximumProtection, copy.Flags));
        }
        _machine.Verify();
    }

    /// <summary>A change of some pages of a block.</summary>
    public enum Operation
    {
        /// <summary>Unmap them.</summary>
        Unmap,

        /// <summary>Drop their content.</summary>
        DontNeed,

        /// <summary>Make them read-only.</summary>
        Protect,

        /// <summary>Allow nothing.</summary>
        Forbid,

        /// <summary>Move them elsewhere.</summary>
        Move,
    }

    private static Status Perform(AddressSpace space, PageRange range, Operation operation)
    {
        VirtualAddress target = range.Start + 100 * Page.LargeSize;
        return operation switch
        {
            Operation.Unmap => space.Unmap(range),
            Operation.DontNeed => space.Advise(range, Advice.DontNeed),
            Operation.Protect => space.Protect(range, TestMachine.ReadOnly),
            Operation.Forbid => space.Protect(range, Protection.None),
            _ => space.Move(range, range.Pages, MoveMode.Fixed, ref target),
        };
    }

    private static byte Value(ulong page, byte seed) => (byte)(page * 7 + seed);

    /// <summary>Maps memory and writes its first pages.</summary>
    private PageRange Fill(AddressSpace space, VirtualAddress address, ulong pages, ulong length = 0)
    {
        PageRange range = space.MapAt(address, ulong.Max(pages, length));
        Write(space, new PageRange(address, pages), 1);
        return range;
    }

    private void Write(AddressSpace space, PageRange range, byte seed)
    {
        for (ulong i = 0; i < range.Pages; i++)
            _machine.Write(space, range.PageAt(i), Value(i, seed));
    }

    private void AssertContent(AddressSpace space, PageRange range, byte seed)
    {
        for (ulong i = 0; i < range.Pages; i++)
            Assert.Equal(Value(i, seed), _machine.Read(space, range.PageAt(i)));
    }

    private void AssertInherited(AddressSpace child, PageRange range, VAreaFlags special)
    {
        if ((special & VAreaFlags.DontFork) != 0)
        {
            Assert.Null(child.Find(range.Start));
            return;
        }
        if ((special & VAreaFlags.WipeOnFork) == 0)
        {
            AssertContent(child, range, 100);
            return;
        }
        for (ulong i = 0; i < range.Pages; i++)
            Assert.Equal(0, _machine.Read(child, range.PageAt(i)));
    }

    private int PendingForks(VirtualAddress page) => _parent.LeafAt(page).Users - 1;

    private static PageTableEntry[] EntriesOf(AddressSpace space, PageRange range)
    {
        var entries = new PageTableEntry[range.Pages];
        for (ulong i = 0; i < range.Pages; i++)
            entries[i] = space.EntryAt(range.PageAt(i));
        return entries;
    }

    private static PageState[] StatesOf(AddressSpace space, PageRange range)
    {
        var states = new PageState[range.Pages];
        Assert.Equal(Status.Success, space.GetPageStates(range, states));
        return states;
    }

    private Counts Count() => new(
        _machine.Frames.UsedBy(FrameOwner.User),
        _machine.Frames.UsedBy(FrameOwner.PageTable),
        _machine.Frames.UsedBy(FrameOwner.Kernel),
        _machine.Spaces.InUse,
        _machine.AreasInUse,
        _machine.PrivateObjects.InUse,
        _machine.Backups.InUse);

    private readonly record struct Counts(
        ulong User, ulong PageTable, ulong Kernel, int Spaces, int Areas, int PrivateObjects, int Backups);
}
