using System;
using System.Collections.Generic;
using Kernel.Drivers.Interrupts;
using Xunit;

namespace Kernel.Drivers.Tests.Interrupts;

public sealed class LegacyControllerTests : IDisposable
{
    private readonly FakeControllers _chips = new();

    public LegacyControllerTests()
    {
        Port.Device = _chips;
        LegacyController.Initialize();
    }

    public void Dispose() => Port.Device = null;

    [Fact]
    public void Controllers_start_away_from_exceptions_with_everything_masked()
    {
        Assert.Equal(
            [(0x20, 0x11), (0xa0, 0x11), (0x21, 0x20), (0xa1, 0x28), (0x21, 4), (0xa1, 2), (0x21, 1), (0xa1, 1), (0x21, 0xff), (0xa1, 0xff)],
            _chips.Written);
    }

    [Fact]
    public void Second_controller_is_let_through_while_it_has_something_to_say()
    {
        LegacyController.SetMask(12, false);
        Assert.Equal((0xfb, 0xef), (_chips.PrimaryMask, _chips.SecondaryMask));
        LegacyController.SetMask(1, false);
        Assert.Equal((0xf9, 0xef), (_chips.PrimaryMask, _chips.SecondaryMask));
        LegacyController.SetMask(12, true);
        Assert.Equal((0xfd, 0xff), (_chips.PrimaryMask, _chips.SecondaryMask));
        LegacyController.SetMask(1, true);
        Assert.True(LegacyController.IsMasked(1));
    }

    [Theory]
    [InlineData(4, true, 1, 0)]
    [InlineData(7, true, 1, 0)]
    [InlineData(7, false, 0, 0)]
    [InlineData(12, true, 1, 1)]
    [InlineData(15, true, 1, 1)]
    [InlineData(15, false, 1, 0)]
    public void Spurious_interrupts_are_not_ended(byte request, bool isInService, int primaryEnds, int secondaryEnds)
    {
        _chips.Written.Clear();
        _chips.InService = isInService ? (byte)(1 << (request & 7)) : (byte)0;
        LegacyController.EndOfInterrupt(request);
        Assert.Equal(primaryEnds, _chips.Written.FindAll(write => write == (0x20, 0x20)).Count);
        Assert.Equal(secondaryEnds, _chips.Written.FindAll(write => write == (0xa0, 0x20)).Count);
    }

    private sealed class FakeControllers : IPortDevice
    {
        public List<(int Port, int Value)> Written { get; } = [];

        public byte PrimaryMask { get; private set; }

        public byte SecondaryMask { get; private set; }

        public byte InService { get; set; }

        public uint Read(ushort port, int bytes)
        {
            Assert.True(port is 0x20 or 0xa0);
            Assert.Equal((port, 0x0b), Written[^1]);
            return InService;
        }

        public void Write(ushort port, int bytes, uint value)
        {
            Written.Add((port, (int)value));
            if (port == 0x21)
                PrimaryMask = (byte)value;
            else if (port == 0xa1)
                SecondaryMask = (byte)value;
        }
    }
}
