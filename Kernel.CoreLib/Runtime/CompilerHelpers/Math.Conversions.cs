namespace System;

// Checked conversions that compiled code calls: ilc finds the methods by name. The bounds are the nearest doubles
// outside of the results' ranges.
public static partial class Math
{
    private const double PowerOf31 = 2147483648.0;
    private const double PowerOf32 = 4294967296.0;
    private const double PowerOf63 = 9223372036854775808.0;
    private const double PowerOf64 = 18446744073709551616.0;

    private static int ConvertToInt32Checked(double value)
    {
        if (!(value > -PowerOf31 - 1 && value < PowerOf31))
            ThrowHelper.Overflow();
        return (int)value;
    }

    private static uint ConvertToUInt32Checked(double value)
    {
        if (!(value > -1 && value < PowerOf32))
            ThrowHelper.Overflow();
        return (uint)(long)value;
    }

    private static long ConvertToInt64Checked(double value)
    {
        if (!(value >= -PowerOf63 && value < PowerOf63))
            ThrowHelper.Overflow();
        return (long)value;
    }

    private static ulong ConvertToUInt64Checked(double value)
    {
        if (!(value > -1 && value < PowerOf64))
            ThrowHelper.Overflow();
        return (ulong)value;
    }
}
