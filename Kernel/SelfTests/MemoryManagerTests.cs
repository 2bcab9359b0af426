using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>The memory manager on the processor's own page tables, with faults that the processor takes.</summary>
internal static class MemoryManagerTests
{
    private const Protection ReadOnly = TestSpace.ReadOnly;
    private const Protection ReadWrite = TestSpace.ReadWrite;
    private const ulong BlockPages = Page.LargeSize >> Page.Shift;
    private const ulong VgaText = 0xb8000;

    private static MemoryManager Manager => VirtualMemory.Manager;

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("mm");
        suite.Add("untouched memory reads as zeros and shares the zero page"u8, DemandZero);
        suite.Add("a write gives a page a frame of its own"u8, WriteAfterRead);
        suite.Add("where nothing is mapped a fault is reported"u8, NotMapped);
        suite.Add("a read-only page can't be written, and can again afterwards"u8, ReadOnlyPage);
        suite.Add("a page without access keeps its content"u8, NoAccess);
        suite.Add("what isn't executable can't be executed"u8, NoExecute);
        suite.Add("an unmapped page is gone for the processor"u8, Unmapped);
        suite.Add("many pages that change at once are forgotten"u8, ManyPages);
        suite.Add("a dropped page is zero again"u8, Dropped);
        suite.Add("a moved page is at its new place only"u8, Moved);
        suite.Add("a moved leaf table takes its pages along"u8, MovedTable);
        suite.Add("a fork's writes are not seen by the other"u8, Fork);
        suite.Add("a fork copies no page and reads take no fault"u8, ForkIsShared);
        suite.Add("the last user takes its pages back"u8, Collapse);
        suite.Add("a locked page stays writable after a fork"u8, ForkOfLocked);
        suite.Add("shared memory is the same in two spaces"u8, Shared);
        suite.Add("writing in order brings pages ahead, and no more when it stops"u8, FaultAhead);
        suite.Add("a read of a file brings the pages around it"u8, FaultAround);
        suite.Add("a 2 MiB page is one entry, and splits"u8, LargePages);
        suite.Add("a forked 2 MiB page is copied where it is written"u8, ForkOfLargePage);
        suite.Add("a device's memory is what the device shows"u8, DeviceMemory);
        suite.Add("the kernel can map a device, with guards"u8, KernelDevice);
        suite.Add("a stack grows down, but not to its neighbour"u8, StackGrowth);
        suite.Add("a frozen space serves others"u8, Frozen);
        suite.Add("another space's memory is read and written without loading it"u8, OtherSpace);
        suite.Add("without memory faults and forks are refused, and nothing has changed"u8, WithoutMemory);
        FaultKindTests.AddTo(suite);
        KernelSpaceTests.AddTo(suite);
        return suite;
    }

    private static void DemandZero()
    {
        using var test = new TestSpace(4);
        Check.Equal(0, test.Read(1));
        Check.True(test.StateOf(1) == (PageState.Resident | PageState.Zero | PageState.Shared | PageState.Accessed));
        Check.Equal(1UL, test.Space.ResidentPages);
    }

    private static void WriteAfterRead()
    {
        using var test = new TestSpace(4);
        Check.Equal(0, test.Read(2));
        test.Write(2, 7);
        Check.Equal(7, test.Read(2));
        Check.Equal(0, test.Read(3));
        PageState state = test.StateOf(2);
        Check.True((state & PageState.Private) != 0 && (state & PageState.Dirty) != 0 && (state & PageState.Zero) == 0);
        Check.Equal(3UL, test.Space.MinorFaults);
    }

    private static void NotMapped()
    {
        using var test = new TestSpace(1);
        Check.True(UserAccess.Read(test.Page(1), out _) == FaultResult.NotMapped);
        Check.True(UserAccess.Write(test.Page(1), 1) == FaultResult.NotMapped);
    }

    private static void ReadOnlyPage()
    {
        using var test = new TestSpace(2);
        test.Write(0, 1);
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), 1), ReadOnly));
        Check.True(UserAccess.Write(test.Page(0), 2) == FaultResult.NotAllowed);
        Check.Equal(1, test.Read(0));
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), 1), ReadWrite));
        test.Write(0, 3);
        Check.Equal(1, test.Space.AreaCount);
    }

    private static void NoAccess()
    {
        using var test = new TestSpace(2);
        test.Write(0, 1);
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), 1), Protection.None));
        Check.True(UserAccess.Read(test.Page(0), out _) == FaultResult.NotAllowed);
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), 1), ReadWrite));
        Check.Equal(1, test.Read(0));
    }

    /// <remarks>Supervisor pages: SMEP forbids the kernel to execute others whatever their permission.</remarks>
    private static void NoExecute()
    {
        const byte Return = 0xc3;
        using var test = new TestSpace(1, Protection.Read | Protection.Write);
        test.Write(0, Return);
        Check.True(UserAccess.Execute(test.Page(0)) == FaultResult.NotAllowed);
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), 1), Protection.Read | Protection.Execute));
        Check.True(UserAccess.Execute(test.Page(0)) == FaultResult.Resolved);
        Check.True(UserAccess.Write(test.Page(0), 0) == FaultResult.NotAllowed);
    }

    private static void Unmapped()
    {
        using var test = new TestSpace(3);
        for (ulong page = 0; page < 3; page++)
            test.Write(page, 1);
        test.Expect(test.Space.Unmap(new PageRange(test.Page(1), 1)));
        Check.True(UserAccess.Read(test.Page(1), out _) == FaultResult.NotMapped);
        Check.Equal(1, test.Read(0));
        Check.Equal(1, test.Read(2));
    }

    private static void Dropped()
    {
        using var test = new TestSpace(2);
        test.Write(0, 1);
        test.Write(1, 2);
        test.Expect(test.Space.Advise(new PageRange(test.Page(0), 1), Advice.DontNeed));
        Check.Equal(0, test.Read(0));
        Check.Equal(2, test.Read(1));
    }

    private static void Moved()
    {
        using var test = new TestSpace(4);
        test.Write(1, 9);
        VirtualAddress target = test.Page(0) + 64 * Page.LargeSize;
        test.Expect(test.Space.Move(new PageRange(test.Page(1), 1), 1, MoveMode.Fixed, ref target));
        Check.True(UserAccess.Read(test.Page(1), out _) == FaultResult.NotMapped);
        Check.True(UserAccess.Read(target, out byte value) == FaultResult.Resolved);
        Check.Equal(9, value);
    }

    private static void MovedTable()
    {
        using var test = new TestSpace(2 * BlockPages);
        test.Write(5, 9);
        test.Write(BlockPages + 5, 8);
        VirtualAddress target = test.Page(0) + 64 * Page.LargeSize;
        test.Expect(test.Space.Move(new PageRange(test.Page(0), 2 * BlockPages), 2 * BlockPages, MoveMode.Fixed, ref target));
        Check.True(UserAccess.Read(target + 5 * Page.Size, out byte first) == FaultResult.Resolved);
        Check.True(UserAccess.Read(target + (BlockPages + 5) * Page.Size, out byte second) == FaultResult.Resolved);
        Check.Equal(9, first);
        Check.Equal(8, second);
    }

    private static void Fork()
    {
        using var test = new TestSpace(4);
        test.Write(0, 1);
        AddressSpace child = test.Fork();
        child.Load();
        Check.Equal(1, test.Read(0));
        test.Write(0, 2);
        test.Write(3, 4);
        test.Space.Load();
        Check.Equal(1, test.Read(0));
        Check.Equal(0, test.Read(3));
        test.Write(0, 5);
        child.Load();
        Check.Equal(2, test.Read(0));
        test.Exit(child);
    }

    private static void ForkIsShared()
    {
        using var test = new TestSpace(BlockPages);
        for (ulong page = 0; page < BlockPages; page++)
            test.Write(page, 1);
        ulong user = Manager.Frames.UsedBy(FrameOwner.User);
        AddressSpace child = test.Fork();
        child.Load();
        for (ulong page = 0; page < BlockPages; page++)
            Check.Equal(1, test.Read(page));
        Check.Equal(0UL, child.MinorFaults);
        Check.Equal(user, Manager.Frames.UsedBy(FrameOwner.User));
        Check.Equal(1U, child.PrivateObject!.Backup!.TableCount);
        test.Exit(child);
    }

    private static void Collapse()
    {
        using var test = new TestSpace(BlockPages);
        for (ulong page = 0; page < 16; page++)
            test.Write(page, 1);
        test.Exit(test.Fork());
        ulong faults = test.Space.MinorFaults;
        for (ulong page = 0; page < 16; page++)
            test.Write(page, 2);
        Check.Equal(faults + 1, test.Space.MinorFaults);
        Check.True(test.Space.PrivateObject!.Backup is null);
    }

    private static void ForkOfLocked()
    {
        using var test = new TestSpace(4);
        test.Expect(test.Space.SetLocked(new PageRange(test.Page(0), 4), true));
        test.Write(0, 1);
        AddressSpace child = test.Fork();
        test.Write(0, 2);
        child.Load();
        Check.Equal(1, test.Read(0));
        test.Exit(child);
    }

    private static void Shared()
    {
        using var test = new TestSpace(1);
        SharedAnonymousObject memory = SharedAnonymousObject.Create(Manager, 2)!;
        test.Expect(test.Space.Map(new MapRequest(2, ReadWrite, memory), out VirtualAddress address));
        memory.Release();
        AddressSpace child = test.Fork();
        Check.True(UserAccess.Write(address, 5) == FaultResult.Resolved);
        child.Load();
        Check.True(UserAccess.Read(address, out byte value) == FaultResult.Resolved);
        Check.Equal(5, value);
        test.Exit(child);
    }

    // More than are forgotten one by one.
    private static void ManyPages()
    {
        const ulong Many = 100;
        using var test = new TestSpace(Many);
        for (ulong page = 0; page < Many; page++)
            test.Write(page, (byte)page);
        test.Expect(test.Space.Protect(new PageRange(test.Page(0), Many), ReadOnly));
        for (ulong page = 0; page < Many; page++)
            Check.True(UserAccess.Write(test.Page(page), 0) == FaultResult.NotAllowed);
        test.Expect(test.Space.Advise(new PageRange(test.Page(0), Many / 2), Advice.DontNeed));
        for (ulong page = 0; page < Many; page++)
            Check.Equal(page < Many / 2 ? 0 : (int)page, test.Read(page));
        test.Expect(test.Space.Unmap(new PageRange(test.Page(0), Many)));
        for (ulong page = 0; page < Many; page++)
            Check.True(UserAccess.Read(test.Page(page), out _) == FaultResult.NotMapped);
    }

    private static void FaultAhead()
    {
        // A group is 16 pages: the first comes one by one, each other with one fault.
        const ulong Group = 16;
        using var test = new TestSpace(8 * Group);
        ulong faults = test.Space.MinorFaults;
        for (ulong page = 0; page < 3 * Group + 1; page++)
            test.Write(page, 1);
        Check.Equal(faults + Group + 3, test.Space.MinorFaults);
        Check.Equal(4 * Group, test.Space.ResidentPages);
        // The processor has seen no access to the fourth group but to its first page.
        test.Write(4 * Group, 1);
        Check.Equal(4 * Group + 1, test.Space.ResidentPages);
        TestSpace.Verify();
    }

    private static void FaultAround()
    {
        const ulong Around = AddressSpace.FaultAroundPages;
        using var test = new TestSpace(1);
        FileObject file = FileObject.Create(Manager)!;
        for (ulong page = 0; page < 2 * Around; page++)
            Check.True(file.Write(page << Page.Shift, [(byte)(page + 1)], out _) == Status.Success);
        test.Expect(test.Space.Map(new MapRequest(2 * Around, ReadOnly, file) { Alignment = Page.LargeSize }, out VirtualAddress address));
        file.Release();
        for (ulong page = 2 * Around; page > 0; page--)
        {
            Check.True(UserAccess.Read(address + ((page - 1) << Page.Shift), out byte value) == FaultResult.Resolved);
            Check.Equal((int)page, value);
        }
        Check.Equal(2UL, test.Space.MinorFaults);
        Check.Equal(2 * Around, test.Space.ResidentPages);
        file.SetSize(Around << Page.Shift);
        Check.True(UserAccess.Read(address + (Around << Page.Shift), out _) == FaultResult.BusError);
        Check.True(UserAccess.Read(address, out _) == FaultResult.Resolved);
        TestSpace.Verify();
    }

    private static void LargePages()
    {
        using var test = new TestSpace(BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        test.Write(3, 1);
        if (!test.HasLargePage(3))
            return;
        Check.Equal(BlockPages, test.Space.ResidentPages);
        test.Write(4, 2);
        test.Expect(test.Space.Protect(new PageRange(test.Page(3), 1), ReadOnly));
        Check.Equal(1, test.Space.Translate(test.Page(3)).LastLevel);
        Check.True(UserAccess.Write(test.Page(3), 9) == FaultResult.NotAllowed);
        Check.Equal(1, test.Read(3));
        Check.Equal(2, test.Read(4));
        test.Write(4, 3);
    }

    private static void ForkOfLargePage()
    {
        using var test = new TestSpace(BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        test.Write(3, 1);
        test.HasLargePage(3);
        AddressSpace child = test.Fork();
        test.Write(3, 2);
        child.Load();
        Check.Equal(1, test.Read(3));
        test.Write(4, 7);
        test.Space.Load();
        Check.Equal(0, test.Read(4));
        test.Exit(child);
    }

    private static unsafe void DeviceMemory()
    {
        using var test = new TestSpace(1);
        var request = new MapRequest(1, ReadOnly);
        test.Expect(test.Space.MapPhysical(new PhysicalAddress(VgaText), CachePolicy.Uncached, request, out VirtualAddress address));
        byte* direct = (byte*)DirectMap.Pointer(new PhysicalAddress(VgaText));
        for (ulong i = 0; i < 64; i++)
        {
            Check.True(UserAccess.Read(address + i, out byte value) == FaultResult.Resolved);
            Check.Equal(direct[i], value);
        }
        Check.True(UserAccess.Write(address, 0) == FaultResult.NotAllowed);
        Check.True((test.Space.Translate(address).Entry(1).Flags & PageFlags.CacheDisable) != 0);
    }

    private static unsafe void KernelDevice()
    {
        AddressSpace kernel = VirtualMemory.KernelSpace;
        Check.True(kernel.MapDevice(new PhysicalAddress(VgaText + 2), 100, CachePolicy.Uncached, out VirtualAddress address) == Status.Success);
        Check.Equal(2U, address.PageOffset);
        Check.True(kernel.Populate(new PageRange(address.AlignDown(Page.Size), 1)) == Status.Success);
        Check.Equal(*((byte*)DirectMap.Pointer(new PhysicalAddress(VgaText)) + 2), *(byte*)address.Value);
        Check.True(kernel.Find(address + Page.Size) is null);
        Check.True(kernel.Unmap(new PageRange(address.AlignDown(Page.Size), 1)) == Status.Success);
        TestSpace.Verify();
    }

    private static void StackGrowth()
    {
        using var test = new TestSpace(4, flags: VAreaFlags.Private | VAreaFlags.GrowsDown);
        VirtualAddress below = test.Page(0);
        var deeper = new VirtualAddress(below.Value - 8 * Page.Size);
        Check.True(UserAccess.Write(deeper, 1) == FaultResult.Resolved);
        Check.Equal(12UL, test.Space.Find(deeper)!.Pages);
        test.Expect(test.Space.Map(
            new MapRequest(1, ReadWrite) { Placement = Placement.Fixed, Address = new VirtualAddress(deeper.Value - 258 * Page.Size) }, out _));
        Check.True(UserAccess.Write(new VirtualAddress(deeper.Value - 2 * Page.Size), 1) == FaultResult.NotMapped);
        Check.True(UserAccess.Write(new VirtualAddress(deeper.Value - Page.Size), 1) == FaultResult.Resolved);
    }

    private static void Frozen()
    {
        using var test = new TestSpace(4);
        test.Write(1, 6);
        test.Expect(test.Space.Freeze());
        Check.True(UserAccess.Write(test.Page(1), 7) == FaultResult.NotAllowed);
        test.Expect(test.Space.Duplicate(out AddressSpace? guest));
        guest!.Load();
        Check.Equal(6, test.Read(1));
        test.Write(1, 8);
        test.Space.Load();
        Check.Equal(6, test.Read(1));
        test.Exit(guest);
    }

    private static void OtherSpace()
    {
        using var test = new TestSpace(4);
        AddressSpace child = test.Fork();
        test.Expect(child.Write(test.Page(1) + 10, "hello"u8));
        System.Span<byte> read = stackalloc byte[5];
        test.Expect(child.Read(test.Page(1) + 10, read));
        Check.Equal((byte)'h', read[0]);
        Check.Equal((byte)'o', read[4]);
        Check.Equal(0, test.Read(1));
        test.Exit(child);
    }

    private static void WithoutMemory()
    {
        using var test = new TestSpace(2 * BlockPages);
        test.Write(0, 1);
        ulong resident = test.Space.ResidentPages;
        using (MemoryHog.TakeAll())
        {
            Check.True(UserAccess.Write(test.Page(1), 1) == FaultResult.OutOfMemory);
            Check.True(UserAccess.Read(test.Page(BlockPages), out _) == FaultResult.OutOfMemory);
            Check.True(test.Space.Fork(out AddressSpace? child) == Status.OutOfMemory);
            Check.True(child is null);
            Check.Equal(resident, test.Space.ResidentPages);
            // Its own page, and the zero page in a table that is there, need no memory.
            test.Write(0, 2);
            Check.Equal(0, test.Read(2));
        }
        TestSpace.Verify();
        test.Write(1, 3);
        test.Write(BlockPages, 4);
        test.Exit(test.Fork());
        Check.Equal(2, test.Read(0));
    }
}
