using System;
using Kernel.Drivers.Time;
using Xunit;

namespace Kernel.Drivers.Tests.Time;

public sealed class CivilTimeTests
{
    [Fact]
    public void Every_day_of_ten_thousand_years_agrees_with_net()
    {
        for (DateTime day = DateTime.MinValue; day < new DateTime(9999, 12, 31); day = day.AddDays(1))
        {
            long days = CivilTime.ToUnixDays(day.Year, day.Month, day.Day);
            Assert.Equal((day - DateTime.UnixEpoch).Days, days);
            Assert.Equal(new CivilTime(day.Year, day.Month, day.Day, 0, 0, 0), CivilTime.FromUnixSeconds(days * 86_400));
        }
    }

    [Fact]
    public void Random_seconds_come_back()
    {
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            long seconds = random.NextInt64(CivilTime.MinUnixSeconds, CivilTime.MaxUnixSeconds + 1);
            var time = CivilTime.FromUnixSeconds(seconds);
            DateTime expected = DateTime.UnixEpoch.AddSeconds(seconds);
            Assert.True(time.IsValid);
            Assert.Equal(
                (expected.Year, expected.Month, expected.Day, expected.Hour, expected.Minute, expected.Second),
                (time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second));
            Assert.Equal(seconds, time.ToUnixSeconds());
        }
    }

    [Theory]
    [InlineData(long.MinValue, 1)]
    [InlineData(long.MaxValue, 9999)]
    public void Seconds_out_of_range_become_the_nearest_date(long seconds, int year) =>
        Assert.Equal(year, CivilTime.FromUnixSeconds(seconds).Year);

    [Theory]
    [InlineData(2024, 2, 29, 0, true)]
    [InlineData(2023, 2, 29, 0, false)]
    [InlineData(1900, 2, 29, 0, false)]
    [InlineData(2000, 2, 29, 0, true)]
    [InlineData(2026, 4, 31, 0, false)]
    [InlineData(2026, 0, 1, 0, false)]
    [InlineData(2026, 13, 1, 0, false)]
    [InlineData(2026, 1, 1, 24, false)]
    [InlineData(0, 1, 1, 0, false)]
    public void Dates_that_do_not_exist_are_not_valid(int year, int month, int day, int hour, bool isValid) =>
        Assert.Equal(isValid, new CivilTime(year, month, day, hour, 0, 0).IsValid);
}
