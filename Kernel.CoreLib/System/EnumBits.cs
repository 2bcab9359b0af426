using System.Runtime.CompilerServices;

namespace System;

/// <summary>Reads an enum's integer in generic code without boxing.</summary>
internal static unsafe class EnumBits
{
    /// <summary>The integer if <typeparamref name="T"/> is an enum, sign-extended to 64 bits when its type is signed.</summary>
    internal static bool TryRead<T>(T value, out ulong bits, out bool signed)
    {
        MethodTable* type = MethodTable.Of<T>();
        bits = 0;
        signed = false;
        if (!type->IsValueType || type->BaseType != MethodTable.Of<Enum>())
            return false;
        bits = Of(value, out signed);
        return true;
    }

    /// <summary>The integer of an enum, sign-extended to 64 bits when its type is signed.</summary>
    internal static ulong Of<T>(T value, out bool signed)
    {
        ElementType type = MethodTable.Of<T>()->ElementType;
        signed = type is ElementType.SByte or ElementType.Int16 or ElementType.Int32 or ElementType.Int64;
        return Unsafe.SizeOf<T>() switch
        {
            sizeof(byte) => signed ? (ulong)Unsafe.As<T, sbyte>(ref value) : Unsafe.As<T, byte>(ref value),
            sizeof(ushort) => signed ? (ulong)Unsafe.As<T, short>(ref value) : Unsafe.As<T, ushort>(ref value),
            sizeof(uint) => signed ? (ulong)Unsafe.As<T, int>(ref value) : Unsafe.As<T, uint>(ref value),
            _ => Unsafe.As<T, ulong>(ref value),
        };
    }

    /// <inheritdoc cref="Of{T}(T, out bool)"/>
    internal static ulong Of<T>(T value) => Of(value, out _);
}
