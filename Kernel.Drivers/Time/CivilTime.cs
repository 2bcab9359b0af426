namespace Kernel.Drivers.Time;

/// <summary>A date of the Gregorian calendar and a time of day, in UTC.</summary>
/// <param name="Year">1 to 9999.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to the month's length.</param>
/// <param name="Hour">0 to 23.</param>
/// <param name="Minute">0 to 59.</param>
/// <param name="Second">0 to 59.</param>
public readonly record struct CivilTime(int Year, int Month, int Day, int Hour, int Minute, int Second)
{
    /// <summary>The first second that has a date here, as <see cref="ToUnixSeconds"/> counts.</summary>
    public const long MinUnixSeconds = -62_135_596_800;

    /// <summary>The last second that has a date here.</summary>
    public const long MaxUnixSeconds = 253_402_300_799;

    private const int MinYear = 1;
    private const int MaxYear = 9999;
    private const int MonthsPerYear = 12;
    private const int HoursPerDay = 24;
    private const int MinutesPerHour = 60;
    private const int SecondsPerMinute = 60;
    private const int SecondsPerDay = HoursPerDay * MinutesPerHour * SecondsPerMinute;

    private const int DaysPerYear = 365;
    private const int DaysPerEra = 146_097;
    private const int DaysPerCentury = 36_524;
    private const int DaysPerLeapCycle = 1_461;
    private const int YearsPerEra = 400;

    // Days from 1 March of year 0 to 1 January 1970.
    private const int DaysToUnixEpoch = 719_468;

    // Lengths of five months, always the same from March on.
    private const int DaysPerFiveMonths = 153;

    /// <summary>Whether there is such a date and time.</summary>
    public bool IsValid => Year is >= MinYear and <= MaxYear && Month is >= 1 and <= MonthsPerYear
        && Day >= 1 && Day <= DaysInMonth(Year, Month)
        && Hour is >= 0 and < HoursPerDay && Minute is >= 0 and < MinutesPerHour && Second is >= 0 and < SecondsPerMinute;

    /// <summary>Whether a year has 366 days.</summary>
    public static bool IsLeapYear(int year) => year % 4 == 0 && (year % 100 != 0 || year % YearsPerEra == 0);

    /// <summary>Number of days of a month.</summary>
    /// <param name="year">The year.</param>
    /// <param name="month">1 to 12.</param>
    public static int DaysInMonth(int year, int month) => month switch
    {
        2 => IsLeapYear(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Days since 1 January 1970, negative before. The algorithm is Howard Hinnant's <c>days_from_civil</c>.</summary>
    public static long ToUnixDays(int year, int month, int day)
    {
        // Years start in March here, so that the leap day is the last.
        int shifted = month <= 2 ? year - 1 : year;
        int era = (shifted >= 0 ? shifted : shifted - (YearsPerEra - 1)) / YearsPerEra;
        int yearOfEra = shifted - era * YearsPerEra;
        int monthFromMarch = (month + 9) % MonthsPerYear;
        int dayOfYear = (DaysPerFiveMonths * monthFromMarch + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * DaysPerYear + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long)era * DaysPerEra + dayOfEra - DaysToUnixEpoch;
    }

    /// <summary>Seconds since 1 January 1970, negative before.</summary>
    public long ToUnixSeconds() =>
        ToUnixDays(Year, Month, Day) * SecondsPerDay + (Hour * MinutesPerHour + Minute) * SecondsPerMinute + Second;

    /// <summary>The date and time of a second. The algorithm is Howard Hinnant's <c>civil_from_days</c>.</summary>
    /// <param name="seconds">Since 1 January 1970; brought into the range that has dates here.</param>
    public static CivilTime FromUnixSeconds(long seconds)
    {
        seconds = System.Math.Clamp(seconds, MinUnixSeconds, MaxUnixSeconds);
        long days = seconds / SecondsPerDay;
        int second = (int)(seconds % SecondsPerDay);
        if (second < 0)
        {
            second += SecondsPerDay;
            days--;
        }

        days += DaysToUnixEpoch;
        int era = (int)(days / DaysPerEra);
        int dayOfEra = (int)(days % DaysPerEra);
        int yearOfEra = (dayOfEra - dayOfEra / (DaysPerLeapCycle - 1) + dayOfEra / DaysPerCentury - dayOfEra / (DaysPerEra - 1)) / DaysPerYear;
        int dayOfYear = dayOfEra - (DaysPerYear * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / DaysPerFiveMonths;
        int day = dayOfYear - (DaysPerFiveMonths * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = yearOfEra + era * YearsPerEra + (month <= 2 ? 1 : 0);
        return new CivilTime(
            year,
            month,
            day,
            second / (MinutesPerHour * SecondsPerMinute),
            second / SecondsPerMinute % MinutesPerHour,
            second % SecondsPerMinute);
    }
}
