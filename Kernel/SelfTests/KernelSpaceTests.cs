using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>The kernel's own space: its translations are global, so that nothing but an invalidation makes the processor forget them.</summary>
internal static unsafe class KernelSpaceTests
{
    private const ulong BlockPages = Page.LargeSize >> Page.Shift;

    // Physical memory right below 4 GiB ends with the firmware, whose last 16 bytes are where a processor starts.
    private const ulong Firmware = 0xffe0_0000;
    private const byte FarJump = 0xea;

    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("one page that the kernel unmaps is forgotten"u8, static () => IsForgotten(1));
        suite.Add("32 pages that the kernel unmaps are forgotten"u8, static () => IsForgotten(32));
        suite.Add("64 pages that the kernel unmaps are forgotten"u8, static () => IsForgotten(64));
        suite.Add("2 MiB that the kernel unmaps are forgotten"u8, static () => IsForgotten(BlockPages));
        suite.Add("64 pages that the kernel may not write any more are forgotten"u8, IsReadOnlyAtOnce);
        suite.Add("2 MiB of a device are one entry of a space, and are forgotten"u8, LargeDevice);
    }

    /// <summary>Maps memory as if it were a device's, touches each page, unmaps it, and touches it again.</summary>
    private static void IsForgotten(ulong pages)
    {
        using var memory = new Memory(pages);
        AddressSpace kernel = VirtualMemory.KernelSpace;
        VirtualAddress start = memory.Map();
        if (pages == BlockPages)
            Check.Equal(2, kernel.Translate(start).LastLevel);
        for (ulong page = 0; page < pages; page++)
        {
            Check.Equal(memory.Mark(page), ReadMapped(start, page));
            Check.True(UserAccess.CanReadKernel(start + (page << Page.Shift)));
        }
        Check.True(kernel.Unmap(new PageRange(start, pages)) == Status.Success);
        for (ulong page = 0; page < pages; page++)
            Check.False(UserAccess.CanReadKernel(start + (page << Page.Shift)));
        TestSpace.Verify();
    }

    private static void IsReadOnlyAtOnce()
    {
        const ulong Pages = 64;
        using var memory = new Memory(Pages);
        AddressSpace kernel = VirtualMemory.KernelSpace;
        VirtualAddress start = memory.Map();
        var range = new PageRange(start, Pages);
        for (ulong page = 0; page < Pages; page++)
            *(byte*)(start + (page << Page.Shift)).Value = 1;
        Check.True(kernel.Protect(range, Protection.Read) == Status.Success);
        for (ulong page = 0; page < Pages; page++)
        {
            Check.False(UserAccess.TryWriteKernel(start + (page << Page.Shift), 2));
            Check.Equal(1, ReadMapped(start, page));
        }
        Check.True(kernel.Unmap(range) == Status.Success);
        TestSpace.Verify();
    }

    private static void LargeDevice()
    {
        using var test = new TestSpace(1);
        var request = new MapRequest(BlockPages, TestSpace.ReadOnly);
        test.Expect(test.Space.MapPhysical(new PhysicalAddress(Firmware), CachePolicy.Uncached, request, out VirtualAddress address));
        VirtualAddress last = address + (Page.LargeSize - 16);
        Check.True(UserAccess.Read(last, out byte value) == FaultResult.Resolved);
        Check.Equal(FarJump, value);
        Check.Equal(2, test.Space.Translate(address).LastLevel);
        Check.Equal(BlockPages, test.Space.ResidentPages);
        Check.True(UserAccess.Write(last, 0) == FaultResult.NotAllowed);
        // What remains of it is split.
        test.Expect(test.Space.Unmap(new PageRange(address, 1)));
        Check.True(UserAccess.Read(address, out _) == FaultResult.NotMapped);
        Check.True(UserAccess.Read(last, out value) == FaultResult.Resolved);
        Check.Equal(FarJump, value);
        Check.Equal(1, test.Space.Translate(last).LastLevel);
        test.Expect(test.Space.Unmap(new PageRange(address + Page.Size, BlockPages - 1)));
        Check.True(UserAccess.Read(last, out _) == FaultResult.NotMapped);
    }

    private static byte ReadMapped(VirtualAddress start, ulong page) => *(byte*)(start + (page << Page.Shift)).Value;

    /// <summary>Frames in one run, each with a mark of its own.</summary>
    private readonly ref struct Memory
    {
        private readonly FrameNumber _first;
        private readonly ulong _pages;

        public Memory(ulong pages)
        {
            _pages = pages;
            FrameNumber? first = PhysicalMemory.Frames.AllocateContiguous(FrameOwner.Kernel, pages, pages);
            Check.True(first is not null);
            _first = first!.Value;
            for (ulong page = 0; page < pages; page++)
                *(byte*)DirectMap.Pointer((_first + page).Address) = Mark(page);
        }

        public byte Mark(ulong page) => (byte)(page + 1);

        /// <summary>Maps them for the kernel, present.</summary>
        public VirtualAddress Map()
        {
            AddressSpace kernel = VirtualMemory.KernelSpace;
            Check.True(kernel.MapDevice(_first.Address, _pages << Page.Shift, CachePolicy.WriteBack, out VirtualAddress start) == Status.Success);
            Check.True(kernel.Populate(new PageRange(start, _pages)) == Status.Success);
            return start;
        }

        public void Dispose() => PhysicalMemory.Frames.FreeContiguous(_first, _pages);
    }
}
