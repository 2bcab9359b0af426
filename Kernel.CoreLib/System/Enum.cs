using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The base of all enums.</summary>
/// <remarks>There is no reflection: names of members are not known at run time, so an enum's text is its number.</remarks>
public abstract unsafe class Enum : ValueType
{
    /// <summary>Whether both are of the same enum type and value.</summary>
    public override bool Equals(object? obj) => obj is not null && obj.TypeTable == TypeTable && ToUInt64() == Unsafe.As<Enum>(obj).ToUInt64();

    /// <summary>The underlying value, folded to 32 bits.</summary>
    public override int GetHashCode()
    {
        ulong value = ToUInt64();
        return (int)value ^ (int)(value >> 32);
    }

    /// <summary>Whether all bits of <paramref name="flag"/> are set.</summary>
    [Intrinsic]
    public bool HasFlag(Enum flag)
    {
        if (flag.TypeTable != TypeTable)
            ThrowHelper.Argument("The flag is of another enum type.");
        ulong bits = flag.ToUInt64();
        return (ToUInt64() & bits) == bits;
    }

    /// <summary>The underlying value, sign-extended to 64 bits when the underlying type is signed.</summary>
    internal ulong ToUInt64()
    {
        ref byte data = ref RawData;
        return TypeTable->ElementType switch
        {
            ElementType.SByte => (ulong)Unsafe.As<byte, sbyte>(ref data),
            ElementType.Byte or ElementType.Boolean => data,
            ElementType.Int16 => (ulong)Unsafe.As<byte, short>(ref data),
            ElementType.UInt16 or ElementType.Char => Unsafe.As<byte, ushort>(ref data),
            ElementType.Int32 => (ulong)Unsafe.As<byte, int>(ref data),
            ElementType.UInt32 => Unsafe.As<byte, uint>(ref data),
            _ => Unsafe.As<byte, ulong>(ref data),
        };
    }

    /// <summary>The number in decimal.</summary>
    public override string ToString()
    {
        ulong value = ToUInt64();
        bool negative = TypeTable->ElementType is ElementType.SByte or ElementType.Int16 or ElementType.Int32 or ElementType.Int64 && (long)value < 0;
        return DecimalText.Of(negative ? 0 - value : value, negative);
    }
}
