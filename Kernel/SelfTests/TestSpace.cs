using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>A space with some private memory, loaded. At its end everything must be as before.</summary>
internal readonly ref struct TestSpace
{
    public const Protection ReadWrite = Protection.Read | Protection.Write | Protection.User;
    public const Protection ReadOnly = Protection.Read | Protection.User;

    // 64 MiB: with that there is always a free 2 MiB block.
    private const ulong EnoughFrames = (64UL << 20) >> Kernel.Mm.Page.Shift;

    private readonly VirtualAddress _start;
    private readonly ulong _free;

    public TestSpace(ulong pages, Protection protection = ReadWrite, VAreaFlags flags = VAreaFlags.Private)
    {
        _free = Manager.Frames.FreeFrames;
        Space = Manager.CreateSpace(VirtualMemory.UserRange)!;
        var request = new MapRequest(pages, protection) { Flags = flags, Address = new VirtualAddress(1UL << 30), Alignment = Kernel.Mm.Page.LargeSize };
        Expect(Space.Map(request, out _start));
        Space.Load();
    }

    public AddressSpace Space { get; }

    private static MemoryManager Manager => VirtualMemory.Manager;

    public static void Verify()
    {
        if (Manager.Verify(out ulong detail) is { } problem)
            Check.Fail($"{problem} ({detail:x})", "", 0);
    }

    public VirtualAddress Page(ulong page) => _start + (page << Kernel.Mm.Page.Shift);

    /// <summary>Reads a byte as the processor does.</summary>
    public byte Read(ulong page)
    {
        Check.True(UserAccess.Read(Page(page), out byte value) == FaultResult.Resolved);
        return value;
    }

    public void Write(ulong page, byte value) => Check.True(UserAccess.Write(Page(page), value) == FaultResult.Resolved);

    /// <summary>Whether a page is in a 2 MiB page. Only where memory is small it may not be.</summary>
    public bool HasLargePage(ulong page)
    {
        bool isLarge = Space.Translate(Page(page)).LastLevel == 2;
        Check.True(isLarge || Manager.Frames.TotalFrames < EnoughFrames);
        return isLarge;
    }

    public PageState StateOf(ulong page)
    {
        System.Span<PageState> state = stackalloc PageState[1];
        Expect(Space.GetPageStates(new PageRange(Page(page), 1), state));
        return state[0];
    }

    public void Expect(Status status)
    {
        Check.True(status == Status.Success);
        Verify();
    }

    public AddressSpace Fork()
    {
        Expect(Space.Fork(out AddressSpace? child));
        return child!;
    }

    /// <summary>Loads the first space, and deletes another.</summary>
    public void Exit(AddressSpace other)
    {
        Verify();
        Space.Load();
        Expect(Manager.DeleteSpace(other));
    }

    public void Dispose()
    {
        Verify();
        Space.Unload(KernelPageTables.Root);
        Check.True(Manager.DeleteSpace(Space) == Status.Success);
        Verify();
        Check.Equal(_free, Manager.Frames.FreeFrames);
    }
}
