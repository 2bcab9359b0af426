using System;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Stress;

/// <summary>
/// A space that several threads use at once, with what each of its pages must hold. Pages come in groups of eight; a group
/// belongs to one thread, which alone changes it, or to all.
/// </summary>
/// <remarks>Who uses the space holds <see cref="Gate"/> for reading; who replaces it, for writing.</remarks>
public sealed class SharedSlot
{
    /// <summary>Threads that own groups.</summary>
    public const int Threads = 4;

    /// <summary>Blocks with groups; the last one has 2 MiB pages at first.</summary>
    public const int Blocks = 4;

    /// <summary>Pages of a group.</summary>
    public const int PagesOfGroup = 8;

    /// <summary>All groups.</summary>
    public const int Groups = Blocks * GroupsOfBlock;

    /// <summary>Pages of the shared object that every space maps.</summary>
    public const ulong SharedPages = 64;

    /// <summary>A page that belongs to all: words of pages that no group has are as if they were of this one.</summary>
    public const int CommonPage = Threads * PagesOfGroup;

    private const int GroupsOfBlock = 40;
    private const ulong Tag = 0xc0deUL << 48;

    private static readonly VirtualAddress s_base = new(0x4000_0000);

    /// <summary>Where the shared object is.</summary>
    public static VirtualAddress SharedStart { get; } = s_base + 16 * Page.LargeSize;

    /// <summary>Where the frozen memory is that every space shows.</summary>
    public static PageRange Guests { get; } = new(s_base + 20 * Page.LargeSize, 64);

    /// <summary>Where every space shows the file, private, in a block that has groups too; and a block further, shared.</summary>
    public static PageRange File { get; } = new(s_base + 400 * Page.Size, 24);

    /// <summary>All of the block that has 2 MiB pages at first.</summary>
    public static PageRange LargeBlock { get; } = new(s_base + (Blocks - 1) * Page.LargeSize, SpaceExtensions.BlockPages);

    /// <summary>Held for reading by users of the space.</summary>
    public ReaderWriterLockSlim Gate { get; } = new();

    /// <summary>The space.</summary>
    public AddressSpace Space { get; private set; } = null!;

    /// <summary>What each page holds, by group and page; only of groups that belong to a thread.</summary>
    public ulong[] Words { get; } = new ulong[Groups * PagesOfGroup];

    /// <summary>Whether a group is read-only.</summary>
    public bool[] IsReadOnly { get; } = new bool[Groups];

    /// <summary>Odd while a group's owner changes it, and another number afterwards.</summary>
    public int[] Stamps { get; } = new int[Groups];

    /// <summary>The thread that a group belongs to; <see cref="Threads"/> for all.</summary>
    public static int OwnerOf(int group) => group % (Threads + 1);

    /// <summary>Pages of a group.</summary>
    public static PageRange RangeOf(int group) =>
        new(s_base + (ulong)(group / GroupsOfBlock) * Page.LargeSize + (ulong)(group % GroupsOfBlock) * PagesOfGroup * Page.Size, PagesOfGroup);

    /// <summary>What a thread writes to a page.</summary>
    public static ulong WordFor(int thread, int page, uint sequence) => Tag | (ulong)thread << 44 | (ulong)page << 32 | sequence;

    /// <summary>Fails the test unless a word was written to a page by its owner, or by anybody if it belongs to all; or is zero.</summary>
    public static void AssertPlausible(ulong word, int page)
    {
        if (word == 0)
            return;
        int owner = OwnerOf(page / PagesOfGroup);
        ulong writer = (word >> 44) & 0xf;
        Assert.True((word & 0xffff_0fff_0000_0000) == (Tag | (ulong)page << 32) && (owner == Threads ? writer < Threads : writer == (ulong)owner),
            $"page {page} holds {word:x}");
    }

    /// <summary>Puts a new space in the slot; the gate is held for writing, or nobody else knows the slot.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="shared">What all spaces map.</param>
    /// <param name="frozen">What all spaces show.</param>
    /// <param name="file">A file that all spaces show.</param>
    /// <returns>False when memory has run out; the old space is still there then.</returns>
    public bool TryFill(TestMachine machine, SharedAnonymousObject shared, AddressSpace frozen, FileObject file)
    {
        if (machine.CreateSpace() is not { } space)
            return false;
        Replace(machine, space);
        Space.MapAt(s_base, (Blocks - 1) * SpaceExtensions.BlockPages);
        var shown = new MapRequest(File.Pages, TestMachine.ReadWrite, file) { Address = File.Start, Placement = Placement.FixedReplace, Flags = VAreaFlags.Private };
        Assert.Equal(Status.Success, Space.Map(shown, out _));
        shown.Address += Page.LargeSize;
        shown.Flags = VAreaFlags.None;
        Assert.Equal(Status.Success, Space.Map(shown, out _));
        Space.MapAt(LargeBlock.Start, LargeBlock.Pages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        Space.MapAt(SharedStart, SharedPages, flags: VAreaFlags.None, memoryObject: shared);
        Space.MapAt(Guests.Start, Guests.Pages, memoryObject: frozen.PrivateObject, offset: Guests.Start.Value >> Page.Shift);
        Array.Clear(Words);
        Array.Clear(IsReadOnly);
        return true;
    }

    /// <summary>Puts a fork of another slot's space in this one, whose gate is held for writing, the other's for reading.</summary>
    /// <returns>As <see cref="TryFill"/>.</returns>
    public bool TryFork(TestMachine machine, SharedSlot parent)
    {
        var stamps = new int[Groups];
        for (int group = 0; group < Groups; group++)
            stamps[group] = Volatile.Read(ref parent.Stamps[group]);
        Status status = parent.Space.Fork(out AddressSpace? child);
        if (status == Status.OutOfMemory)
            return false;
        Assert.Equal(Status.Success, status);
        Replace(machine, child!);
        for (int group = 0; group < Groups; group++)
        {
            if (OwnerOf(group) == Threads)
                continue;
            Array.Copy(parent.Words, group * PagesOfGroup, Words, group * PagesOfGroup, PagesOfGroup);
            IsReadOnly[group] = parent.IsReadOnly[group];
            Thread.MemoryBarrier();
            bool isSettled = (stamps[group] & 1) == 0 && Volatile.Read(ref parent.Stamps[group]) == stamps[group];
            if (!isSettled)
                Adopt(group);
        }
        CheckContents();
        return true;
    }

    /// <summary>Fails the test unless every page holds what it must. The gate is held for writing, or nothing runs.</summary>
    public void CheckContents()
    {
        for (int page = 0; page < Words.Length; page++)
        {
            ulong word = Read(page);
            if (OwnerOf(page / PagesOfGroup) == Threads)
                AssertPlausible(word, page);
            else
                Assert.True(word == Words[page], $"page {page} holds {word:x} instead of {Words[page]:x}");
        }
    }

    private void Replace(TestMachine machine, AddressSpace space)
    {
        if (Space is not null)
            Assert.Equal(Status.Success, machine.Manager.DeleteSpace(Space));
        Space = space;
    }

    /// <summary>Takes a group as a fork found it in the midst of a change.</summary>
    private void Adopt(int group)
    {
        PageRange range = RangeOf(group);
        VArea? area = Space.Find(range.Start);
        if (area is null)
            Space.MapAt(range.Start, range.Pages);
        else if (area.Protection == Protection.None)
            Assert.Equal(Status.Success, Space.Protect(range, TestMachine.ReadOnly));
        IsReadOnly[group] = area is not null && (Space.Find(range.Start)!.Protection & Protection.Write) == 0;
        for (int page = group * PagesOfGroup; page < (group + 1) * PagesOfGroup; page++)
        {
            Words[page] = Read(page);
            AssertPlausible(Words[page], page);
        }
    }

    private ulong Read(int page)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Assert.Equal(Status.Success, Space.Read(RangeOf(page / PagesOfGroup).PageAt((ulong)(page % PagesOfGroup)), bytes));
        return BitConverter.ToUInt64(bytes);
    }
}
