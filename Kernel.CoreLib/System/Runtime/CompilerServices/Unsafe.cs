using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

namespace System.Runtime.CompilerServices;

/// <summary>References without checks. The compiler replaces the bodies.</summary>
public static unsafe class Unsafe
{
    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void* AsPointer<T>(ref readonly T value) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SizeOf<T>() where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [return: NotNullIfNotNull(nameof(value))]
    public static T As<T>(object? value) where T : class? => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref TTo As<TFrom, TTo>(ref TFrom source) where TFrom : allows ref struct where TTo : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Add<T>(ref T source, int elementOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Add<T>(ref T source, nint elementOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Add<T>(ref T source, nuint elementOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void* Add<T>(void* source, int elementOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T AddByteOffset<T>(ref T source, nint byteOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T AddByteOffset<T>(ref T source, nuint byteOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreSame<T>(ref readonly T left, ref readonly T right) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ByteOffset<T>(ref readonly T origin, ref readonly T target) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAddressGreaterThan<T>(ref readonly T left, ref readonly T right) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAddressLessThan<T>(ref readonly T left, ref readonly T right) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T AsRef<T>(scoped ref readonly T source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T AsRef<T>(void* source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReadUnaligned<T>(void* source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReadUnaligned<T>(ref readonly byte source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUnaligned<T>(void* destination, T value) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUnaligned<T>(ref byte destination, T value) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(void* source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(void* destination, T value) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T NullRef<T>() where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNullRef<T>(ref readonly T source) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Subtract<T>(ref T source, int elementOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T SubtractByteOffset<T>(ref T source, nint byteOffset) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SkipInit<T>(out T value) where T : allows ref struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Unbox<T>(object box) where T : struct => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTo BitCast<TFrom, TTo>(TFrom source) where TFrom : allows ref struct where TTo : allows ref struct
    {
        if (SizeOf<TFrom>() != SizeOf<TTo>())
            ThrowHelper.NotSupported();
        return *(TTo*)&source;
    }

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyBlock(void* destination, void* source, uint byteCount) => throw new PlatformNotSupportedException();

    [Intrinsic]
    [NonVersionable]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InitBlock(void* startAddress, byte value, uint byteCount) => throw new PlatformNotSupportedException();

    /// <summary>An address as an object reference.</summary>
    internal static object AsObject(void* address) => *(object*)&address;
}
