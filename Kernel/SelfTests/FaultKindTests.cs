using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>
/// Every kind of page fault, many times over, taken by the processor. That each is what it should be is seen by the faults that the processor
/// counts and by the frames that are used afterwards; <c>new</c> may not be called once.
/// </summary>
/// <remarks>Pages are touched from the last to the first: nothing takes that for a pattern.</remarks>
internal static class FaultKindTests
{
    private const ulong Pages = 256;
    private const ulong Blocks = 8;
    private const ulong BlockPages = Page.LargeSize >> Page.Shift;
    private const ulong LeastFaults = 100_000;

    private const Protection ReadWrite = TestSpace.ReadWrite;

    private static MemoryManager Manager => VirtualMemory.Manager;

    private static ulong Faults => Traps.CountOf((byte)ExceptionVector.PageFault);

    private static ulong UserFrames => Manager.Frames.UsedBy(FrameOwner.User);

    private static ulong TableFrames => Manager.Frames.UsedBy(FrameOwner.PageTable);

    public static void AddTo(SelfTestSuite suite) => suite.Add("100,000 faults of all kinds call new not once"u8, CallNewNotOnce);

    private static unsafe void CallNewNotOnce()
    {
        ulong faults = Faults;
        CallsNoNew(&FreshPages);
        CallsNoNew(&ZeroPages);
        CallsNoNew(&CopiedPages);
        CallsNoNew(&CopiedTables);
        CallsNoNew(&TablesTakenBack);
        CallsNoNew(&SharedObject);
        CallsNoNew(&FilePages);
        CallsNoNew(&FileHoles);
        CallsNoNew(&PrivateFilePages);
        CallsNoNew(&LargePages);
        CallsNoNew(&Guests);
        CallsNoNew(&Zeros);
        CallsNoNew(&Devices);
        CallsNoNew(&Stacks);
        CallsNoNew(&Refusals);
        CallsNoNew(&LazyPages);
        Check.True(Faults - faults >= LeastFaults);
    }

    private static unsafe void CallsNoNew(delegate*<void> kind)
    {
        ulong before = ManagedHeap.Statistics.TotalCalls;
        kind();
        Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
    }

    private static void FreshPages()
    {
        using var test = new TestSpace(BlockPages);
        ulong frames = UserFrames;
        for (int round = 0; round < 40; round++)
        {
            Write(test.Page(0), BlockPages, BlockPages);
            Check.Equal(frames + BlockPages, UserFrames);
            Drop(test.Space, test.Page(0), BlockPages);
        }
    }

    private static void ZeroPages()
    {
        using var test = new TestSpace(BlockPages);
        ulong frames = UserFrames;
        for (int round = 0; round < 20; round++)
        {
            Read(test.Page(0), BlockPages, BlockPages);
            Check.Equal(frames, UserFrames);
            Write(test.Page(0), BlockPages, BlockPages);
            Check.Equal(frames + BlockPages, UserFrames);
            Drop(test.Space, test.Page(0), BlockPages);
        }
    }

    // One copies, and is the only one left that has the other's pages.
    private static void CopiedPages()
    {
        using var test = new TestSpace(Pages);
        Write(test.Page(0), Pages, Pages);
        ulong frames = UserFrames;
        for (int round = 0; round < 40; round++)
        {
            AddressSpace child = Fork(test.Space);
            child.Load();
            Write(test.Page(0), Pages, Pages);
            Check.Equal(frames + Pages, UserFrames);
            test.Space.Load();
            // The first takes the table back, and each page in it that is nobody else's any more.
            Write(test.Page(0), Pages, 1);
            Check.Equal(frames + Pages, UserFrames);
            Exit(test.Space, child);
        }
    }

    private static void CopiedTables()
    {
        using var test = new TestSpace(Blocks * BlockPages);
        WriteBlocks(test, 0, Blocks);
        ulong frames = UserFrames;
        for (int round = 0; round < 100; round++)
        {
            AddressSpace child = Fork(test.Space);
            child.Load();
            ulong tables = TableFrames;
            WriteBlocks(test, 1, Blocks);
            Check.Equal(tables + Blocks, TableFrames);
            Check.Equal(frames + Blocks, UserFrames);
            test.Space.Load();
            // Of pages that both have the writer gets a copy, and the other is alone with its page then.
            WriteBlocks(test, 0, Blocks);
            Check.Equal(frames + 2 * Blocks, UserFrames);
            child.Load();
            WriteBlocks(test, 0, Blocks);
            Check.Equal(frames + 2 * Blocks, UserFrames);
            Exit(test.Space, child);
        }
    }

    private static void TablesTakenBack()
    {
        using var test = new TestSpace(Blocks * BlockPages);
        WriteBlocks(test, 0, Blocks);
        ulong frames = UserFrames;
        for (int round = 0; round < 400; round++)
        {
            Exit(test.Space, Fork(test.Space));
            WriteBlocks(test, 0, Blocks);
            Check.Equal(frames, UserFrames);
        }
    }

    private static void SharedObject()
    {
        using var test = new TestSpace(1);
        ulong frames = UserFrames;
        for (int round = 0; round < 20; round++)
        {
            SharedAnonymousObject shared = SharedAnonymousObject.Create(Manager, Pages)!;
            VirtualAddress address = Map(test.Space, Pages, VAreaFlags.None, shared);
            shared.Release();
            AddressSpace child = Fork(test.Space);
            Write(address, Pages, Pages);
            ulong made = UserFrames;
            Check.True(made >= frames + Pages);
            child.Load();
            Read(address, Pages, Pages);
            Check.Equal(made, UserFrames);
            Exit(test.Space, child);
            Unmap(test.Space, address, Pages);
        }
        Check.Equal(frames, UserFrames);
    }

    private static void FilePages()
    {
        using var test = new TestSpace(1);
        FileObject file = CreateFile();
        VirtualAddress address = Map(test.Space, Pages, VAreaFlags.None, file);
        for (int round = 0; round < 40; round++)
        {
            // Each fault brings a group of pages, which can be written then.
            Read(address, Pages, Pages / AddressSpace.FaultAroundPages);
            Write(address, Pages, 0);
            Drop(test.Space, address, Pages);
            Write(address, Pages, Pages);
            Drop(test.Space, address, Pages);
        }
        file.Release();
    }

    private static void FileHoles()
    {
        using var test = new TestSpace(1);
        FileObject file = CreateFile();
        VirtualAddress address = Map(test.Space, Pages, VAreaFlags.None, file);
        for (int round = 0; round < 20; round++)
        {
            ulong cached = Manager.Frames.UsedBy(FrameOwner.PageCache);
            Check.True(file.PunchHole(0, Pages << Page.Shift) == Status.Success);
            Check.True(Manager.Frames.UsedBy(FrameOwner.PageCache) <= cached - Pages);
            Write(address, Pages, Pages);
            Check.Equal(cached, Manager.Frames.UsedBy(FrameOwner.PageCache));
        }
        file.Release();
    }

    private static void PrivateFilePages()
    {
        using var test = new TestSpace(1);
        FileObject file = CreateFile();
        VirtualAddress address = Map(test.Space, Pages, VAreaFlags.Private, file);
        ulong frames = UserFrames;
        for (int round = 0; round < 20; round++)
        {
            // Copies of pages that were never here, and of pages that were read before.
            Write(address, Pages, Pages);
            Check.Equal(frames + Pages, UserFrames);
            Drop(test.Space, address, Pages);
            Read(address, Pages, Pages / AddressSpace.FaultAroundPages);
            Check.Equal(frames, UserFrames);
            Write(address, Pages, Pages);
            Check.Equal(frames + Pages, UserFrames);
            Drop(test.Space, address, Pages);
        }
        file.Release();
    }

    private static void LargePages()
    {
        const ulong Written = 16;
        using var test = new TestSpace(BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        for (int round = 0; round < 40; round++)
        {
            ulong tables = TableFrames;
            Write(test.Page(0), 1, 1);
            if (!test.HasLargePage(0))
                return;
            Write(test.Page(0), BlockPages, 0);
            AddressSpace child = Fork(test.Space);
            ulong frames = UserFrames;
            child.Load();
            // The first of each splits its 2 MiB page.
            Write(test.Page(0), Written, Written);
            Check.True(child.Translate(test.Page(0)).LastLevel == 1);
            test.Space.Load();
            Check.True(test.HasLargePage(0));
            // Half of these the child has copied: they are nobody else's any more.
            Write(test.Page(0), 2 * Written, 2 * Written);
            Check.True(test.Space.Translate(test.Page(0)).LastLevel == 1);
            Check.Equal(frames + 2 * Written, UserFrames);
            Exit(test.Space, child);
            Drop(test.Space, test.Page(0), BlockPages);
            Check.True(TableFrames <= tables);
        }
    }

    private static void Guests()
    {
        using var test = new TestSpace(Pages);
        Write(test.Page(0), Pages, Pages);
        Check.True(test.Space.Freeze() == Status.Success);
        ulong frames = UserFrames;
        for (int round = 0; round < 20; round++)
        {
            Check.True(test.Space.Duplicate(out AddressSpace? guest) == Status.Success);
            guest!.Load();
            Read(test.Page(Pages / 2), Pages / 2, Pages / 2);
            Check.Equal(frames, UserFrames);
            Write(test.Page(0), Pages, Pages);
            Check.Equal(frames + Pages, UserFrames);
            Exit(test.Space, guest);
        }
    }

    private static void Zeros()
    {
        using var test = new TestSpace(1);
        VirtualAddress address = Map(test.Space, Pages, VAreaFlags.Private, Manager.ZeroObject);
        ulong frames = UserFrames;
        for (int round = 0; round < 10; round++)
        {
            Read(address, Pages, Pages);
            Check.Equal(frames, UserFrames);
            Write(address, Pages, Pages);
            Check.Equal(frames + Pages, UserFrames);
            Drop(test.Space, address, Pages);
        }
    }

    private static void Devices()
    {
        const ulong VgaText = 0xb8000;
        using var test = new TestSpace(1);
        for (int round = 0; round < 100; round++)
        {
            var request = new MapRequest(8, ReadWrite);
            Check.True(test.Space.MapPhysical(new PhysicalAddress(VgaText), CachePolicy.Uncached, request, out VirtualAddress address) == Status.Success);
            Read(address, 8, 1);
            Unmap(test.Space, address, 8);
        }
    }

    private static void Stacks()
    {
        using var test = new TestSpace(1, flags: VAreaFlags.Private | VAreaFlags.GrowsDown);
        var lowest = new VirtualAddress(test.Page(0).Value - Pages * Page.Size);
        for (int round = 0; round < 20; round++)
        {
            Write(lowest, Pages, Pages);
            Check.Equal(Pages + 1, test.Space.Find(lowest)!.Pages);
            Unmap(test.Space, lowest, Pages);
        }
    }

    private static void Refusals()
    {
        const int Rounds = 500;
        using var test = new TestSpace(1, TestSpace.ReadOnly);
        FileObject file = CreateFile();
        VirtualAddress address = Map(test.Space, Pages + 1, VAreaFlags.None, file);
        ulong faults = Faults;
        for (int round = 0; round < Rounds; round++)
        {
            Check.True(UserAccess.Write(test.Page(0), 1) == FaultResult.NotAllowed);
            Check.True(UserAccess.Read(test.Page(1), out _) == FaultResult.NotMapped);
            Check.True(UserAccess.Read(address + (Pages << Page.Shift), out _) == FaultResult.BusError);
        }
        Check.Equal(faults + 3 * Rounds, Faults);
        file.Release();
    }

    // Memory is short: pages that may go do, and a write has to be refused then.
    private static void LazyPages()
    {
        const ulong Few = 64;
        using var test = new TestSpace(BlockPages);
        for (int round = 0; round < 5; round++)
        {
            Write(test.Page(0), Few, Few);
            Check.True(test.Space.Advise(new PageRange(test.Page(0), Few), Advice.Free) == Status.Success);
            using (MemoryHog.TakeAll())
            {
                ulong faults = Faults;
                ulong written = 0;
                while (UserAccess.Write(test.Page(Few + written), 1) == FaultResult.Resolved)
                    written++;
                Check.Equal(Few, written);
                Check.Equal(faults + written + 1, Faults);
                Check.True(UserAccess.Write(test.Page(Few + written), 1) == FaultResult.OutOfMemory);
                Check.Equal(1, test.Read(Few));
            }
            Check.Equal(0, test.Read(0));
            Drop(test.Space, test.Page(0), BlockPages);
        }
    }

    private static FileObject CreateFile()
    {
        FileObject file = FileObject.Create(Manager)!;
        for (ulong page = 0; page < Pages; page++)
            Check.True(file.Write(page << Page.Shift, [(byte)page], out _) == Status.Success);
        return file;
    }

    private static VirtualAddress Map(AddressSpace space, ulong pages, VAreaFlags flags, MemoryObject shown)
    {
        var request = new MapRequest(pages, ReadWrite, shown) { Flags = flags, Alignment = Page.LargeSize };
        Check.True(space.Map(request, out VirtualAddress address) == Status.Success);
        return address;
    }

    private static void Unmap(AddressSpace space, VirtualAddress start, ulong pages) =>
        Check.True(space.Unmap(new PageRange(start, pages)) == Status.Success);

    private static void Drop(AddressSpace space, VirtualAddress start, ulong pages) =>
        Check.True(space.Advise(new PageRange(start, pages), Advice.DontNeed) == Status.Success);

    private static AddressSpace Fork(AddressSpace parent)
    {
        Check.True(parent.Fork(out AddressSpace? child) == Status.Success);
        return child!;
    }

    private static void Exit(AddressSpace parent, AddressSpace child)
    {
        parent.Load();
        Check.True(Manager.DeleteSpace(child) == Status.Success);
    }

    /// <summary>Writes one page of each block.</summary>
    private static void WriteBlocks(in TestSpace test, ulong page, ulong expected, [CallerLineNumber] int line = 0)
    {
        ulong faults = Faults;
        for (ulong block = Blocks; block > 0; block--)
            test.Write((block - 1) * BlockPages + page, 1);
        Check.Equal(faults + expected, Faults, line: line);
    }

    private static void Write(VirtualAddress start, ulong pages, ulong expected, [CallerLineNumber] int line = 0)
    {
        ulong faults = Faults;
        for (ulong page = pages; page > 0; page--)
            Check.True(UserAccess.Write(start + ((page - 1) << Page.Shift), 1) == FaultResult.Resolved);
        Check.Equal(faults + expected, Faults, line: line);
    }

    private static void Read(VirtualAddress start, ulong pages, ulong expected, [CallerLineNumber] int line = 0)
    {
        ulong faults = Faults;
        for (ulong page = pages; page > 0; page--)
            Check.True(UserAccess.Read(start + ((page - 1) << Page.Shift), out _) == FaultResult.Resolved);
        Check.Equal(faults + expected, Faults, line: line);
    }
}
