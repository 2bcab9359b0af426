using System;
using System.Runtime.InteropServices;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public sealed unsafe class TestHardwareTests : IDisposable
{
    private static readonly PhysicalAddress s_kernelRoot = new(Page.Size);
    private static readonly PhysicalAddress s_root = new(2 * Page.Size);

    private readonly SimulatedMemory _memory = new(16 * Page.Size);
    private readonly TestHardware _hardware = new();

    public TestHardwareTests()
    {
        TestHardware.RunAs(0);
        NativeMemory.Clear(DirectMap.Pointer(s_root), (nuint)Page.Size);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void A_new_root_gets_the_kernels_half()
    {
        _hardware.PrepareRoot(s_root);
        Assert.Equal(-1, Words(s_root).IndexOfAnyExcept(0ul));

        _hardware.KernelRoot = s_kernelRoot;
        _hardware.PrepareRoot(s_root);

        Assert.Equal(256, Words(s_root).IndexOfAnyExcept(0ul));
        Assert.True(Words(s_root)[256..].SequenceEqual(Words(s_kernelRoot)[256..]));
    }

    [Fact]
    public void The_root_is_loaded_on_the_processor_that_runs()
    {
        TestHardware.RunAs(3);
        _hardware.LoadRoot(new TranslationSpace(s_root, 0));

        Assert.Equal(FaultAccess.Read, _hardware.Mmu.Access(3, new VirtualAddress(0), FaultAccess.Read, out _));
        Assert.Throws<InvalidOperationException>(() => _hardware.Mmu.Access(0, new VirtualAddress(0), FaultAccess.Read, out _));
        Assert.Equal(1, _hardware.RootLoads);
    }

    [Fact]
    public void Invalidations_are_counted()
    {
        var space = new TranslationSpace(s_root, 1);

        _hardware.Invalidate(space, 1, [new VirtualAddress(0), new VirtualAddress(Page.Size)]);
        _hardware.InvalidateKernel([new VirtualAddress(ulong.MaxValue)]);
        _hardware.Invalidate(space, 1, []);

        Assert.Equal(3, _hardware.PageInvalidations);
        Assert.Equal(1, _hardware.WholeInvalidations);
    }

    [Fact]
    public void Space_ids_are_used_when_a_test_wants_them()
    {
        Assert.False(_hardware.HasSpaceIds);
        _hardware.UsesSpaceIds = true;
        Assert.True(_hardware.HasSpaceIds);
    }

    private static ReadOnlySpan<ulong> Words(PhysicalAddress table) => new(DirectMap.Pointer(table), PageTableWalk.EntriesPerTable);
}
