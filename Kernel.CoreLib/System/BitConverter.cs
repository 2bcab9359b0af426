using System.Runtime.CompilerServices;

namespace System;

/// <summary>Reads the bits of one type as another. The machine is little-endian.</summary>
public static class BitConverter
{
    /// <summary>Always true on x86-64.</summary>
    public const bool IsLittleEndian = true;

    /// <summary>The bits of a double.</summary>
    public static long DoubleToInt64Bits(double value) => Unsafe.BitCast<double, long>(value);

    /// <summary>The double with these bits.</summary>
    public static double Int64BitsToDouble(long value) => Unsafe.BitCast<long, double>(value);

    /// <summary>The bits of a double.</summary>
    public static ulong DoubleToUInt64Bits(double value) => Unsafe.BitCast<double, ulong>(value);

    /// <summary>The double with these bits.</summary>
    public static double UInt64BitsToDouble(ulong value) => Unsafe.BitCast<ulong, double>(value);

    /// <summary>The bits of a float.</summary>
    public static int SingleToInt32Bits(float value) => Unsafe.BitCast<float, int>(value);

    /// <summary>The float with these bits.</summary>
    public static float Int32BitsToSingle(int value) => Unsafe.BitCast<int, float>(value);
}
