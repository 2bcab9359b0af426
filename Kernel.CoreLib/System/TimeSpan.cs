namespace System;

/// <summary>A length of time in ticks of 100 ns.</summary>
public readonly struct TimeSpan(long ticks) : IEquatable<TimeSpan>, IComparable<TimeSpan>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Ticks in a microsecond.</summary>
    public const long TicksPerMicrosecond = 10;

    /// <summary>Ticks in a millisecond.</summary>
    public const long TicksPerMillisecond = TicksPerMicrosecond * 1000;

    /// <summary>Ticks in a second.</summary>
    public const long TicksPerSecond = TicksPerMillisecond * 1000;

    /// <summary>Ticks in a minute.</summary>
    public const long TicksPerMinute = TicksPerSecond * 60;

    /// <summary>Ticks in an hour.</summary>
    public const long TicksPerHour = TicksPerMinute * 60;

    /// <summary>Ticks in a day.</summary>
    public const long TicksPerDay = TicksPerHour * 24;

    /// <summary>Nanoseconds in a tick.</summary>
    public const long NanosecondsPerTick = 100;

    private const int MaxTextLength = 32;

    /// <summary>Hours, minutes and seconds.</summary>
    public TimeSpan(int hours, int minutes, int seconds) : this(hours * TicksPerHour + minutes * TicksPerMinute + seconds * TicksPerSecond)
    {
    }

    /// <summary>Days, hours, minutes, seconds and milliseconds.</summary>
    public TimeSpan(int days, int hours, int minutes, int seconds, int milliseconds = 0)
        : this(days * TicksPerDay + hours * TicksPerHour + minutes * TicksPerMinute + seconds * TicksPerSecond + milliseconds * TicksPerMillisecond)
    {
    }

    /// <summary>No time.</summary>
    public static TimeSpan Zero => default;

    /// <summary>The longest time.</summary>
    public static TimeSpan MaxValue => new(long.MaxValue);

    /// <summary>The most negative time.</summary>
    public static TimeSpan MinValue => new(long.MinValue);

    /// <summary>All ticks.</summary>
    public long Ticks { get; } = ticks;

    /// <summary>Whole days.</summary>
    public int Days => (int)(Ticks / TicksPerDay);

    /// <summary>Whole hours of the day, -23 to 23.</summary>
    public int Hours => (int)(Ticks / TicksPerHour % 24);

    /// <summary>Whole minutes of the hour, -59 to 59.</summary>
    public int Minutes => (int)(Ticks / TicksPerMinute % 60);

    /// <summary>Whole seconds of the minute, -59 to 59.</summary>
    public int Seconds => (int)(Ticks / TicksPerSecond % 60);

    /// <summary>Whole milliseconds of the second, -999 to 999.</summary>
    public int Milliseconds => (int)(Ticks / TicksPerMillisecond % 1000);

    /// <summary>All the time in days.</summary>
    public double TotalDays => (double)Ticks / TicksPerDay;

    /// <summary>All the time in hours.</summary>
    public double TotalHours => (double)Ticks / TicksPerHour;

    /// <summary>All the time in minutes.</summary>
    public double TotalMinutes => (double)Ticks / TicksPerMinute;

    /// <summary>All the time in seconds.</summary>
    public double TotalSeconds => (double)Ticks / TicksPerSecond;

    /// <summary>All the time in milliseconds.</summary>
    public double TotalMilliseconds => (double)Ticks / TicksPerMillisecond;

    /// <summary>All the time in microseconds.</summary>
    public double TotalMicroseconds => (double)Ticks / TicksPerMicrosecond;

    /// <summary>A number of ticks.</summary>
    public static TimeSpan FromTicks(long value) => new(value);

    /// <summary>A number of microseconds.</summary>
    public static TimeSpan FromMicroseconds(long value) => new(value * TicksPerMicrosecond);

    /// <summary>A number of milliseconds.</summary>
    public static TimeSpan FromMilliseconds(long value) => new(value * TicksPerMillisecond);

    /// <summary>A number of seconds.</summary>
    public static TimeSpan FromSeconds(long value) => new(value * TicksPerSecond);

    /// <summary>A number of minutes.</summary>
    public static TimeSpan FromMinutes(long value) => new(value * TicksPerMinute);

    /// <summary>A number of hours.</summary>
    public static TimeSpan FromHours(long value) => new(value * TicksPerHour);

    /// <summary>A number of days.</summary>
    public static TimeSpan FromDays(long value) => new(value * TicksPerDay);

    /// <summary>Without the sign.</summary>
    public TimeSpan Duration() => new(Math.Abs(Ticks));

    /// <summary>Whether both are the same.</summary>
    public bool Equals(TimeSpan other) => Ticks == other.Ticks;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TimeSpan other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Ticks.GetHashCode();

    /// <summary>Shorter before longer.</summary>
    public int CompareTo(TimeSpan other) => Ticks.CompareTo(other.Ticks);

    /// <summary>[-][d.]hh:mm:ss[.fffffff].</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxTextLength];
        TryFormat(text, out int written);
        return new string(text[..written]);
    }

    /// <summary>Writes [-][d.]hh:mm:ss[.fffffff]; the format is ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        var (sign, days, fraction) = TextParts();
        return destination.TryWrite($"{sign}{days}{Field(Hours):D2}:{Field(Minutes):D2}:{Field(Seconds):D2}{fraction}", out charsWritten);
    }

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        var (sign, days, fraction) = TextParts();
        return Text.Unicode.Utf8.TryWrite(utf8Destination, $"{sign}{days}{Field(Hours):D2}:{Field(Minutes):D2}:{Field(Seconds):D2}{fraction}", out bytesWritten);
    }

    /// <summary>Adds.</summary>
    public static TimeSpan operator +(TimeSpan t1, TimeSpan t2) => new(checked(t1.Ticks + t2.Ticks));

    /// <summary>Subtracts.</summary>
    public static TimeSpan operator -(TimeSpan t1, TimeSpan t2) => new(checked(t1.Ticks - t2.Ticks));

    /// <summary>Negates.</summary>
    public static TimeSpan operator -(TimeSpan t) => new(checked(-t.Ticks));

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(TimeSpan t1, TimeSpan t2) => t1.Ticks == t2.Ticks;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(TimeSpan t1, TimeSpan t2) => t1.Ticks != t2.Ticks;

    /// <summary>Shorter.</summary>
    public static bool operator <(TimeSpan t1, TimeSpan t2) => t1.Ticks < t2.Ticks;

    /// <summary>Longer.</summary>
    public static bool operator >(TimeSpan t1, TimeSpan t2) => t1.Ticks > t2.Ticks;

    /// <summary>Not longer.</summary>
    public static bool operator <=(TimeSpan t1, TimeSpan t2) => t1.Ticks <= t2.Ticks;

    /// <summary>Not shorter.</summary>
    public static bool operator >=(TimeSpan t1, TimeSpan t2) => t1.Ticks >= t2.Ticks;

    private static int Field(int value) => value < 0 ? -value : value;

    private (string Sign, OptionalDays Days, OptionalFraction Fraction) TextParts() =>
        (Ticks < 0 ? "-" : "", new OptionalDays(Field(Days)), new OptionalFraction(Field((int)(Ticks % TicksPerSecond))));

    /// <summary>The days and a point, or nothing.</summary>
    private readonly struct OptionalDays(int days) : ISpanFormattable, IUtf8SpanFormattable
    {
        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            charsWritten = 0;
            return days == 0 || destination.TryWrite($"{days}.", out charsWritten);
        }

        public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            bytesWritten = 0;
            return days == 0 || Text.Unicode.Utf8.TryWrite(utf8Destination, $"{days}.", out bytesWritten);
        }
    }

    /// <summary>A point and seven digits, or nothing.</summary>
    private readonly struct OptionalFraction(int ticks) : ISpanFormattable, IUtf8SpanFormattable
    {
        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            charsWritten = 0;
            return ticks == 0 || destination.TryWrite($".{ticks:D7}", out charsWritten);
        }

        public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            bytesWritten = 0;
            return ticks == 0 || Text.Unicode.Utf8.TryWrite(utf8Destination, $".{ticks:D7}", out bytesWritten);
        }
    }
}
