using System;
using System.Numerics;

namespace Kernel.SelfTests.Conformance;

/// <summary>Bit operations, generic mathematics and conversions.</summary>
public static class NumericTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.numerics");
        AddBits(suite);
        AddGenericMathematics(suite);
        AddArithmetic(suite);
        return suite;
    }

    private static void AddBits(SelfTestSuite suite)
    {
        suite.Add("Bit_counts_of_every_power_of_two"u8, static () =>
        {
            for (int bit = 0; bit < 64; bit++)
            {
                ulong value = 1UL << bit;
                Check.Equal(bit, BitOperations.TrailingZeroCount(value));
                Check.Equal(bit, BitOperations.Log2(value));
                Check.Equal(63 - bit, BitOperations.LeadingZeroCount(value));
                Check.Equal(1, BitOperations.PopCount(value));
                Check.Equal(bit, BitOperations.PopCount(value - 1));
                Check.Equal(bit, BitOperations.Log2(value | (value - 1)));
                Check.True(BitOperations.IsPow2(value));
            }
        });
        suite.Add("Bit_counts_of_zero_and_all"u8, static () =>
        {
            Check.Equal(64, BitOperations.TrailingZeroCount(0UL));
            Check.Equal(32, BitOperations.TrailingZeroCount(0));
            Check.Equal(64, BitOperations.LeadingZeroCount(0UL));
            Check.Equal(32, BitOperations.LeadingZeroCount(0u));
            Check.Equal(64, BitOperations.PopCount(ulong.MaxValue));
            Check.Equal(32, BitOperations.PopCount(uint.MaxValue));
            Check.Equal(0, BitOperations.Log2(0u));
            Check.False(BitOperations.IsPow2(0));
            Check.False(BitOperations.IsPow2(-2));
        });
        suite.Add("Rotation_wraps_around"u8, static () =>
        {
            Check.Equal(0x23456781u, BitOperations.RotateLeft(0x12345678u, 4));
            Check.Equal(0x81234567u, BitOperations.RotateRight(0x12345678u, 4));
            Check.Equal(3UL, BitOperations.RotateLeft(0x8000_0000_0000_0001UL, 1));
            Check.Equal(0x12345678u, BitOperations.RotateLeft(0x12345678u, 32));
        });
        suite.Add("Rounding_up_to_a_power_of_two"u8, static () =>
        {
            Check.Equal(1u, BitOperations.RoundUpToPowerOf2(1u));
            Check.Equal(8u, BitOperations.RoundUpToPowerOf2(5u));
            Check.Equal(8u, BitOperations.RoundUpToPowerOf2(8u));
            Check.Equal(0u, BitOperations.RoundUpToPowerOf2(0x8000_0001u));
            Check.Equal(1UL << 40, BitOperations.RoundUpToPowerOf2((1UL << 39) + 1));
        });
        suite.Add("Integer_types_count_in_their_own_width"u8, static () =>
        {
            Check.Equal((byte)7, byte.LeadingZeroCount(1));
            Check.Equal((byte)8, byte.TrailingZeroCount(0));
            Check.Equal(32, int.PopCount(-1));
            Check.Equal((short)16, short.PopCount(-1));
            Check.Equal((ushort)0x3412, ushort.RotateLeft(0x1234, 8));
            Check.Equal((sbyte)-1, sbyte.RotateRight(-1, 3));
            Check.Equal(10, int.Log2(1024));
            Check.True(uint.IsPow2(4096));
        });
    }

    private static void AddGenericMathematics(SelfTestSuite suite)
    {
        suite.Add("Generic_code_calculates_with_any_integer"u8, static () =>
        {
            Check.Equal((byte)17, Polynomial<byte>(16));
            Check.Equal(273, Polynomial(16));
            Check.Equal(273UL, Polynomial(16UL));
            Check.Equal(13L, Polynomial(-4L));
            Check.Equal((nuint)273, Polynomial((nuint)16));
        });
        suite.Add("Generic_alignment_of_addresses"u8, static () =>
        {
            Check.Equal(0x3000UL, AlignUp(0x2001UL, 0x1000UL));
            Check.Equal(0x2000u, AlignUp(0x2000u, 0x1000u));
            Check.Equal((ushort)0x100, AlignUp<ushort>(0x81, 0x80));
        });
        suite.Add("Generic_comparison_respects_the_sign"u8, static () =>
        {
            Check.True(Less(-1, 1));
            Check.True(Less(1u, uint.MaxValue));
            Check.True(Less<sbyte>(-128, 127));
            Check.True(Less(1UL, ulong.MaxValue));
            Check.False(Less(1L, -1L));
        });
        suite.Add("Generic_shifts_respect_the_sign"u8, static () =>
        {
            Check.Equal(-1, ShiftRight(-2, 1));
            Check.Equal((sbyte)-64, ShiftRight<sbyte>(-128, 1));
            Check.Equal((byte)64, ShiftRight<byte>(128, 1));
            Check.Equal((sbyte)64, ShiftRightUnsigned<sbyte>(-128, 1));
            Check.Equal(0x7FFFFFFF, ShiftRightUnsigned(-1, 1));
        });
        suite.Add("Generic_limits"u8, static () =>
        {
            Check.Equal(int.MinValue, MinOf<int>());
            Check.Equal(long.MaxValue, MaxOf<long>());
            Check.Equal((byte)255, MaxOf<byte>());
            Check.Equal('\uFFFF', MaxOf<char>());
            Check.Equal(0UL, MinOf<ulong>());
        });
        suite.Add("Generic_checked_operators_overflow"u8, static () =>
        {
            Check.Equal((byte)255, CheckedAdd<byte>(250, 5));
            Check.Equal(-2, CheckedAdd(-5, 3));
            Check.Equal((sbyte)-128, CheckedAdd<sbyte>(-100, -28));
            Check.Throws<OverflowException>(static () => CheckedAdd<sbyte>(-100, -29));
            Check.Throws<OverflowException>(static () => CheckedAdd<byte>(250, 6));
            Check.Throws<OverflowException>(static () => CheckedAdd(int.MinValue, -1));
            Check.Throws<OverflowException>(static () => CheckedAdd(ulong.MaxValue, 1UL));
            Check.Throws<OverflowException>(static () => CheckedAdd(long.MaxValue, 1L));
            Check.Equal((byte)0, UncheckedAdd<byte>(250, 6));
        });
        suite.Add("Conversions_truncate_check_and_saturate"u8, static () =>
        {
            Check.Equal((byte)0x34, byte.CreateTruncating(0x1234));
            Check.Equal(0xFFFFFFFFu, uint.CreateTruncating(-1));
            Check.Equal((byte)255, byte.CreateSaturating(0x1234));
            Check.Equal((byte)0, byte.CreateSaturating(-5));
            Check.Equal((sbyte)-128, sbyte.CreateSaturating(-1000L));
            Check.Equal(int.MaxValue, int.CreateSaturating(ulong.MaxValue));
            Check.Equal(200, int.CreateChecked((byte)200));
            Check.Throws<OverflowException>(static () => sbyte.CreateChecked(200));
            Check.Throws<OverflowException>(static () => ulong.CreateChecked(-1));
            Check.Throws<OverflowException>(static () => long.CreateChecked(ulong.MaxValue));
        });
    }

    private static T Polynomial<T>(T x) where T : IBinaryInteger<T>
    {
        T one = T.One;
        T result = x * x + x;
        result++;
        return result / one - T.Zero + (one << 1) % (one + one);
    }

    private static T AlignUp<T>(T value, T alignment) where T : IBinaryInteger<T> => (value + alignment - T.One) & ~(alignment - T.One);

    private static bool Less<T>(T left, T right) where T : INumber<T> => left < right && right > left && left != right;

    private static T ShiftRight<T>(T value, int amount) where T : IBinaryInteger<T> => value >> amount;

    private static T ShiftRightUnsigned<T>(T value, int amount) where T : IBinaryInteger<T> => value >>> amount;

    private static T MinOf<T>() where T : IMinMaxValue<T> => T.MinValue;

    private static T MaxOf<T>() where T : IMinMaxValue<T> => T.MaxValue;

    private static T CheckedAdd<T>(T left, T right) where T : IBinaryInteger<T> => checked(left + right);

    private static T UncheckedAdd<T>(T left, T right) where T : IBinaryInteger<T> => unchecked(left + right);

    private static void AddArithmetic(SelfTestSuite suite)
    {
        suite.Add("Products_of_128_bits"u8, static () =>
        {
            ulong high = Math.BigMul(ulong.MaxValue, ulong.MaxValue, out ulong low);
            Check.Equal(0xFFFF_FFFF_FFFF_FFFEUL, high);
            Check.Equal(1UL, low);
            high = Math.BigMul(0x1234_5678_9ABC_DEF0UL, 0x0FED_CBA9_8765_4321UL, out low);
            Check.Equal(0x0121_FA00_AD77_D742UL, high);
            Check.Equal(0x2236_D88F_E561_8CF0UL, low);
        });
        suite.Add("Minimum_maximum_clamp_and_sign"u8, static () =>
        {
            Check.Equal(-3, Math.Min(-3, 2));
            Check.Equal(ulong.MaxValue, Math.Max(1UL, ulong.MaxValue));
            Check.Equal(5, Math.Clamp(9, 1, 5));
            Check.Equal(1, Math.Clamp(-9, 1, 5));
            Check.Equal(9, Math.Abs(-9));
            Check.Equal(-1, Math.Sign(-9L));
            Check.Throws<OverflowException>(static () => Math.Abs(int.MinValue));
            Check.Throws<ArgumentException>(static () => Math.Clamp(1, 5, 1));
        });
        suite.Add("Division_truncates_and_by_zero_throws"u8, static () =>
        {
            int zero = 0;
            Check.Equal(-2, -7 / 3);
            Check.Equal(-1, -7 % 3);
            Check.Throws<DivideByZeroException>(() => _ = 1 / zero);
            Check.Throws<DivideByZeroException>(() => _ = 1UL % (ulong)zero);
        });
        suite.Add("Floating_point_conversions"u8, static () =>
        {
            double x = 2.75;
            Check.Equal(2, (int)x);
            Check.Equal(-2, (int)-x);
            Check.Equal(2.0, Math.Floor(x));
            Check.Equal(-3.0, Math.Floor(-x));
            Check.Equal(3.0, Math.Ceiling(x));
            Check.Equal(4294967296.0, (double)(1UL << 32));
            Check.Equal(0x4006000000000000, BitConverter.DoubleToInt64Bits(x));
            Check.True(double.IsNaN(double.NaN) && !double.IsNaN(x));
            Check.Equal(1e18, (double)1_000_000_000_000_000_000UL);
        });
        suite.Add("Random_numbers_repeat_per_seed_and_stay_in_range"u8, static () =>
        {
            var a = new Random(42);
            var b = new Random(42);
            int[] seen = new int[10];
            for (int i = 0; i < 10_000; i++)
            {
                int value = a.Next(10);
                Check.Equal(value, b.Next(10));
                seen[value]++;
            }

            foreach (int count in seen)
                Check.True(count is > 800 and < 1200);
            Check.Equal(-5, a.Next(-5, -4));
            for (int i = 0; i < 100; i++)
                Check.True(a.NextInt64(long.MaxValue) >= 0);
        });
    }
}
