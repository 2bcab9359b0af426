using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Benchmarks;

/// <summary>
/// What the operations of the memory manager cost, called by the kernel: ticks of the time-stamp counter, which are
/// instructions under QEMU's <c>-icount shift=0</c>.
/// </summary>
internal unsafe ref struct MemoryBenchmarks
{
    private const Protection ReadWrite = Protection.Read | Protection.Write | Protection.User;
    private const Protection ReadOnly = Protection.Read | Protection.User;
    private const FaultAccess UserWrite = FaultAccess.Write | FaultAccess.User;
    private const ulong BlockPages = Page.LargeSize >> Page.Shift;

    private readonly TextSink _output;
    private readonly MemoryManager _manager = VirtualMemory.Manager;
    private readonly ulong _overhead;
    private ulong _start;

    private MemoryBenchmarks(TextSink output)
    {
        _output = output;
        for (int i = 0; i < 3; i++)
        {
            Begin();
            _overhead = Instructions.ReadTimestamp() - _start;
        }
    }

    private int RowsOverGoal { get; set; }

    /// <summary>Runs all rows.</summary>
    /// <returns>Rows that are over their goal.</returns>
    public static int Run(TextSink output)
    {
        var run = new MemoryBenchmarks(output);
        run.Faults();
        run.CopyOnWrite();
        run.Mapping();
        run.Protecting();
        run.Fork(0);
        run.Fork(256);
        run.Fork(16_384);
        run.SharedBlock();
        run.Lookup(10);
        run.Lookup(30_000);
        run.Files();
        output.Write($"bench: {run.RowsOverGoal} rows over their goal\n");
        return run.RowsOverGoal;
    }

    private void Begin() => _start = Instructions.ReadTimestamp();

    /// <summary>Ends a row: so many operations since <see cref="Begin"/>.</summary>
    /// <param name="now">The time-stamp counter, read before anything else.</param>
    private void End(ulong now, ReadOnlySpan<byte> name, ulong goal, ulong operations = 1)
    {
        ulong ticks = (now - _start - _overhead) / operations;
        if (goal == 0)
        {
            _output.Write($"bench: {name,-46}{ticks,8}\n");
            return;
        }
        if (ticks > goal)
            RowsOverGoal++;
        _output.Write($"bench: {name,-46}{ticks,8}  goal {goal,6}{(ticks > goal ? "  OVER" : "")}\n");
    }

    private void Faults()
    {
        const ulong Pages = 64;
        AddressSpace space = NewSpace();
        VirtualAddress start = Map(space, BlockPages, alignment: Page.LargeSize);
        // Without fault-ahead, which is a row of its own.
        space.Advise(new PageRange(start, BlockPages), Advice.Random);
        // The table and the first refill of the lists are not the fault's.
        Touch(space, start, 2);
        EmptyZeroed();
        Begin();
        Touch(space, start + 2 * Page.Size, Pages);
        End(Instructions.ReadTimestamp(), "write fault, frame zeroed now"u8, 500, Pages);
        _manager.Frames.FillZeroed(256, 256);
        Touch(space, start + 100 * Page.Size, 1);
        Begin();
        Touch(space, start + 101 * Page.Size, Pages);
        End(Instructions.ReadTimestamp(), "write fault, frame zeroed while idle"u8, 200, Pages);
        Begin();
        for (ulong i = 0; i < Pages; i++)
            space.Fault(start + (200 + i) * Page.Size, FaultAccess.User);
        End(Instructions.ReadTimestamp(), "read fault, zero page"u8, 0, Pages);
        Begin();
        Touch(space, start + 200 * Page.Size, Pages);
        End(Instructions.ReadTimestamp(), "write fault, zero page to private"u8, 0, Pages);
        Begin();
        for (ulong i = 0; i < Pages; i++)
            space.Fault(start + (2 + i) * Page.Size, UserWrite | FaultAccess.Present);
        End(Instructions.ReadTimestamp(), "fault that was resolved already"u8, 0, Pages);
        const ulong Group = 16;
        space.Advise(new PageRange(start, BlockPages), Advice.Normal);
        _manager.Frames.FillZeroed(256, 256);
        Touch(space, start + 304 * Page.Size, Group);
        ulong before = space.ResidentPages;
        Begin();
        Touch(space, start + 320 * Page.Size, 1);
        End(Instructions.ReadTimestamp(), "write fault that brings 15 pages ahead, a page"u8, 0, space.ResidentPages - before);
        Delete(space);
    }

    private void CopyOnWrite()
    {
        const ulong Pages = 64;
        AddressSpace space = NewSpace();
        VirtualAddress start = Map(space, BlockPages);
        Touch(space, start, BlockPages);
        AddressSpace child = ForkOf(space);
        Touch(child, start, 2);
        Begin();
        Touch(child, start + 2 * Page.Size, Pages);
        End(Instructions.ReadTimestamp(), "copy-on-write, shared page"u8, 0, Pages);
        Delete(child);
        Begin();
        Touch(space, start, 1);
        End(Instructions.ReadTimestamp(), "last user takes back a block that was copied"u8, 0);
        child = ForkOf(space);
        Delete(child);
        Begin();
        Touch(space, start, 1);
        End(Instructions.ReadTimestamp(), "last user takes back a block never copied"u8, 0);
        Delete(space);
    }

    private void Mapping()
    {
        AddressSpace space = NewSpace();
        VirtualAddress other = Map(space, 3, ReadOnly);
        Touch(space, other, 0);
        MapAndUnmap(space, 1, false);
        Begin();
        MapAndUnmap(space, 1, false);
        End(Instructions.ReadTimestamp(), "map + unmap, 1 page"u8, 450);
        Begin();
        MapAndUnmap(space, 1, true);
        End(Instructions.ReadTimestamp(), "map + touch + unmap, 1 page"u8, 0);
        Begin();
        MapAndUnmap(space, 256, false);
        End(Instructions.ReadTimestamp(), "map + unmap, 256 pages"u8, 0);
        VirtualAddress start = Map(space, 256);
        Touch(space, start, 256);
        Begin();
        space.Unmap(new PageRange(start, 256));
        End(Instructions.ReadTimestamp(), "unmap of 256 touched pages, a page"u8, 0, 256);
        Delete(space);
    }

    private void Protecting()
    {
        AddressSpace space = NewSpace();
        VirtualAddress start = Map(space, 256);
        Touch(space, start, 256);
        Begin();
        space.Protect(new PageRange(start + 10 * Page.Size, 1), ReadOnly);
        space.Protect(new PageRange(start + 10 * Page.Size, 1), ReadWrite);
        End(Instructions.ReadTimestamp(), "protect there and back, 1 page of 256"u8, 0);
        VirtualAddress single = Map(space, 1, ReadWrite | Protection.Execute);
        Touch(space, single, 1);
        Begin();
        space.Protect(new PageRange(single, 1), ReadOnly | Protection.Execute);
        space.Protect(new PageRange(single, 1), ReadWrite | Protection.Execute);
        End(Instructions.ReadTimestamp(), "protect there and back, 1 page"u8, 0);
        Begin();
        space.Protect(new PageRange(start, 256), ReadOnly);
        space.Protect(new PageRange(start, 256), ReadWrite);
        End(Instructions.ReadTimestamp(), "protect there and back, 256 pages"u8, 0);
        VirtualAddress target = default;
        Begin();
        space.Move(new PageRange(start, 256), 512, MoveMode.MayMove, ref target);
        End(Instructions.ReadTimestamp(), "move 256 touched pages"u8, 0);
        Delete(space);
    }

    private void Fork(ulong pages)
    {
        AddressSpace space = NewSpace();
        VirtualAddress start = Map(space, ulong.Max(pages, 1), alignment: Page.LargeSize);
        Touch(space, start, pages);
        // A first fork makes the backup and fills the lists; the child of the second starts from the same state.
        Delete(ForkOf(space));
        Touch(space, start, ulong.Min(pages, 1));
        for (ulong block = 0; block < pages; block += BlockPages)
            Touch(space, start + (block << Page.Shift), 1);
        // The child's upper tables come from the zeroed frames.
        _manager.Frames.FillZeroed(64, 64);
        Begin();
        space.Fork(out AddressSpace? child);
        switch (pages)
        {
            case 0:
                End(Instructions.ReadTimestamp(), "fork, nothing resident"u8, 0);
                break;
            case 256:
                End(Instructions.ReadTimestamp(), "fork, 256 resident pages"u8, 0);
                break;
            default:
                End(Instructions.ReadTimestamp(), "fork, 16384 resident pages"u8, 3_500);
                break;
        }
        Begin();
        _manager.DeleteSpace(child!);
        End(Instructions.ReadTimestamp(), "  exit of that child"u8, 0);
        Delete(space);
    }

    private void SharedBlock()
    {
        AddressSpace space = NewSpace();
        VirtualAddress start = Map(space, BlockPages, alignment: Page.LargeSize);
        Touch(space, start, BlockPages);
        AddressSpace child = ForkOf(space);
        EmptyZeroed();
        Begin();
        Touch(space, start, 1);
        End(Instructions.ReadTimestamp(), "first write in a full shared 2 MiB"u8, 7_000);
        Delete(child);
        Begin();
        Delete(space);
        End(Instructions.ReadTimestamp(), "exit, 512 private pages, a page"u8, 0, BlockPages);
    }

    private void Lookup(int areas)
    {
        const ulong Lookups = 64;
        AddressSpace space = NewSpace();
        // Two protections in turn, so that neighbours don't join.
        VirtualAddress lowest = default;
        for (int i = 0; i < areas; i++)
            lowest = Map(space, 1, i % 2 == 0 ? ReadWrite : ReadOnly);
        ulong found = 0;
        Begin();
        for (ulong i = 0; i < Lookups; i++)
            found += space.Find(lowest + (i * 7919 % (ulong)areas << Page.Shift))?.Pages ?? 0;
        End(Instructions.ReadTimestamp(), areas == 10 ? "lookup among 10 vareas"u8 : "lookup among 30000 vareas"u8, 0, Lookups);
        if (found != Lookups)
            _output.Write("bench: a lookup found nothing\n"u8);
        MapAndUnmap(space, 1, false);
        Begin();
        MapAndUnmap(space, 1, false);
        End(Instructions.ReadTimestamp(), "  map + unmap, 1 page, among them"u8, 0);
        Begin();
        space.Fork(out AddressSpace? child);
        End(Instructions.ReadTimestamp(), "  fork, a varea"u8, 0, (ulong)areas);
        Delete(child!);
        Delete(space);
    }

    private void Files()
    {
        const ulong Pages = 256;
        const FaultAccess UserRead = FaultAccess.User;
        if (FileObject.Create(_manager) is not { } file)
            return;
        byte* content = stackalloc byte[(int)Page.Size];
        var page = new Span<byte>(content, (int)Page.Size);
        page.Fill(1);
        Begin();
        for (ulong i = 0; i < Pages; i++)
            file.Write(i << Page.Shift, page, out _);
        End(Instructions.ReadTimestamp(), "write to a new file, a page"u8, 0, Pages);
        Begin();
        for (ulong i = 0; i < Pages; i++)
            file.Write(i << Page.Shift, page, out _);
        End(Instructions.ReadTimestamp(), "  once more"u8, 0, Pages);
        Begin();
        for (ulong i = 0; i < Pages; i++)
            file.Read(i << Page.Shift, page);
        End(Instructions.ReadTimestamp(), "read from a file, a page"u8, 0, Pages);
        AddressSpace space = NewSpace();
        var request = new MapRequest(Pages, ReadWrite, file) { Alignment = Page.LargeSize, Flags = VAreaFlags.Private };
        space.Map(request, out VirtualAddress start);
        space.Fault(start, UserRead);
        Begin();
        for (ulong i = 1; i < Pages / AddressSpace.FaultAroundPages; i++)
            space.Fault(start + (i * AddressSpace.FaultAroundPages << Page.Shift), UserRead);
        End(Instructions.ReadTimestamp(), "read fault, cached file, a page"u8, 0, Pages - AddressSpace.FaultAroundPages);
        space.Unmap(new PageRange(start, Pages / 2));
        Touch(space, start + ((Pages / 2) << Page.Shift), 1);
        Begin();
        Touch(space, start + ((Pages / 2 + 1) << Page.Shift), 64);
        End(Instructions.ReadTimestamp(), "write fault, cached file to private"u8, 0, 64);
        space.Unmap(new PageRange(start, Pages));
        space.Map(request, out start);
        Touch(space, start, 1);
        Begin();
        Touch(space, start + Page.Size, 64);
        End(Instructions.ReadTimestamp(), "write fault, cached file never read, to private"u8, 0, 64);
        for (ulong i = 0; i < Pages; i++)
            space.Fault(start + (i << Page.Shift), UserRead);
        Begin();
        file.SetSize(0);
        End(Instructions.ReadTimestamp(), "truncation of a mapped file, a page"u8, 0, Pages);
        Delete(space);
        file.Release();
    }

    private void MapAndUnmap(AddressSpace space, ulong pages, bool touches)
    {
        // Executable, so that it doesn't join what is there.
        var request = new MapRequest(pages, ReadWrite | Protection.Execute);
        space.Map(request, out VirtualAddress start);
        if (touches)
            space.Fault(start, UserWrite);
        space.Unmap(new PageRange(start, pages));
    }

    private static void Touch(AddressSpace space, VirtualAddress start, ulong pages)
    {
        for (ulong i = 0; i < pages; i++)
            space.Fault(start + (i << Page.Shift), UserWrite);
    }

    private static VirtualAddress Map(AddressSpace space, ulong pages, Protection protection = ReadWrite, ulong alignment = Page.Size)
    {
        space.Map(new MapRequest(pages, protection) { Alignment = alignment }, out VirtualAddress start);
        return start;
    }

    private AddressSpace NewSpace() => _manager.CreateSpace(VirtualMemory.UserRange)!;

    private static AddressSpace ForkOf(AddressSpace space)
    {
        space.Fork(out AddressSpace? child);
        return child!;
    }

    private void Delete(AddressSpace space) => _manager.DeleteSpace(space);

    /// <summary>Gives all zeroed frames back as ordinary ones.</summary>
    private void EmptyZeroed()
    {
        while (_manager.Frames.ZeroedFrames > 0 && _manager.Frames.AllocateZeroed(FrameOwner.Kernel) is { } frame)
            _manager.Frames.Free(frame);
    }
}
