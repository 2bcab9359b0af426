using System;
using System.Runtime.InteropServices;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

/// <summary>A whole machine for tests of the memory manager: memory, frames, pools, processors.</summary>
public sealed unsafe class TestMachine : IDisposable
{
    /// <summary>Reading and writing by user mode.</summary>
    public const Protection ReadWrite = Protection.Read | Protection.Write | Protection.User;

    /// <summary>Reading by user mode.</summary>
    public const Protection ReadOnly = Protection.Read | Protection.User;

    private readonly SimulatedMemory _memory;
    private readonly void* _table;
    private readonly PhysicalAddress _idleRoot;
    private readonly FrozenContent _frozen = new();

    /// <summary>A machine whose memory is all given to the frame allocator, but for frame zero.</summary>
    public TestMachine(ulong frames = 4096)
    {
        Hardware = new TestHardware { UsesSpaceIds = true };
        Mm.Hardware.Current = Hardware;
        TestHardware.RunAs(0);
        _memory = new SimulatedMemory(frames * Page.Size);
        _table = NativeMemory.AllocZeroed((nuint)(frames * (ulong)FrameTable.DescriptorSize));
        Frames = new FrameAllocator(new FrameTable(_table, new FrameNumber(frames)), 1);
        Assert.Equal(Status.Success, Frames.AddMemory(new FrameNumber(1), new FrameNumber(frames)));
        _idleRoot = Frames.AllocateZeroed(FrameOwner.Kernel)!.Value.Address;
        Manager = new MemoryManager(
            Frames,
            new MemoryPools(Spaces, Areas, PrivateObjects, Backups, SharedObjects, PhysicalRanges, Files, FileMappings),
            Frames.AllocateZeroed(FrameOwner.Kernel)!.Value);
    }

    public TestHardware Hardware { get; }

    /// <summary>The root table that a processor without a space has loaded.</summary>
    public PhysicalAddress IdleRoot => _idleRoot;

    public FrameAllocator Frames { get; }

    public MemoryManager Manager { get; }

    public ListPool<AddressSpace> Spaces { get; } = new();

    public ListPool<VArea> Areas { get; } = new();

    /// <summary>Records of vareas that are in some space; each space may keep one more.</summary>
    public int AreasInUse
    {
        get
        {
            int count = Areas.InUse;
            for (AddressSpace? space = Manager.FirstSpace; space is not null; space = space.NextSpace)
                count -= space.HasSpareArea ? 1 : 0;
            return count;
        }
    }

    public ListPool<PrivateObject> PrivateObjects { get; } = new();

    public ListPool<BackupSpace> Backups { get; } = new();

    public ListPool<SharedAnonymousObject> SharedObjects { get; } = new();

    public ListPool<PhysicalRangeObject> PhysicalRanges { get; } = new();

    public ListPool<FileObject> Files { get; } = new();

    public ListPool<FileMapping> FileMappings { get; } = new();

    public void Dispose()
    {
        NativeMemory.Free(_table);
        _memory.Dispose();
    }

    /// <summary>A space over the user half, as a process has it.</summary>
    public AddressSpace CreateSpace() => Manager.CreateSpace(PageRange.Between(new VirtualAddress(0x10000), UserEnd))!;

    /// <summary>The address after the last page of the user half but one.</summary>
    public static VirtualAddress UserEnd { get; } = new((1UL << (Page.AddressBits - 1)) - Page.Size);

    /// <summary>Maps private anonymous memory.</summary>
    public static VirtualAddress Map(AddressSpace space, ulong pages, Protection protection = ReadWrite)
    {
        Assert.Equal(Status.Success, space.Map(new MapRequest(pages, protection), out VirtualAddress address));
        return address;
    }

    /// <summary>Fails the test unless everything holds that always holds, and no frozen space has changed since it was last called.</summary>
    public void Verify()
    {
        string? problem = Manager.Verify(out ulong detail);
        Assert.True(problem is null, $"{problem} (0x{detail:x})");
        _frozen.Check(Manager);
    }

    /// <summary>Writes a byte as user mode would, with the faults that it takes.</summary>
    public void Write(AddressSpace space, VirtualAddress address, byte value)
    {
        Assert.Equal(FaultResult.Resolved, Load(space).Write(address, [value]));
        Unload(space);
    }

    /// <summary>Reads a byte as user mode would, with the faults that it takes.</summary>
    public byte Read(AddressSpace space, VirtualAddress address)
    {
        byte value = 0;
        Assert.Equal(FaultResult.Resolved, Load(space).Read(address, new Span<byte>(ref value)));
        Unload(space);
        return value;
    }

    /// <summary>Loads a space on the processor that runs this, until another is loaded or <see cref="Unload"/>.</summary>
    /// <returns>The processor, for user mode's accesses.</returns>
    public TestProcessor Load(AddressSpace space)
    {
        space.Load();
        return new TestProcessor(Hardware.Mmu, Hardware.CurrentProcessor, space.Fault);
    }

    /// <summary>Leaves this processor without a space, if it has this one: what it has cached under the space's id stays.</summary>
    public void Unload(AddressSpace space) => space.Unload(_idleRoot);
}
