namespace Kernel.Drivers.Time;

/// <summary>The real-time clock's registers as they are read (Motorola MC146818A data sheet).</summary>
/// <param name="Second">Register 0.</param>
/// <param name="Minute">Register 2.</param>
/// <param name="Hour">Register 4; its highest bit is PM in the 12-hour format.</param>
/// <param name="Day">Register 7.</param>
/// <param name="Month">Register 8.</param>
/// <param name="Year">Register 9, of the century.</param>
/// <param name="Century">The register that ACPI names; 0 if there is none.</param>
/// <param name="Format">Register B.</param>
public readonly record struct ClockRegisters(byte Second, byte Minute, byte Hour, byte Day, byte Month, byte Year, byte Century, byte Format)
{
    /// <summary>In <see cref="Format"/>: the numbers are binary, not binary-coded decimal.</summary>
    public const byte IsBinary = 1 << 2;

    /// <summary>In <see cref="Format"/>: hours count to 24, not to 12.</summary>
    public const byte Is24Hours = 1 << 1;

    private const byte Afternoon = 0x80;
    private const int HoursPerHalf = 12;
    private const int YearsPerCentury = 100;

    // What a century register may hold; anything else is not a century.
    private const int FirstCentury = 19;
    private const int LastCentury = 29;
    private const int ThisCentury = 20;

    /// <summary>The date and time that the registers stand for.</summary>
    /// <returns>False if there is no such date or time.</returns>
    public bool TryDecode(out CivilTime time)
    {
        time = default;
        int hour = Decode((byte)(Hour & ~Afternoon));
        if ((Format & Is24Hours) == 0)
        {
            if (hour is < 1 or > HoursPerHalf)
                return false;
            hour = hour % HoursPerHalf + ((Hour & Afternoon) != 0 ? HoursPerHalf : 0);
        }
        else if ((Hour & Afternoon) != 0)
        {
            return false;
        }

        int century = Decode(Century);
        if (century is < FirstCentury or > LastCentury)
            century = ThisCentury;
        int year = Decode(Year);
        time = new CivilTime(century * YearsPerCentury + year, Decode(Month), Decode(Day), hour, Decode(Minute), Decode(Second));
        return year is >= 0 and < YearsPerCentury && time.IsValid;
    }

    /// <summary>A register's number; negative if it is not a number in the format.</summary>
    private int Decode(byte value)
    {
        if ((Format & IsBinary) != 0)
            return value;
        int tens = value >> 4, ones = value & 0xf;
        return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
    }
}
