using System;
using System.Collections.Generic;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Fork;

/// <summary>Families of any shape and length use memory equal to what is reachable, exactly (rule 9).</summary>
[Collection(nameof(SimulatedMemory))]
public sealed class ForkShapes : IDisposable
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;
    private const int Blocks = 3;
    private const ulong PagesOfBlock = 12;

    private static readonly VirtualAddress s_base = new(0x4000_0000);

    private readonly TestMachine _machine = new(16384);
    private readonly Random _random = new(20261121);

    // What each live space must read, by the slot of a page.
    private readonly Dictionary<AddressSpace, byte[]> _contents = [];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Ten_thousand_generations_whose_parents_exit_leave_one_generation()
    {
        AddressSpace current = CreateFirst();
        ulong user = _machine.Frames.UsedBy(FrameOwner.User);
        ulong tables = _machine.Frames.UsedBy(FrameOwner.PageTable);
        for (int generation = 1; generation <= 10_000; generation++)
        {
            AddressSpace child = Fork(current);
            // Sometimes the parent writes, sometimes the child, sometimes both or neither.
            if (_random.Next(2) == 0)
                WriteSome(child, _random.Next(4));
            if (_random.Next(4) == 0)
                WriteSome(current, 2);
            Exit(current);
            current = child;
            if (generation % 100 == 0)
                CheckExact();
            if (generation % 1000 == 0)
                CheckContents();
        }
        // All is the last one's alone again.
        WriteAll(current);
        CheckContents();
        CheckExact();
        Assert.Equal(user, _machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(tables, _machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal(0, _machine.Backups.InUse);
        Assert.Null(current.PrivateObject!.Backup);
        ExitAll();
    }

    [Fact]
    public void Ten_thousand_children_one_after_another_leave_the_parent_as_it_was()
    {
        AddressSpace parent = CreateFirst();
        ulong user = _machine.Frames.UsedBy(FrameOwner.User);
        ulong tables = _machine.Frames.UsedBy(FrameOwner.PageTable);
        for (int i = 1; i <= 10_000; i++)
        {
            AddressSpace child = Fork(parent);
            WriteSome(child, _random.Next(5));
            if (i % 3 == 0)
                WriteSome(parent, 1);
            Exit(child);
            if (i % 500 == 0)
                CheckExact();
        }
        WriteAll(parent);
        CheckContents();
        CheckExact();
        Assert.Equal(user, _machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(tables, _machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal(0, _machine.Backups.InUse);
        ExitAll();
    }

    [Fact]
    public void Ten_thousand_children_with_a_hundred_alive_use_what_is_reachable()
    {
        AddressSpace parent = CreateFirst();
        var alive = new List<AddressSpace>();
        for (int i = 1; i <= 10_000; i++)
        {
            AddressSpace child = Fork(parent);
            WriteSome(child, _random.Next(3));
            alive.Add(child);
            if (i % 7 == 0)
                WriteSome(parent, 1);
            if (alive.Count == 100)
                ExitOneOf(alive);
            if (i % 500 == 0)
                CheckExact();
            if (i % 2500 == 0)
                CheckContents();
        }
        while (alive.Count > 0)
            ExitOneOf(alive);
        WriteAll(parent);
        CheckExact();
        Assert.Null(parent.PrivateObject!.Backup);
        ExitAll();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Binary_tree_of_depth_ten_uses_what_is_reachable_through_random_exits(bool exitsEarly)
    {
        var alive = new List<AddressSpace> { CreateFirst() };
        List<AddressSpace> generation = [.. alive];
        for (int depth = 1; depth <= 10; depth++)
        {
            var children = new List<AddressSpace>();
            foreach (AddressSpace parent in generation)
            {
                for (int i = 0; i < 2; i++)
                {
                    AddressSpace child = Fork(parent);
                    WriteSome(child, _random.Next(2));
                    children.Add(child);
                }
                if (exitsEarly && _random.Next(2) == 0)
                {
                    alive.Remove(parent);
                    Exit(parent);
                }
            }
            alive.AddRange(children);
            generation = children;
            CheckExact();
        }
        if (!exitsEarly)
            Assert.Equal(2047, alive.Count);
        CheckContents();
        while (alive.Count > 1)
        {
            ExitOneOf(alive);
            if (alive.Count % 50 == 0)
                WriteSome(alive[_random.Next(alive.Count)], 3);
            if (alive.Count % 200 == 0)
            {
                CheckExact();
                CheckContents();
            }
        }
        WriteAll(alive[0]);
        CheckContents();
        CheckExact();
        Assert.Equal(0, _machine.Backups.InUse);
        ExitAll();
    }

    [Fact]
    public void Random_family_that_maps_and_unmaps_uses_what_is_reachable()
    {
        var alive = new List<AddressSpace> { CreateFirst() };
        for (int step = 1; step <= 6000; step++)
        {
            AddressSpace space = alive[_random.Next(alive.Count)];
            int choice = _random.Next(10);
            if (choice < 3 && alive.Count < 40)
                alive.Add(Fork(space));
            else if (choice < 5 && alive.Count > 1)
                ExitOneOf(alive);
            else if (choice == 5)
                DropSome(space);
            else
                WriteSome(space, 2);
            if (step % 100 == 0)
                CheckExact();
            if (step % 1000 == 0)
                CheckContents();
        }
        CheckContents();
        ExitAll();
    }

    private AddressSpace CreateFirst()
    {
        AddressSpace space = _machine.CreateSpace();
        for (int block = 0; block < Blocks; block++)
            space.MapAt(s_base + (ulong)block * Page.LargeSize, BlockPages);
        _contents[space] = new byte[Blocks * (int)PagesOfBlock];
        WriteAll(space);
        return space;
    }

    private AddressSpace Fork(AddressSpace parent)
    {
        AddressSpace child = parent.Fork();
        _contents[child] = (byte[])_contents[parent].Clone();
        return child;
    }

    private void Exit(AddressSpace space)
    {
        _contents.Remove(space);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(space));
    }

    private void ExitOneOf(List<AddressSpace> alive)
    {
        int index = _random.Next(alive.Count);
        Exit(alive[index]);
        alive.RemoveAt(index);
    }

    private void WriteSome(AddressSpace space, int pages)
    {
        for (int i = 0; i < pages; i++)
            Write(space, _random.Next(Blocks * (int)PagesOfBlock));
    }

    private void WriteAll(AddressSpace space)
    {
        for (int slot = 0; slot < Blocks * (int)PagesOfBlock; slot++)
            Write(space, slot);
    }

    private void Write(AddressSpace space, int slot)
    {
        var value = (byte)_random.Next(1, 256);
        _machine.Write(space, AddressOf(slot), value);
        _contents[space][slot] = value;
    }

    /// <summary>Drops pages of a block, or all of it.</summary>
    private void DropSome(AddressSpace space)
    {
        int block = _random.Next(Blocks);
        int first = _random.Next((int)PagesOfBlock);
        bool isWhole = _random.Next(3) == 0;
        int last = isWhole ? (int)PagesOfBlock : _random.Next(first + 1, (int)PagesOfBlock + 1);
        if (isWhole)
            first = 0;
        VirtualAddress start = s_base + (ulong)block * Page.LargeSize;
        PageRange range = isWhole ? new PageRange(start, BlockPages) : PageRange.Between(
            AddressOf(block * (int)PagesOfBlock + first), AddressOf(block * (int)PagesOfBlock + last - 1) + Page.Size);
        if (_random.Next(2) == 0)
        {
            Assert.Equal(Status.Success, space.Advise(range, Advice.DontNeed));
        }
        else
        {
            Assert.Equal(Status.Success, space.Unmap(range));
            space.MapAt(range.Start, range.Pages);
        }
        Array.Clear(_contents[space], block * (int)PagesOfBlock + first, last - first);
    }

    // Spread over the block, so that its table isn't just a run of entries.
    private static VirtualAddress AddressOf(int slot)
    {
        ulong block = (ulong)slot / PagesOfBlock, page = (ulong)slot % PagesOfBlock;
        return s_base + block * Page.LargeSize + page * 37 * Page.Size;
    }

    /// <summary>Memory in use is what can be reached, objects are those of the live spaces, and Verify has nothing to say.</summary>
    private void CheckExact()
    {
        MemoryCensus census = MemoryCensus.AssertExact(_machine);
        Assert.Equal(_contents.Count, census.Spaces);
        Assert.Equal(_contents.Count, _machine.PrivateObjects.InUse);
        var backups = new HashSet<BackupSpace>();
        int areas = 0;
        foreach (AddressSpace space in _contents.Keys)
        {
            areas += space.AreaCount;
            if (space.PrivateObject!.Backup is { } backup)
                backups.Add(backup);
        }
        Assert.Equal(areas, _machine.AreasInUse);
        Assert.Equal(backups.Count, _machine.Backups.InUse);
        _machine.Verify();
    }

    private void CheckContents()
    {
        Span<byte> read = stackalloc byte[1];
        foreach ((AddressSpace space, byte[] content) in _contents)
            for (int slot = 0; slot < content.Length; slot++)
            {
                Assert.Equal(Status.Success, space.Read(AddressOf(slot), read));
                Assert.Equal(content[slot], read[0]);
            }
    }

    private void ExitAll()
    {
        foreach (AddressSpace space in new List<AddressSpace>(_contents.Keys))
            Exit(space);
        CheckExact();
        Assert.Equal(0, _machine.AreasInUse);
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.PageTable));
    }
}
