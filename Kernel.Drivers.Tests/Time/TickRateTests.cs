using System;
using System.Numerics;
using Kernel.Drivers.Time;
using Xunit;

namespace Kernel.Drivers.Tests.Time;

public sealed class TickRateTests
{
    private const ulong TicksOfHundredYearsAt1Gigahertz = 3_155_760_000_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(1_193_182)]
    [InlineData(3_579_545)]
    [InlineData(14_318_180)]
    [InlineData(1_000_000_000)]
    [InlineData(2_596_135_127)]
    [InlineData(4_294_967_296)]
    [InlineData(5_700_000_001)]
    [InlineData(20_000_000_000)]
    public void Conversion_is_exact_to_two_units_and_never_above(ulong frequency)
    {
        var toNanoseconds = TickRate.ToNanoseconds(frequency);
        var fromNanoseconds = TickRate.FromNanoseconds(frequency);
        var random = new Random(7);
        for (int i = 0; i < 10_000; i++)
        {
            ulong amount = (ulong)random.NextInt64() >> random.Next(63);
            Check(toNanoseconds, amount, frequency, TickRate.NanosecondsPerSecond);
            Check(fromNanoseconds, amount, TickRate.NanosecondsPerSecond, frequency);
        }
    }

    [Fact]
    public void Equal_units_stay_as_they_are()
    {
        var rate = TickRate.ToNanoseconds(TickRate.NanosecondsPerSecond);
        foreach (ulong amount in new ulong[] { 0, 1, 12_345, TicksOfHundredYearsAt1Gigahertz, ulong.MaxValue })
            Assert.Equal(amount, rate.Convert(amount));
    }

    [Fact]
    public void Time_never_goes_back()
    {
        var rate = TickRate.ToNanoseconds(2_596_135_127);
        ulong last = 0;
        for (ulong ticks = TicksOfHundredYearsAt1Gigahertz; ticks < TicksOfHundredYearsAt1Gigahertz + 100_000; ticks++)
        {
            ulong now = rate.Convert(ticks);
            Assert.InRange(now, last, ulong.MaxValue);
            last = now;
        }
    }

    [Fact]
    public void What_does_not_fit_becomes_the_largest_number()
    {
        Assert.Equal(ulong.MaxValue, TickRate.ToNanoseconds(1).Convert(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, TickRate.ToNanoseconds(1_000_000).Convert(1UL << 60));
        Assert.Equal(ulong.MaxValue, TickRate.FromNanoseconds(5_000_000_000).Convert(ulong.MaxValue));
    }

    private static void Check(TickRate rate, ulong amount, ulong from, ulong to)
    {
        BigInteger exact = (BigInteger)amount * to / from;
        ulong converted = rate.Convert(amount);
        if (exact > ulong.MaxValue)
            return;
        Assert.True(converted <= exact, $"{converted} is above {exact}");
        Assert.True(exact - converted <= 2, $"{converted} is below {exact}");
    }
}
