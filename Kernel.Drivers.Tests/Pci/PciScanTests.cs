using System.Collections.Generic;
using System.Linq;
using Kernel.Drivers.Pci;
using Xunit;

namespace Kernel.Drivers.Tests.Pci;

public sealed class PciScanTests
{
    private const uint HostBridge = 0x0600_0000;
    private const uint Bridge = 0x0604_0000;
    private const uint Network = 0x0200_0003;

    private readonly FakePci _space = new();

    [Fact]
    public void Functions_behind_bridges_follow_them()
    {
        _space.Add(0, 0, 0, 0x1237_8086, HostBridge);
        _space.Add(0, 3, 0, 0x0001_1b36, Bridge).WithHeader(1).WithSecondaryBus(1);
        _space.Add(0, 4, 0, 0x100e_8086, Network);
        _space.Add(1, 2, 0, 0x0001_1b36, Bridge).WithHeader(1).WithSecondaryBus(2);
        _space.Add(2, 31, 0, 0x100e_8086, Network);
        Assert.Equal([new(0, 0, 0), new(0, 3, 0), new(1, 2, 0), new(2, 31, 0), new(0, 4, 0)], Scan().Select(function => function.Address));
    }

    [Fact]
    public void Functions_beside_the_first_are_looked_for_only_where_they_may_be()
    {
        _space.Add(0, 1, 0, 0x7000_8086, Network).WithHeader(0x80);
        _space.Add(0, 1, 7, 0x7010_8086, Network);
        _space.Add(0, 2, 0, 0x7000_8086, Network);
        _space.Add(0, 2, 1, 0x7000_8086, Network);
        Assert.Equal([new(0, 1, 0), new(0, 1, 7), new(0, 2, 0)], Scan().Select(function => function.Address));
    }

    [Fact]
    public void Ring_of_bridges_ends()
    {
        _space.Add(0, 1, 0, 0x0001_1b36, Bridge).WithHeader(1).WithSecondaryBus(5);
        _space.Add(5, 1, 0, 0x0001_1b36, Bridge).WithHeader(1).WithSecondaryBus(5);
        _space.Add(5, 2, 0, 0x0001_1b36, Bridge).WithHeader(1).WithSecondaryBus(0);
        Assert.Equal(3, Scan().Count);
    }

    [Fact]
    public void All_roots_of_a_host_are_scanned()
    {
        _space.Add(0, 0, 0, 0x1237_8086, HostBridge).WithHeader(0x80);
        _space.Add(0, 0, 1, 0x1237_8086, HostBridge);
        _space.Add(1, 5, 0, 0x100e_8086, Network);
        Assert.Equal([new(0, 0, 0), new(0, 0, 1), new(1, 5, 0)], Scan().Select(function => function.Address));
    }

    [Fact]
    public void Function_is_described()
    {
        FakePci.Function device = _space.Add(0, 4, 0, 0x100e_8086, Network);
        device.Registers[11] = 0x1100_1af4;
        device.Registers[15] = 0x0000_010b;
        PciFunction function = Assert.Single(Scan());
        Assert.Equal((0x8086, 0x100e, 0x1100_1af4), (function.Vendor, function.Device, (int)function.Subsystem));
        Assert.Equal((2, 0, 0, 3), (function.Class, function.Subclass, function.Interface, function.Revision));
        Assert.Equal((11, 1), (function.InterruptLine, function.InterruptPin));
        Assert.False(function.IsBridge);
    }

    [Fact]
    public void Windows_are_measured_and_put_back()
    {
        FakePci.Function device = _space.Add(0, 4, 0, 0x100e_8086, Network)
            .WithWindow(0, 0xfebc_0000, 0xfffe_0000)
            .WithWindow(1, 0x0000_c001, 0x0000_ffc0)
            .WithWindow(2, 0x0000_000c, 0xc000_0000)
            .WithWindow(3, 0x0000_0080, 0xffff_ffff)
            .WithWindow(5, 0xfd00_0008, 0xff00_0000);
        uint[] before = [.. device.Registers];
        PciFunction function = Assert.Single(Scan());
        Assert.Equal(
            [
                new(BaseAddressKind.Memory32, 0xfebc_0000, 0x2_0000, false),
                new(BaseAddressKind.Port, 0xc000, 0x40, false),
                new(BaseAddressKind.Memory64, 0x80_0000_0000, 0x4000_0000, true),
                default,
                default,
                new(BaseAddressKind.Memory32, 0xfd00_0000, 0x100_0000, true),
            ],
            function.Windows.ToArray());
        Assert.Equal(before, device.Registers);
        Assert.False(_space.WasProbedWhileDecoding);
    }

    [Theory]
    [InlineData(0u, 0u, 0u, 0u, BaseAddressKind.None, 0UL, 0UL)]
    [InlineData(0x0000_0001u, 0u, 0xffff_fff1u, 0u, BaseAddressKind.Port, 0UL, 16UL)]
    [InlineData(0xe000_0004u, 1u, 0xf000_0004u, 0xffff_ffffu, BaseAddressKind.Memory64, 0x1_e000_0000UL, 0x1000_0000UL)]
    [InlineData(0x0000_0004u, 0x40u, 0x0000_0004u, 0xffff_ffc0u, BaseAddressKind.Memory64, 0x40_0000_0000UL, 0x40_0000_0000UL)]
    [InlineData(0x0000_0000u, 0u, 0xffff_fff0u, 0u, BaseAddressKind.Memory32, 0UL, 16UL)]
    [InlineData(0x0000_0004u, 0u, 0x0000_0004u, 0u, BaseAddressKind.None, 0UL, 0UL)]
    public void Window_is_decoded(uint value, uint upper, uint probe, uint upperProbe, BaseAddressKind kind, ulong start, ulong size)
    {
        var window = BaseAddress.Decode(value, upper, probe, upperProbe);
        Assert.Equal((kind, start, size), (window.Kind, window.Start, window.Size));
    }

    [Fact]
    public void Host_bridge_never_stops_decoding()
    {
        FakePci.Function bridge = _space.Add(0, 0, 0, 0x1237_8086, HostBridge).WithWindow(0, 0xfd00_0000, 0xff00_0000);
        PciFunction function = Assert.Single(Scan());
        Assert.Equal(BaseAddressKind.None, function.Windows[0].Kind);
        Assert.Equal(0xfd00_0000u, bridge.Registers[4]);
    }

    private List<PciFunction> Scan() => PciBus.Scan(_space);
}
