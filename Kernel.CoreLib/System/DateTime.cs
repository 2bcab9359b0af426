namespace System;

/// <summary>A date and time of the Gregorian calendar in UTC, in ticks of 100 ns since the start of the year 1.</summary>
/// <remarks>Differs from .NET: there are no time zones and no kinds, no current time (ask the kernel's clock) and one text form.</remarks>
public readonly struct DateTime : IEquatable<DateTime>, IComparable<DateTime>, ISpanFormattable, IUtf8SpanFormattable
{
    private const int DaysPerYear = 365;
    private const int YearsPerCycle = 400;
    private const int DaysPerCycle = DaysPerYear * YearsPerCycle + 97;
    private const int MonthsPerYear = 12;
    private const int LastYear = 9999;
    private const int DaysPerWeek = 7;
    private const long DaysToYear10000 = 3652059;
    private const long MaxTicks = DaysToYear10000 * TimeSpan.TicksPerDay - 1;
    private const int TextLength = 19;

    /// <summary>Ticks since the start of the year 1; throws <see cref="ArgumentOutOfRangeException"/> beyond the year 9999.</summary>
    public DateTime(long ticks)
    {
        if ((ulong)ticks > (ulong)MaxTicks)
            ThrowHelper.ArgumentOutOfRange(nameof(ticks));
        Ticks = ticks;
    }

    /// <summary>A date and time of day; throws <see cref="ArgumentOutOfRangeException"/> when there is no such.</summary>
    public DateTime(int year, int month, int day, int hour = 0, int minute = 0, int second = 0)
    {
        if (day < 1 || day > DaysInMonth(year, month) || (uint)hour >= 24 || (uint)minute >= 60 || (uint)second >= 60)
            ThrowHelper.ArgumentOutOfRange();
        Ticks = DayNumber(year, month, day) * TimeSpan.TicksPerDay + hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute + second * TimeSpan.TicksPerSecond;
    }

    /// <summary>The start of 1970.</summary>
    public static DateTime UnixEpoch => new(1970, 1, 1);

    /// <summary>The start of the year 1.</summary>
    public static DateTime MinValue => default;

    /// <summary>The last tick of the year 9999.</summary>
    public static DateTime MaxValue => new(MaxTicks);

    /// <summary>Ticks since the start of the year 1.</summary>
    public long Ticks { get; }

    /// <summary>1 to 9999.</summary>
    public int Year => DateParts().Year;

    /// <summary>1 to 12.</summary>
    public int Month => DateParts().Month;

    /// <summary>1 to 31.</summary>
    public int Day => DateParts().Day;

    /// <summary>0 to 23.</summary>
    public int Hour => TimeOfDay.Hours;

    /// <summary>0 to 59.</summary>
    public int Minute => TimeOfDay.Minutes;

    /// <summary>0 to 59.</summary>
    public int Second => TimeOfDay.Seconds;

    /// <summary>0 to 999.</summary>
    public int Millisecond => TimeOfDay.Milliseconds;

    /// <summary>1 to 366.</summary>
    public int DayOfYear => (int)(Ticks / TimeSpan.TicksPerDay - DayNumber(Year, 1, 1)) + 1;

    /// <summary>The day of the week.</summary>
    public DayOfWeek DayOfWeek => (DayOfWeek)((Ticks / TimeSpan.TicksPerDay + (int)DayOfWeek.Monday) % DaysPerWeek);

    /// <summary>The time since midnight.</summary>
    public TimeSpan TimeOfDay => new(Ticks % TimeSpan.TicksPerDay);

    /// <summary>Midnight of the day.</summary>
    public DateTime Date => new(Ticks - Ticks % TimeSpan.TicksPerDay);

    /// <summary>Whole seconds since the start of 1970. Not in .NET.</summary>
    public long UnixSeconds => (Ticks - UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>A number of seconds since the start of 1970. Not in .NET.</summary>
    public static DateTime FromUnixSeconds(long seconds) => UnixEpoch + TimeSpan.FromSeconds(seconds);

    /// <summary>Whether the year has a 29 February.</summary>
    public static bool IsLeapYear(int year) => year % 4 == 0 && (year % 100 != 0 || year % YearsPerCycle == 0);

    /// <summary>Number of days of a month; throws <see cref="ArgumentOutOfRangeException"/>.</summary>
    public static int DaysInMonth(int year, int month)
    {
        if (year is < 1 or > LastYear || month is < 1 or > MonthsPerYear)
            ThrowHelper.ArgumentOutOfRange();
        return month switch
        {
            2 => IsLeapYear(year) ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };
    }

    /// <summary>Later by a time.</summary>
    public DateTime Add(TimeSpan value) => this + value;

    /// <summary>Later by ticks.</summary>
    public DateTime AddTicks(long value) => new(checked(Ticks + value));

    /// <summary>Later by milliseconds.</summary>
    public DateTime AddMilliseconds(long value) => AddTicks(value * TimeSpan.TicksPerMillisecond);

    /// <summary>Later by seconds.</summary>
    public DateTime AddSeconds(long value) => AddTicks(value * TimeSpan.TicksPerSecond);

    /// <summary>Later by minutes.</summary>
    public DateTime AddMinutes(long value) => AddTicks(value * TimeSpan.TicksPerMinute);

    /// <summary>Later by hours.</summary>
    public DateTime AddHours(long value) => AddTicks(value * TimeSpan.TicksPerHour);

    /// <summary>Later by days.</summary>
    public DateTime AddDays(long value) => AddTicks(value * TimeSpan.TicksPerDay);

    /// <summary>Whether both are the same.</summary>
    public bool Equals(DateTime other) => Ticks == other.Ticks;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DateTime other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Ticks.GetHashCode();

    /// <summary>Earlier before later.</summary>
    public int CompareTo(DateTime other) => Ticks.CompareTo(other.Ticks);

    /// <summary>yyyy-MM-dd HH:mm:ss.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[TextLength];
        TryFormat(text, out int written);
        return new string(text[..written]);
    }

    /// <summary>Writes yyyy-MM-dd HH:mm:ss; the format is ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        destination.TryWrite($"{Year:D4}-{Month:D2}-{Day:D2} {Hour:D2}:{Minute:D2}:{Second:D2}", out charsWritten);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Text.Unicode.Utf8.TryWrite(utf8Destination, $"{Year:D4}-{Month:D2}-{Day:D2} {Hour:D2}:{Minute:D2}:{Second:D2}", out bytesWritten);

    /// <summary>Later by a time.</summary>
    public static DateTime operator +(DateTime d, TimeSpan t) => d.AddTicks(t.Ticks);

    /// <summary>Earlier by a time.</summary>
    public static DateTime operator -(DateTime d, TimeSpan t) => d.AddTicks(-t.Ticks);

    /// <summary>The time between both.</summary>
    public static TimeSpan operator -(DateTime d1, DateTime d2) => new(d1.Ticks - d2.Ticks);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(DateTime d1, DateTime d2) => d1.Ticks == d2.Ticks;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(DateTime d1, DateTime d2) => d1.Ticks != d2.Ticks;

    /// <summary>Earlier.</summary>
    public static bool operator <(DateTime d1, DateTime d2) => d1.Ticks < d2.Ticks;

    /// <summary>Later.</summary>
    public static bool operator >(DateTime d1, DateTime d2) => d1.Ticks > d2.Ticks;

    /// <summary>Not later.</summary>
    public static bool operator <=(DateTime d1, DateTime d2) => d1.Ticks <= d2.Ticks;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(DateTime d1, DateTime d2) => d1.Ticks >= d2.Ticks;

    /// <summary>Days since the start of the year 1.</summary>
    private static long DayNumber(int year, int month, int day)
    {
        int years = year - 1;
        long days = (long)years * DaysPerYear + years / 4 - years / 100 + years / YearsPerCycle;
        for (int earlier = 1; earlier < month; earlier++)
            days += DaysInMonth(year, earlier);
        return days + day - 1;
    }

    private (int Year, int Month, int Day) DateParts()
    {
        int days = (int)(Ticks / TimeSpan.TicksPerDay);
        // The average length of a year guesses the year or the one before it.
        int year = int.Min((int)((long)days * YearsPerCycle / DaysPerCycle) + 1, LastYear);
        while (year > 1 && DayNumber(year, 1, 1) > days)
            year--;
        while (year < LastYear && DayNumber(year + 1, 1, 1) <= days)
            year++;
        days -= (int)DayNumber(year, 1, 1);
        int month = 1;
        for (int length = DaysInMonth(year, month); days >= length; length = DaysInMonth(year, month))
        {
            days -= length;
            month++;
        }

        return (year, month, days + 1);
    }
}
