using System;
using System.Runtime.CompilerServices;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;
using Xunit.Sdk;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>Damages one thing at a time: a check that notices nothing is none.</summary>
public sealed unsafe class VerifyTests : SpaceTestBase
{
    [Fact]
    public void Vareas_without_space_or_object_are_noticed()
    {
        VArea area = AreaAt(MapAt(0, 4));
        MemoryObject mapped = area.Object!;
        AssertNoticed("1: a varea is empty", () => area.Object = null, () => area.Object = mapped);
        AssertNoticed("1: a varea is empty", () => area.Space = null, () => area.Space = Space);
    }

    [Fact]
    public void Neighbours_that_should_have_joined_and_wrong_sums_are_noticed()
    {
        MapAt(0, 4);
        VArea second = AreaAt(MapAt(4, 4, ReadOnly));
        VArea third = AreaAt(MapAt(20, 4));
        AssertNoticed("1: two neighbours", () => second.Protection = ReadWrite, () => second.Protection = ReadOnly);
        AssertNoticed("1: mapped, data or locked", () => third.Protection = ReadOnly, () => third.Protection = ReadWrite);
        AssertNoticed("1: mapped, data or locked", () => third.Flags |= VAreaFlags.Locked, () => third.Flags &= ~VAreaFlags.Locked);
        AssertNoticed("gap", () => third.Gap++, () => third.Gap--);
    }

    [Fact]
    public void Entries_that_grant_more_than_the_varea_are_noticed()
    {
        VArea area = AreaAt(MapAt(0, 4));
        Write(1, 1);
        AssertNoticed("2: an entry grants more", () => area.Protection &= ~Protection.User, () => area.Protection |= Protection.User);
        AssertDamage("2: an entry grants more", At(1), 1, static entry => entry.Without(PageFlags.NoExecute));
        VArea readable = AreaAt(MapAt(10, 1, ReadOnly));
        Read(10);
        AssertDamage("2: an entry grants more", At(10), 1, static entry => entry.With(PageFlags.Writable));
        AssertNoticed("2: an entry grants more", () => readable.Protection = Protection.User, () => readable.Protection = ReadOnly);
    }

    [Fact]
    public void Entries_outside_vareas_or_half_present_are_noticed()
    {
        VArea first = AreaAt(MapAt(0, 4)), second = AreaAt(MapAt(10, 4));
        Write(3, 1);
        AssertNoticed("2: an entry is in no varea", () => Shift(1), () => Shift(-1));
        AssertDamage("2: an entry is neither", At(3), 1, static entry => entry.Without(PageFlags.Present));
        AssertDamage("2: an upper entry", At(3), 3, static entry => entry.Without(PageFlags.Present));

        void Shift(int pages)
        {
            first.Pages -= (ulong)pages;
            second.Pages += (ulong)pages;
            Space.Areas.Moved(second);
        }
    }

    [Fact]
    public void Entries_that_name_the_wrong_frame_are_noticed()
    {
        MapAt(0, 4);
        FrameNumber free = Machine.Frames.Allocate(FrameOwner.User)!.Value;
        Write(1, 1);
        Machine.Frames.Free(free);
        AssertDamage("2: an entry names a frame that is free", At(1), 1, entry => new PageTableEntry(free.Address, entry.Flags));
        AssertDamage(
            "5: a free frame is in use", At(1), 1, entry => new PageTableEntry(free.Address, entry.Without(PageFlags.Present).With(PageFlags.Kept).Flags));
        FrameNumber kernel = Machine.Frames.Allocate(FrameOwner.Kernel)!.Value;
        AssertDamage("4: an entry names a frame of the kernel", At(1), 1, entry => new PageTableEntry(kernel.Address, entry.Without(PageFlags.Writable).Flags));
        AssertDamage("2: a leaf table's frame", At(1), 2, entry => new PageTableEntry(kernel.Address, entry.Flags));
        AssertDamage("2: a page table's frame", At(1), 3, entry => new PageTableEntry(free.Address, entry.Flags));
        Machine.Frames.Free(kernel);
    }

    [Fact]
    public void Wrong_counts_of_tables_and_frames_are_noticed()
    {
        MapAt(0, 4);
        Write(1, 1);
        Read(2);
        FrameNumber frame = FrameAt(1);
        AssertCount("4: a leaf table has not as many entries", TableOf(1, 2), static (ref FrameDescriptor d, int by) => d.Mappings += by);
        AssertCount("4: a page table has not as many entries", TableOf(1, 3), static (ref FrameDescriptor d, int by) => d.Mappings += by);
        AssertCount("3: a private page that others see", frame, static (ref FrameDescriptor d, int by) => d.References += by);
        AssertCount("4: a frame has not as many entries", Machine.Manager.ZeroFrame, static (ref FrameDescriptor d, int by) => d.Mappings += by);
        AssertCount("4: a frame has not as many references", Machine.Manager.ZeroFrame, static (ref FrameDescriptor d, int by) => d.References += by);
        AssertCount("4: a frame has not as many references", Machine.Manager.ZeroFrame, static (ref FrameDescriptor d, int by) => d.References -= by);
    }

    [Fact]
    public void A_wrong_number_of_resident_pages_is_noticed()
    {
        MapAt(0, 4);
        Read(1);
        PageTableEntry* entry = Entry(At(1), 1);
        PageTableEntry good = *entry;
        AssertNoticed("7: resident pages", () => Change(-1, default), () => Change(1, good));

        void Change(int by, PageTableEntry value)
        {
            *entry = value;
            Machine.Frames.Table[TableOf(1, 2)].Mappings += by;
            Machine.Frames.Table[Machine.Manager.ZeroFrame].Mappings += by;
        }
    }

    [Fact]
    public void Damage_to_what_a_family_shares_is_noticed()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out _));
        FrameNumber table = TableOf(1, 2);
        BackupSpace backup = Space.PrivateObject!.Backup!;
        var leaf = new LeafTable(table, Machine.Frames.Table.Descriptor(table));
        AssertDamage("3: a shared leaf table", At(1), 2, static entry => entry.With(PageFlags.Writable));
        AssertCount("4: a leaf table has not as many users", table, static (ref FrameDescriptor d, int by) => d.References += by);
        AssertCount("7: a backup names a table with fewer", table, static (ref FrameDescriptor d, int by) => d.References -= by);
        AssertNoticed("7: a backup is not named", backup.AddName, () => backup.RemoveName());
        AssertNoticed("7: a shared leaf table is not in exactly one", () => backup.Remove(leaf), () => backup.Add(Machine.Frames.Table, table, table, 1));
    }

    [Fact]
    public void Damage_to_large_pages_is_noticed()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        MapAt(512, 8);
        Write(1, 1);
        VArea area = AreaAt(At(0)), next = AreaAt(At(512));
        AssertNoticed("2: a large page grants more", () => area.Protection &= ~Protection.User, () => area.Protection |= Protection.User);
        AssertNoticed("2: a large page is not in one varea", () => Shift(1), () => Shift(-1));
        AssertCount("3: a 2 MiB page that others see", FrameAt(0), static (ref FrameDescriptor d, int by) => d.OwnerWord += (ulong)by);
        Assert.Equal(Status.Success, Space.Fork(out _));
        AssertCount("4: a 2 MiB page has not as many", FrameAt(0), static (ref FrameDescriptor d, int by) => d.OwnerWord += (ulong)by);

        void Shift(int pages)
        {
            area.Pages -= (ulong)pages;
            next.Start = new VirtualAddress(next.Start.Value - ((ulong)pages << Page.Shift));
            next.Pages += (ulong)pages;
        }
    }

    [Fact]
    public void A_wrong_number_of_guests_is_noticed()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        PrivateObject shown = Space.PrivateObject!;
        VArea area = guest!.Find(At(0))!;
        Assert.Equal(1, shown.Guests);
        AssertNoticed("4: a space's memory has not as many guests", () => shown.OnOpen(area), () => shown.OnClose(area));
        AssertNoticed("4: a space's memory has not as many guests", () => shown.OnClose(area), () => shown.OnOpen(area));
        AssertNoticed("4: a space's memory has not as many guests", () => shown.Owner = guest, () => shown.Owner = Space);
    }

    [Fact]
    public void A_frozen_page_that_changes_is_noticed()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Verify();
        byte* content = (byte*)DirectMap.Pointer(FrameAt(1).Address);
        content[100] = 1;
        Assert.Throws<TrueException>(Verify);
        content[100] = 0;
        Verify();
    }

    [Fact]
    public void Fewer_references_to_an_object_than_vareas_and_one_without_any_are_noticed()
    {
        SharedAnonymousObject shared = SharedAnonymousObject.Create(Machine.Manager, 8)!;
        foreach (ulong page in (ReadOnlySpan<ulong>)[0, 8])
        {
            var request = new MapRequest(4, ReadWrite, shared) { Placement = Placement.Fixed, Address = At(page) };
            Assert.Equal(Status.Success, Space.Map(request, out _));
        }
        shared.Release();
        Assert.Equal((2, 2), (shared.References, shared.Areas));
        AssertNoticed("4: an object has fewer references than vareas", shared.Release, shared.AddReference);
        VArea area = Space.Find(At(0))!;
        AssertNoticed("4: an object is not shown by as many", () => shared.OnOpen(area), () => shared.OnClose(area));
        AssertNoticed("4: an object is not shown by as many", () => shared.OnClose(area), () => shared.OnOpen(area));
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(1UL << 40), CachePolicy.Uncached, new MapRequest(2, ReadWrite), out VirtualAddress device));
        VArea shown = Space.Find(device)!;
        AssertNoticed("4: an object is not shown by as many", () => shown.Object!.OnOpen(shown), () => shown.Object!.OnClose(shown));
        SharedAnonymousObject left = SharedAnonymousObject.Create(Machine.Manager, 8)!;
        AssertNoticed("4: an object that nobody refers to", () => ReferencesOf(left)--, () => ReferencesOf(left)++);
        left.Release();
        Verify();
    }

    [Fact]
    public void Lost_and_additional_pins_are_noticed()
    {
        MemoryManager manager = Machine.Manager;
        MapAt(0, 4);
        Assert.Equal(Status.Success, Space.Pin(At(1), forWrite: true, out FrameNumber frame));
        AssertNoticed("4: frames have not as many pins", () => manager.Unpin(frame), () => manager.Pin(frame));
        AssertNoticed("4: frames have not as many pins", () => manager.Pin(frame), () => manager.Unpin(frame));
        // Who has a page by its address is counted by the manager.
        Assert.Equal(Status.InvalidArgument, manager.PutPage(frame.Address));
        Assert.Equal(Status.Success, manager.GetPage(frame.Address));
        AssertNoticed("4: frames have not as many pins", () => manager.Unpin(frame), () => manager.Pin(frame));
        Verify();
        Assert.Equal(Status.Success, manager.PutPage(frame.Address));
        Space.Unpin(frame);
        AssertNoticed("4: a space has fewer pins than none", Unpinned, Repinned);

        // Once too often.
        void Unpinned()
        {
            manager.Pin(frame);
            Space.Unpin(frame);
        }

        void Repinned()
        {
            Assert.Equal(Status.Success, Space.Pin(At(1), forWrite: true, out _));
            manager.Unpin(frame);
        }
    }

    [Fact]
    public void Pins_outlive_their_space()
    {
        AddressSpace other = Machine.CreateSpace();
        other.MapAt(At(0), 1);
        Assert.Equal(Status.Success, other.Pin(At(0), forWrite: true, out FrameNumber frame));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(other));
        Verify();
        other.Unpin(frame);
        Verify();
    }

    [Fact]
    public void Frames_that_nobody_has_are_noticed()
    {
        FrameNumber lost = default;
        AssertNoticed("5: a frame is lost", () => lost = Machine.Frames.Allocate(FrameOwner.User)!.Value, () => Machine.Frames.Free(lost));
        AssertNoticed("5: a page table is lost", () => lost = Machine.Frames.Allocate(FrameOwner.PageTable)!.Value, () => Machine.Frames.Free(lost));
    }

    [Fact]
    public void Without_memory_for_its_notes_it_says_so()
    {
        using (TakeAllFrames())
            Assert.Contains("5: no memory", Machine.Manager.Verify(out _));
        Verify();
    }

    [Fact]
    public void Damage_to_the_frames_own_books_is_noticed()
    {
        FrameNumber used = Machine.Frames.Allocate(FrameOwner.Kernel)!.Value;
        FrameNumber cached = First(FrameState.Cached), head = First(FrameState.FreeHead), tail = First(FrameState.FreeTail);
        AssertBooks("an owner has not as many frames", used, static (ref FrameDescriptor d) => d.Owner = FrameOwner.Pool);
        AssertBooks("used by nobody", used, static (ref FrameDescriptor d) => d.Owner = FrameOwner.None);
        AssertBooks("a free frame has an owner", used, static (ref FrameDescriptor d) => d.State = FrameState.Cached);
        AssertBooks("a free frame has an owner", tail, static (ref FrameDescriptor d) => d.Owner = FrameOwner.User);
        AssertBooks("used by nobody", cached, static (ref FrameDescriptor d) => d.State = FrameState.Absent);
        AssertBooks("zeroed frames are not as many", cached, static (ref FrameDescriptor d) => d.State = FrameState.Zeroed);
        AssertBooks("frames in free blocks are not as many", cached, static (ref FrameDescriptor d) => (d.State, d.Order) = (FrameState.FreeHead, 0));
        AssertBooks("free frames are not as many", cached, static (ref FrameDescriptor d) => (d.State, d.Owner) = (FrameState.Used, FrameOwner.User));
        AssertBooks("has other frames in it", tail, static (ref FrameDescriptor d) => d.State = FrameState.Cached);
        AssertBooks("lacks its first", head, static (ref FrameDescriptor d) => d.State = FrameState.FreeTail);
        AssertBooks("has other frames in it", head, static (ref FrameDescriptor d) => d.Order--);
        AssertBooks("a free block is misaligned", head, static (ref FrameDescriptor d) => d.Order = FrameAllocator.LargestOrder + 1);
        Machine.Frames.Free(used);
    }

    [Fact]
    public void A_free_block_that_should_have_joined_its_buddy_is_noticed()
    {
        // Two frames of one block, in two blocks of one frame.
        FrameNumber head = First(FrameState.FreeHead);
        AssertNoticed("should have joined its buddy", () => Split(0, FrameState.FreeHead), () => Split(Machine.Frames.Table[head + 2].Order, FrameState.FreeTail));

        void Split(byte order, FrameState state)
        {
            Machine.Frames.Table[head + 2].Order = Machine.Frames.Table[head].Order;
            Machine.Frames.Table[head].Order = order;
            Machine.Frames.Table[head + 1].Order = order;
            Machine.Frames.Table[head + 1].State = state;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_references")]
    private static extern ref long ReferencesOf(CountedObject counted);

    private delegate void Change(ref FrameDescriptor descriptor, int by);

    private delegate void Damage(ref FrameDescriptor descriptor);

    private delegate PageTableEntry EntryDamage(PageTableEntry entry);

    /// <summary>The first frame in a state; the first of a free block only if that has four frames or more.</summary>
    private FrameNumber First(FrameState state)
    {
        for (FrameNumber frame = default; ; frame += 1)
            if (Machine.Frames.Table[frame].State == state && (state != FrameState.FreeHead || Machine.Frames.Table[frame].Order >= 2))
                return frame;
    }

    private VArea AreaAt(VirtualAddress address) => Space.Find(address)!;

    private FrameNumber FrameAt(ulong page) => Space.Translate(At(page)).Physical.Frame;

    /// <summary>The frame of the table that an upper entry names.</summary>
    private FrameNumber TableOf(ulong page, int level) => Space.Translate(At(page)).Entry(level).Target.Frame;

    private PageTableEntry* Entry(VirtualAddress address, int level)
    {
        PageTableWalk walk = Space.Translate(address);
        PhysicalAddress table = level == PageTableWalk.Levels ? Space.Translations.Root : walk.Entry(level + 1).Target;
        return PageTableWalk.Table(table) + PageTableWalk.IndexOf(address, level);
    }

    private void AssertDamage(string expected, VirtualAddress address, int level, EntryDamage damage)
    {
        PageTableEntry* entry = Entry(address, level);
        PageTableEntry good = *entry;
        *entry = damage(good);
        string? problem = Machine.Manager.Verify(out _);
        *entry = good;
        Assert.Contains(expected, problem);
        Verify();
    }

    private void AssertCount(string expected, FrameNumber frame, Change change) => AssertNoticed(
        expected, () => change(ref Machine.Frames.Table[frame], 1), () => change(ref Machine.Frames.Table[frame], -1));

    private void AssertBooks(string expected, FrameNumber frame, Damage damage)
    {
        FrameDescriptor good = Machine.Frames.Table[frame];
        AssertNoticed(expected, () => damage(ref Machine.Frames.Table[frame]), () => Machine.Frames.Table[frame] = good);
    }

    private void AssertNoticed(string expected, Action damage, Action repair)
    {
        damage();
        string? problem = Machine.Manager.Verify(out _);
        repair();
        Assert.NotNull(problem);
        Assert.Contains(expected, problem);
        Verify();
    }
}
