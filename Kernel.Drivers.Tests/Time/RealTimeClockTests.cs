using System;
using Kernel.Drivers.Time;
using Xunit;

namespace Kernel.Drivers.Tests.Time;

public sealed class RealTimeClockTests : IDisposable
{
    private const byte CenturyIndex = 0x32;

    private readonly FakeClock _clock = new();

    public RealTimeClockTests() => Port.Device = _clock;

    public void Dispose() => Port.Device = null;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Every_hour_is_read_in_all_four_formats(bool isBinary, bool is24Hours)
    {
        for (int hour = 0; hour < 24; hour++)
        {
            var time = new CivilTime(2026, 11, 21, hour, 59, 38);
            _clock.Set(time, isBinary, is24Hours);
            Assert.True(RealTimeClock.TryRead(CenturyIndex, out CivilTime read));
            Assert.Equal(time, read);
        }
    }

    [Theory]
    [InlineData(1999, CenturyIndex, 1999)]
    [InlineData(2100, CenturyIndex, 2100)]
    [InlineData(2047, 0, 2047)]
    [InlineData(1999, 0, 2099)]
    public void Century_is_the_registers_or_this_one(int year, byte centuryIndex, int expected)
    {
        _clock.Set(new CivilTime(year, 1, 2, 3, 4, 5), false, true);
        Assert.True(RealTimeClock.TryRead(centuryIndex, out CivilTime read));
        Assert.Equal(expected, read.Year);
    }

    [Fact]
    public void Senseless_century_counts_as_this_one()
    {
        _clock.Set(new CivilTime(2026, 1, 2, 3, 4, 5), false, true);
        _clock.Registers[CenturyIndex] = 0xff;
        Assert.True(RealTimeClock.TryRead(CenturyIndex, out CivilTime read));
        Assert.Equal(2026, read.Year);
    }

    [Fact]
    public void Update_between_two_registers_is_noticed()
    {
        for (int reads = 1; reads < 20; reads++)
        {
            _clock.Set(new CivilTime(2026, 12, 31, 23, 59, 59), false, true);
            _clock.TickAfterReads(reads, new CivilTime(2027, 1, 1, 0, 0, 0));
            Assert.True(RealTimeClock.TryRead(CenturyIndex, out CivilTime read));
            Assert.True(read.Year == 2026 ? read.Second == 59 : read == new CivilTime(2027, 1, 1, 0, 0, 0), read.ToString());
        }
    }

    [Fact]
    public void Clock_that_updates_for_ever_is_no_clock()
    {
        _clock.Set(new CivilTime(2026, 1, 2, 3, 4, 5), false, true);
        _clock.Registers[0xa] = 0x80;
        Assert.False(RealTimeClock.TryRead(CenturyIndex, out _));
    }

    [Fact]
    public void Machine_without_a_clock_has_no_date()
    {
        Port.Device = null;
        Assert.False(RealTimeClock.TryRead(CenturyIndex, out _));
    }

    [Theory]
    [InlineData(0, 0x60)]
    [InlineData(2, 0x1a)]
    [InlineData(4, 0x24)]
    [InlineData(4, 0x81)]
    [InlineData(7, 0x32)]
    [InlineData(8, 0x13)]
    [InlineData(9, 0xa0)]
    public void Senseless_register_gives_no_date(byte register, byte value)
    {
        _clock.Set(new CivilTime(2026, 1, 2, 3, 4, 5), false, true);
        _clock.Registers[register] = value;
        Assert.False(RealTimeClock.TryRead(CenturyIndex, out _));
    }

    private sealed class FakeClock : IPortDevice
    {
        private byte _index;
        private int _readsToTick;
        private CivilTime _next;

        public byte[] Registers { get; } = new byte[128];

        public void Set(CivilTime time, bool isBinary, bool is24Hours)
        {
            byte Encode(int value) => (byte)(isBinary ? value : value / 10 * 16 + value % 10);
            Registers[0] = Encode(time.Second);
            Registers[2] = Encode(time.Minute);
            Registers[4] = is24Hours
                ? Encode(time.Hour)
                : (byte)(Encode(time.Hour % 12 == 0 ? 12 : time.Hour % 12) | (time.Hour >= 12 ? 0x80 : 0));
            Registers[7] = Encode(time.Day);
            Registers[8] = Encode(time.Month);
            Registers[9] = Encode(time.Year % 100);
            Registers[CenturyIndex] = Encode(time.Year / 100);
            Registers[0xa] = 0x26;
            Registers[0xb] = (byte)((isBinary ? 4 : 0) | (is24Hours ? 2 : 0));
        }

        public void TickAfterReads(int reads, CivilTime next) => (_readsToTick, _next) = (reads, next);

        public uint Read(ushort port, int bytes)
        {
            Assert.Equal((0x71, 1), (port, bytes));
            if (_readsToTick > 0 && --_readsToTick == 0)
                Set(_next, false, true);
            return Registers[_index];
        }

        public void Write(ushort port, int bytes, uint value)
        {
            Assert.Equal((0x70, 1), (port, bytes));
            Assert.True(value < 0x80);
            _index = (byte)value;
        }
    }
}
