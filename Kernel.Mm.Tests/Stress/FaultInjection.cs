using System;
using System.Collections.Generic;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;
using static Kernel.Mm.Tests.Stress.RichMachine;

namespace Kernel.Mm.Tests.Stress;

/// <summary>
/// Every operation, with its first, second, third ... allocation refused, of frames and of each kind of object: nothing
/// that a program could notice has changed then, nothing is lost, and with memory back the operation succeeds.
/// </summary>
[Collection(nameof(SimulatedMemory))]
public sealed class FaultInjection
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;

    // More allocations than any of the operations takes.
    private const int MostAllocations = 90;

    // Attempts until an operation that is refused leaves nothing more behind: one for each table that it takes.
    private const int MostRepeats = 8;

    private const FaultAccess UserRead = FaultAccess.User;
    private const FaultAccess UserWrite = FaultAccess.User | FaultAccess.Write;

    private static readonly Dictionary<string, Case> s_cases = new()
    {
        ["map new"] = new(rich => Map(rich.Space, Range(30, 0, 10))),
        ["map first"] = new(rich => Map(rich.Empty, Range(30, 0, 10))),
        ["map an object"] = new(rich => Map(rich.Empty, Range(30, 0, 10), Placement.Fixed, rich.Shared)),
        ["map that joins a neighbour"] = new(rich => Map(rich.Space, Range(4, 100, 10))) { NeedsMemory = false },
        ["map on the caller's varea"] = new(rich => Map(rich.Empty, Range(30, 0, 10), Placement.Fixed, rich.File, rich.Storage)),
        ["map on the caller's varea over the middle of another"] = new(rich => Map(rich.Space, Range(4, 50, 10), Placement.FixedReplace, rich.Shared, rich.Storage)),
        ["map over the middle of a varea"] = new(rich => Map(rich.Space, Range(4, 50, 10), Placement.FixedReplace, rich.Shared)),
        ["map over the middle of a shared table"] = new(rich => Map(rich.Space, Range(0, 50, 10), Placement.FixedReplace, rich.Shared)) { TablesLeft = 1 },
        ["map over two shared tables and a hole"] = new(rich => Map(rich.Space, Range(0, 100, 880), Placement.FixedReplace)) { TablesLeft = 1 },
        ["map over a part of a large page"] = new(rich => Map(rich.Space, Range(3, 5, 9), Placement.FixedReplace, rich.Shared)) { TablesLeft = 1 },
        ["map over the caller's varea"] = new(rich => Map(rich.Space, Range(30, 5, 1), Placement.FixedReplace, rich.Shared)) { Prepare = MapOnStorage },
        ["unmap the middle of the caller's varea"] = new(rich => Of(rich.Space.Unmap(Range(30, 2, 3)))) { Prepare = MapOnStorage },
        ["protect the end of the caller's varea"] = new(rich => Of(rich.Space.Protect(Range(30, 7, 3), TestMachine.ReadOnly))) { Prepare = MapOnStorage },
        ["fork of the caller's varea"] = new(rich => Of(rich.Space.Fork(out _))) { Prepare = MapOnStorage },
        ["unmap the middle"] = new(rich => Of(rich.Space.Unmap(Range(4, 50, 10)))),
        ["unmap the middle of a shared table"] = new(rich => Of(rich.Space.Unmap(Range(0, 50, 10)))) { TablesLeft = 1 },
        ["unmap parts of two shared tables"] = new(rich => Of(rich.Space.Unmap(Range(0, 500, 20)))) { TablesLeft = 2 },
        ["unmap a part of a large page"] = new(rich => Of(rich.Space.Unmap(Range(3, 50, 10)))) { TablesLeft = 1 },
        ["unmap many vareas"] = new(rich => Of(rich.Space.Unmap(Range(2, 20, 145)))),
        ["protect the middle"] = new(rich => Of(rich.Space.Protect(Range(4, 50, 10), TestMachine.ReadOnly))),
        ["protect the middle of a shared table"] = new(rich => Of(rich.Space.Protect(Range(0, 50, 10), TestMachine.ReadOnly))) { TablesLeft = 1 },
        ["protect parts of two shared tables"] = new(rich => Of(rich.Space.Protect(Range(0, 500, 100), Protection.None))) { TablesLeft = 2 },
        ["protect a part of a large page"] = new(rich => Of(rich.Space.Protect(Range(3, 500, 12), TestMachine.ReadOnly))) { TablesLeft = 1 },
        ["forbid a large page"] = new(rich => Of(rich.Space.Protect(Range(3, 0, BlockPages), Protection.None))),
        ["protect many vareas"] = new(rich => Of(rich.Space.Protect(Range(2, 20, 145), TestMachine.ReadOnly))),
        ["grow in place"] = new(rich => Move(rich.Space, Range(4, 0, 100), 150)) { NeedsMemory = false },
        ["shrink in a shared table"] = new(rich => Move(rich.Space, Range(0, 10, 50), 20)) { TablesLeft = 1 },
        ["move entries"] = new(rich => Move(rich.Space, Range(4, 10, 20), 20, Block(30))),
        ["move entries of a shared table"] = new(rich => Move(rich.Space, Range(0, 10, 20), 30, Block(30) + 500 * Page.Size)) { TablesLeft = 1 },
        ["move a shared table"] = new(rich => Move(rich.Space, Range(0, 0, BlockPages), BlockPages, Block(30))),
        ["move tables and entries"] = new(rich => Move(rich.Space, Range(0, 100, 600), 700, Block(600) + 100 * Page.Size)) { TablesLeft = 2 },
        ["move a large page"] = new(rich => Move(rich.Space, Range(3, 0, BlockPages), BlockPages, Block(30))),
        ["move a part of a large page"] = new(rich => Move(rich.Space, Range(3, 10, 10), 10, Block(30))) { TablesLeft = 1 },
        ["move over what is there"] = new(rich => Move(rich.Space, Range(4, 10, 20), 20, Block(2) + 90 * Page.Size)),
        ["move over a part of a shared table"] = new(rich => Move(rich.Space, Range(4, 10, 20), 20, Block(0) + 500 * Page.Size)) { TablesLeft = 2 },
        ["move over a large page"] = new(rich => Move(rich.Space, Range(12, 0, BlockPages), BlockPages, Block(3))),
        ["move where there is room"] = new(rich => Move(rich.Space, Range(10, 0, 5), 600)),
        ["drop the middle of a shared table"] = new(rich => Of(rich.Space.Advise(Range(0, 50, 10), Advice.DontNeed))),
        ["drop parts of two shared tables"] = new(rich => Of(rich.Space.Advise(Range(0, 500, 100), Advice.DontNeed))) { TablesLeft = 1 },
        ["drop a part of a large page"] = new(rich => Of(rich.Space.Advise(Range(3, 5, 10), Advice.DontNeed))),
        ["don't fork"] = new(rich => Of(rich.Space.Advise(Range(0, 50, 10), Advice.DontFork))),
        ["don't fork a part of a large page"] = new(rich => Of(rich.Space.Advise(Range(3, 50, 10), Advice.DontFork))) { TablesLeft = 1 },
        ["lock a part of a large page"] = new(rich => Of(rich.Space.SetLocked(Range(3, 50, 10), true))) { IsAtomic = false, TablesLeft = 1 },
        ["expect no order"] = new(rich => Of(rich.Space.Advise(Range(4, 50, 10), Advice.Random))),
        ["expect order"] = new(rich => Of(rich.Space.Advise(Range(0, 50, 10), Advice.Sequential))),
        ["fork again"] = new(rich => Of(rich.Space.Advise(Range(2, 162, 3), Advice.DoFork))),
        ["keep on fork"] = new(rich => Of(rich.Space.Advise(Range(2, 172, 3), Advice.KeepOnFork))),
        ["want large pages"] = new(rich => Of(rich.Space.Advise(Range(4, 50, 10), Advice.HugePages))),
        ["want no large pages"] = new(rich => Of(rich.Space.Advise(Range(3, 50, 10), Advice.NoHugePages))) { TablesLeft = 1 },
        ["wipe on fork"] = new(rich => Of(rich.Space.Advise(Range(4, 50, 10), Advice.WipeOnFork))),
        ["free lazily"] = new(rich => Of(rich.Child.Advise(Range(0, 50, 600), Advice.Free))) { TablesLeft = 1 },
        ["offload"] = new(rich => Of(rich.Space.Offload(Range(0, 0, 810)))) { TablesLeft = 1 },
        ["lock what is there"] = new(rich => Of(rich.Space.SetLocked(Range(12, 50, 10), true))),
        ["lock on fault"] = new(rich => Of(rich.Space.SetLockedOnFault(Range(12, 50, 10)))),
        ["lock a part of a large page on fault"] = new(rich => Of(rich.Space.SetLockedOnFault(Range(3, 50, 10)))) { TablesLeft = 1 },
        ["lock what isn't there"] = new(rich => Of(rich.Space.SetLocked(Range(1, 250, 20), true))) { IsAtomic = false, TablesLeft = 1 },
        ["unlock"] = new(rich => Of(rich.Space.SetLocked(Range(2, 152, 5), false))),
        ["read fault in a new place"] = new(rich => Of(rich.Empty.Fault(Block(600), UserRead))) { Prepare = rich => rich.Empty.MapAt(Block(600), 10), TablesLeft = 2 },
        ["write fault in a new place"] = new(rich => Of(rich.Empty.Fault(Block(600), UserWrite))) { Prepare = rich => rich.Empty.MapAt(Block(600), 10), TablesLeft = 3 },
        ["read fault in a shared table"] = new(rich => Of(rich.Space.Fault(Block(1) + 250 * Page.Size, UserRead))),
        ["write fault in a shared table"] = new(rich => Of(rich.Space.Fault(Block(0), UserWrite))) { TablesLeft = 1 },
        ["write fault on a page that others have"] = new(rich => Of(rich.Space.Fault(Block(0), UserWrite))) { Prepare = rich => rich.Machine.Write(rich.Space, Block(0) + 9 * Page.Size, 7) },
        ["write fault on the zero page"] = new(rich => Of(rich.Space.Fault(Block(7) + Page.Size, UserWrite))),
        ["write fault on a large page that others have"] = new(rich => Of(rich.Space.Fault(Block(3), UserWrite))) { TablesLeft = 1 },
        ["read fault of a guest"] = new(rich => Of(rich.Empty.Fault(Block(5) + 3 * Page.Size, UserRead))) { Prepare = MapGuest, TablesLeft = 2 },
        ["write fault of a guest"] = new(rich => Of(rich.Empty.Fault(Block(5) + 3 * Page.Size, UserWrite))) { Prepare = MapGuest, TablesLeft = 3 },
        ["write fault of a guest on what it has read"] = new(rich => Of(rich.Space.Fault(Block(5) + Page.Size, UserWrite))),
        ["fault on a shared page"] = new(rich => Of(rich.Empty.Fault(Block(30) + 700 * Page.Size, UserWrite))) { Prepare = rich => rich.Empty.MapAt(Block(30), 2000, flags: VAreaFlags.None, memoryObject: rich.Shared), TablesLeft = 3 },
        ["private write fault on a shared object"] = new(rich => Of(rich.Empty.Fault(Block(30) + 700 * Page.Size, UserWrite))) { LeavesPage = true, Prepare = rich => rich.Empty.MapAt(Block(30), 2000, memoryObject: rich.Shared), TablesLeft = 3 },
        ["fault in a shared varea over a shared table"] = new(rich => Of(rich.Space.Fault(Block(1) + 401 * Page.Size, UserWrite))) { TablesLeft = 1 },
        ["fault on a device"] = new(rich => Of(rich.Space.Fault(Block(11), UserWrite))),
        ["stack growth"] = new(rich => Of(rich.Space.Fault(Block(9) + 20 * Page.Size, UserWrite))) { IsAtomic = false, TablesLeft = 1 },
        ["fork"] = new(rich => Of(rich.Space.Fork(out _))),
        ["fork of a child"] = new(rich => Of(rich.Child.Fork(out _))),
        ["fork of a space with all tables its own"] = new(rich => Of(rich.Empty.Fork(out _))) { Prepare = FillEmpty },
        ["fork of a frozen space's guest"] = new(rich => Of(rich.Empty.Fork(out _))) { Prepare = MapGuest },
        ["freeze"] = new(rich => Of(rich.Space.Freeze())) { Prepare = rich => rich.EndPin() },
        ["duplicate"] = new(rich => Of(rich.Frozen.Duplicate(out _))),
        ["populate"] = new(rich => Of(rich.Space.Populate(Range(1, 190, 20)))) { IsAtomic = false, TablesLeft = 1 },
        ["will need"] = new(rich => Of(rich.Space.Advise(Range(2, 40, 120), Advice.WillNeed))) { IsAtomic = false },
        ["fix private, copied"] = new(rich => Of(rich.Space.FixPrivate(Block(5) + 4 * Page.Size, true))),
        ["fix private, zeroed"] = new(rich => Of(rich.Space.FixPrivate(Block(7) + 5 * Page.Size, false))),
        ["write to another space"] = new(rich => Of(rich.Child.Write(Block(0) + 5 * Page.Size, [1, 2, 3]))) { TablesLeft = 1 },
        ["write to shared memory"] = new(rich => Of(rich.Space.Write(Block(2) + 140 * Page.Size, [1, 2, 3]))),
        ["write to another space's file"] = new(rich => Of(rich.Space.Write(Block(13) + 131 * Page.Size, [1, 2, 3]))),
        ["write to another space's private file"] = new(rich => Of(rich.Child.Write(Block(13) + 5 * Page.Size, [1, 2, 3]))),
        ["read from another space"] = new(rich => Of(rich.Child.Read(Block(13) + 30 * Page.Size, new byte[3]))) { NeedsMemory = false },
        ["get a page"] = new(GetPage) { NeedsMemory = false },
        // That it is read first counts as a fault.
        ["pin to read"] = new(PinToRead) { IsAtomic = false, TablesLeft = 1 },
        ["pin"] = new(Pin) { TablesLeft = 1 },
        ["join a large page"] = new(rich => rich.Space.JoinLargePages(Range(12, 0, BlockPages)) == 1 ? Outcome.Success : Outcome.OutOfMemory) { TakesBlock = true },
        ["map device memory"] = new(rich => MapDevice(rich.Space)),
        ["map device memory on the caller's varea"] = new(rich => MapDevice(rich.Space, rich.Storage)),
        ["map a device for the kernel"] = new(MapKernelDevice) { Prepare = rich => rich.CreateKernelSpace() },
        ["populate a device of the kernel"] = new(rich => Of(rich.KernelSpace!.Populate(new PageRange(First(rich.KernelSpace), 3)))) { Prepare = MapForKernel },
        ["unmap a part of a device of the kernel"] = new(rich => Of(rich.KernelSpace!.Unmap(new PageRange(First(rich.KernelSpace) + Page.Size, 1)))) { Prepare = MapForKernel },
        ["set cache policy"] = new(rich => Of(rich.Space.SetCachePolicy(Range(11, 2, 3), CachePolicy.WriteCombining))),
        ["create a space"] = new(rich => rich.Machine.CreateSpace() is not null ? Outcome.Success : Outcome.OutOfMemory),
        ["create a space in the caller's storage"] = new(rich => Of(rich.Machine.Manager.InitializeSpace(rich.SpaceStorage, rich.Space.Range))),
        ["delete a space"] = new(rich => Of(rich.Machine.Manager.DeleteSpace(rich.Child))) { NeedsMemory = false },
        ["create a shared object"] = new(CreateShared),
        ["create a file"] = new(CreateFile),
        ["map a file"] = new(rich => Map(rich.Empty, Range(30, 0, 10), Placement.Fixed, rich.File)),
        ["unmap the middle of a file"] = new(rich => Of(rich.Space.Unmap(Range(13, 5, 2)))),
        ["read fault in a file's hole"] = new(rich => Of(rich.Space.Fault(Block(13) + 30 * Page.Size, UserRead))) { LeavesPage = true },
        ["write fault in a file's hole"] = new(rich => Of(rich.Space.Fault(Block(13) + 131 * Page.Size, UserWrite))),
        ["private write fault on a file"] = new(rich => Of(rich.Space.Fault(Block(13) + 3 * Page.Size, UserWrite))) { LeavesPage = true },
        ["read fault on a file in a new place"] = new(rich => Of(rich.Empty.Fault(Block(600), UserRead))) { Prepare = rich => rich.Empty.MapAt(Block(600), 10, memoryObject: rich.File), TablesLeft = 2 },
        ["write to a file"] = new(rich => Of(rich.File.Write(1UL << 40, new byte[3], out _))),
        ["make room in a file"] = new(rich => Of(rich.File.Allocate(20UL << Page.Shift, 40UL << Page.Shift, false))),
        ["make a file shorter"] = new(rich => Of(rich.File.SetSize(3 * Page.Size + 5))) { NeedsMemory = false },
        ["make a hole in a file"] = new(rich => Of(rich.File.PunchHole(Page.Size, 9 * Page.Size))) { NeedsMemory = false },
        ["make a hole through a mapping"] = new(rich => Of(rich.Space.RemoveContent(Range(13, 100, 9)))) { NeedsMemory = false },
    };

    /// <summary>What may run out.</summary>
    public enum Resource
    {
        /// <summary>Frames.</summary>
        Frames,

        /// <summary>Address spaces.</summary>
        Spaces,

        /// <summary>Vareas.</summary>
        Areas,

        /// <summary>Private objects.</summary>
        PrivateObjects,

        /// <summary>Backups.</summary>
        Backups,

        /// <summary>Shared anonymous objects.</summary>
        SharedObjects,

        /// <summary>Physical ranges.</summary>
        PhysicalRanges,

        /// <summary>Files.</summary>
        Files,

        /// <summary>Mappings of files.</summary>
        FileMappings,
    }

    private enum Outcome
    {
        Success,
        OutOfMemory,
    }

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Refused_allocation_changes_nothing(string name)
    {
        Case tested = s_cases[name];
        int refusals = 0;
        int tablesLeft = 0;
        foreach (Resource resource in Enum.GetValues<Resource>())
        {
            using var rich = new RichMachine();
            tested.Prepare?.Invoke(rich);
            refusals += Sweep(rich, resource, tested, name, ref tablesLeft);
            rich.CloseAndCheck();
        }
        Assert.Equal(tested.NeedsMemory, refusals > 0);
        // As many as with four levels; a fifth is one more on the way.
        Assert.InRange(tablesLeft, 0, tested.TablesLeft == 0 ? 0 : tested.TablesLeft + PageTableWalk.Levels - 4);
    }

    [Fact]
    public void Move_that_cannot_cut_its_varea_leaves_no_table_at_the_target()
    {
        using var rich = new RichMachine();
        Counts before = Count(rich);
        // One record for the new varea, none for the cut.
        rich.Machine.Areas.Left = 1;
        Assert.Equal(Outcome.OutOfMemory, Move(rich.Space, Range(4, 10, 20), 20, Block(600)));
        Assert.Equal(before, Count(rich));
        rich.Machine.Verify();
    }

    [Fact]
    public void Rich_space_leaves_nothing_behind()
    {
        using var rich = new RichMachine();
        rich.CloseAndCheck();
    }

    /// <summary>Tries the operation with 0, 1, 2 ... allocations allowed, until it succeeds.</summary>
    /// <param name="rich">The machine.</param>
    /// <param name="resource">What runs out.</param>
    /// <param name="tested">The operation.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="tablesLeft">Becomes the number of page tables that failures left, if it is less.</param>
    /// <returns>How often it failed.</returns>
    private static int Sweep(RichMachine rich, Resource resource, Case tested, string name, ref int tablesLeft)
    {
        int refusals = 0;
        ulong tables = rich.Machine.Frames.UsedBy(FrameOwner.PageTable);
        for (int left = 0; left < MostAllocations && !(tested.TakesBlock && left > 2); left++)
        {
            // A refused operation may leave page tables behind, made or copied, but no more when it is repeated.
            for (int repeat = 0; ; repeat++)
            {
                List<string> before = rich.Describe(tested.IsAtomic);
                Counts counts = Count(rich);
                if (Run(rich, resource, left, tested) == Outcome.Success)
                    return refusals;
                refusals++;
                string where = $"{name} with {left} {resource}, repeat {repeat}";
                Counts now = Count(rich);
                if (tested.IsAtomic)
                {
                    AssertSame(before, rich.Describe(true), where);
                    Assert.True((counts.User == now.User || tested.LeavesPage) && counts.Objects == now.Objects, $"{where}: {counts} became {now}");
                }
                tablesLeft = int.Max(tablesLeft, (int)(now.PageTable - tables));
                string? problem = rich.Machine.Manager.Verify(out ulong detail);
                Assert.True(problem is null, $"{where}: {problem} (0x{detail:x})");
                if (now == counts)
                    break;
                Assert.True(repeat < (tested.IsAtomic ? MostRepeats : MostAllocations), $"{where}: memory is lost at every attempt");
            }
        }
        Assert.True(tested.TakesBlock, $"{name} never succeeds");
        Assert.Equal(Outcome.Success, tested.Operation(rich));
        return refusals;
    }

    private static Outcome Run(RichMachine rich, Resource resource, int left, Case tested)
    {
        TestMachine machine = rich.Machine;
        if (resource == Resource.Frames)
        {
            using var hog = new MemoryHog(machine.Frames, AllocationPriority.Reserve, left);
            return tested.Operation(rich);
        }
        SetLeft(machine, resource, left);
        Outcome outcome = tested.Operation(rich);
        SetLeft(machine, resource, int.MaxValue);
        return outcome;
    }

    private static void SetLeft(TestMachine machine, Resource resource, int left)
    {
        switch (resource)
        {
            case Resource.Spaces:
                machine.Spaces.Left = left;
                break;
            case Resource.Areas:
                machine.Areas.Left = left;
                break;
            case Resource.PrivateObjects:
                machine.PrivateObjects.Left = left;
                break;
            case Resource.Backups:
                machine.Backups.Left = left;
                break;
            case Resource.SharedObjects:
                machine.SharedObjects.Left = left;
                break;
            case Resource.Files:
                machine.Files.Left = left;
                break;
            case Resource.FileMappings:
                machine.FileMappings.Left = left;
                break;
            default:
                machine.PhysicalRanges.Left = left;
                break;
        }
    }

    private static void AssertSame(List<string> before, List<string> after, string where)
    {
        for (int i = 0; i < int.Min(before.Count, after.Count); i++)
            Assert.True(before[i] == after[i], $"{where}: {before[i]} became {after[i]}");
        Assert.True(before.Count == after.Count, $"{where}: {before.Count} lines became {after.Count}");
    }

    private static Counts Count(RichMachine rich)
    {
        TestMachine machine = rich.Machine;
        return new Counts(
            machine.Frames.UsedBy(FrameOwner.User),
            machine.Frames.UsedBy(FrameOwner.PageTable),
            machine.Frames.UsedBy(FrameOwner.Kernel),
            machine.Spaces.InUse + machine.AreasInUse + machine.Backups.InUse + machine.SharedObjects.InUse + machine.PhysicalRanges.InUse
                + machine.Files.InUse + machine.FileMappings.InUse,
            machine.PrivateObjects.InUse);
    }

    private static Outcome Of(Status status) => status switch
    {
        Status.Success => Outcome.Success,
        Status.OutOfMemory => Outcome.OutOfMemory,
        _ => throw new InvalidOperationException(status.ToString()),
    };

    private static Outcome Of(FaultResult result) => result switch
    {
        FaultResult.Resolved or FaultResult.Spurious => Outcome.Success,
        FaultResult.OutOfMemory => Outcome.OutOfMemory,
        _ => throw new InvalidOperationException(result.ToString()),
    };

    private static Outcome Map(AddressSpace space, PageRange range, Placement placement = Placement.Fixed, MemoryObject? memoryObject = null, VArea? storage = null)
    {
        var request = new MapRequest(range.Pages, TestMachine.ReadWrite, memoryObject) { Address = range.Start, Placement = placement, Storage = storage };
        return Of(space.Map(request, out _));
    }

    private static Outcome Move(AddressSpace space, PageRange range, ulong pages, VirtualAddress target = default)
    {
        MoveMode mode = target.Value == 0 ? MoveMode.MayMove : MoveMode.Fixed;
        return Of(space.Move(range, pages, mode, ref target));
    }

    private static Outcome MapDevice(AddressSpace space, VArea? storage = null) =>
        Of(space.MapPhysical(new PhysicalAddress(0xfd00_0000), CachePolicy.Uncached, new MapRequest(4, TestMachine.ReadWrite) { Storage = storage }, out _));

    private static Outcome MapKernelDevice(RichMachine rich) =>
        Of(rich.KernelSpace!.MapDevice(new PhysicalAddress(0xfd00_0010), 2 * Page.Size, CachePolicy.Uncached, out _));

    private static void MapForKernel(RichMachine rich)
    {
        rich.CreateKernelSpace();
        Assert.Equal(Outcome.Success, MapKernelDevice(rich));
    }

    private static VirtualAddress First(AddressSpace space)
    {
        foreach (VArea area in space)
            return area.Start;
        return default;
    }

    private static void MapOnStorage(RichMachine rich)
    {
        Assert.Equal(Outcome.Success, Map(rich.Space, Range(30, 0, 10), Placement.Fixed, rich.File, rich.Storage));
        rich.Machine.Read(rich.Space, Block(30));
    }

    private static Outcome CreateShared(RichMachine rich)
    {
        if (SharedAnonymousObject.Create(rich.Machine.Manager, 10) is not { } created)
            return Outcome.OutOfMemory;
        created.Release();
        return Outcome.Success;
    }

    private static Outcome CreateFile(RichMachine rich)
    {
        if (FileObject.Create(rich.Machine.Manager) is not { } created)
            return Outcome.OutOfMemory;
        created.Release();
        return Outcome.Success;
    }

    private static Outcome Pin(RichMachine rich)
    {
        Outcome outcome = Of(rich.Child.Pin(Block(0) + 5 * Page.Size, true, out FrameNumber frame));
        if (outcome == Outcome.Success)
            rich.Child.Unpin(frame);
        return outcome;
    }

    private static Outcome PinToRead(RichMachine rich)
    {
        Outcome outcome = Of(rich.Child.Pin(Block(0) + 5 * Page.Size, false, out FrameNumber frame));
        if (outcome == Outcome.Success)
            rich.Child.Unpin(frame);
        return outcome;
    }

    private static Outcome GetPage(RichMachine rich)
    {
        PhysicalAddress page = rich.Space.Translate(Block(4)).Physical;
        Assert.Equal(Status.Success, rich.Machine.Manager.GetPage(page));
        return Of(rich.Machine.Manager.PutPage(page));
    }

    private static void MapGuest(RichMachine rich) =>
        rich.Empty.MapAt(Block(5), 64, memoryObject: rich.Frozen.PrivateObject, offset: Block(5).Value >> Page.Shift);

    private static void FillEmpty(RichMachine rich)
    {
        for (ulong block = 30; block < 33; block++)
        {
            PageRange range = rich.Empty.MapAt(Block(block), 10);
            rich.Machine.Write(rich.Empty, range.Start, 1);
            rich.Machine.Write(rich.Empty, range.PageAt(7), 1);
        }
    }

    /// <summary>An operation, and what a refusal of memory may leave.</summary>
    private sealed record Case(Func<RichMachine, Outcome> Operation)
    {
        /// <summary>Done before.</summary>
        public Action<RichMachine>? Prepare { get; init; }

        /// <summary>Whether a failure changes nothing at all; otherwise it may have got a part of the way.</summary>
        public bool IsAtomic { get; init; } = true;

        /// <summary>Whether a page of an object may have been made when it fails: a page of zeros, as was read there before.</summary>
        public bool LeavesPage { get; init; }

        /// <summary>
        /// The most page tables that failures leave, however often: made for a page that couldn't be had then, copied where others share
        /// one, or of a 2 MiB page that was split. They show what was there before, and the next attempt needs them.
        /// </summary>
        public int TablesLeft { get; init; }

        /// <summary>Whether it allocates anything.</summary>
        public bool NeedsMemory { get; init; } = true;

        /// <summary>Whether it needs a run of frames, which it doesn't find until all memory is back.</summary>
        public bool TakesBlock { get; init; }
    }

    private readonly record struct Counts(ulong User, ulong PageTable, ulong Kernel, int Objects, int PrivateObjects);
}
