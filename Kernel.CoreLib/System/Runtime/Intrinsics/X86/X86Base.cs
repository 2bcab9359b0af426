using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics.X86;

/// <summary>Instructions that every x86-64 processor has. The compiler puts them in place of the calls.</summary>
[Intrinsic]
public abstract class X86Base
{
    /// <summary>The PAUSE instruction: eases spinning on a lock.</summary>
    public static void Pause() => Pause();

    /// <summary>The 64-bit forms.</summary>
    [Intrinsic]
    public abstract class X64
    {
        /// <summary>BSF: the position of the lowest bit set; undefined for 0.</summary>
        internal static ulong BitScanForward(ulong value) => BitScanForward(value);

        /// <summary>BSR: the position of the highest bit set; undefined for 0.</summary>
        internal static ulong BitScanReverse(ulong value) => BitScanReverse(value);

        /// <summary>DIV: a 128-bit value by a 64-bit one; faults when the quotient needs more than 64 bits.</summary>
        internal static (ulong Quotient, ulong Remainder) DivRem(ulong lower, ulong upper, ulong divisor) => DivRem(lower, upper, divisor);
    }
}
