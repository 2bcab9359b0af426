using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

/// <summary>Looks at memory as other types.</summary>
public static unsafe partial class MemoryMarshal
{
    /// <summary>The first element's place, also of an empty array.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T GetArrayDataReference<T>(T[] array) => ref Unsafe.As<byte, T>(ref Unsafe.As<RawArrayData>(array).Data);

    /// <summary>The first element's place of an array of any number of dimensions.</summary>
    public static ref byte GetArrayDataReference(Array array) => ref array.FirstElement;

    /// <summary>The first element's place.</summary>
    public static ref T GetReference<T>(Span<T> span) => ref span._reference;

    /// <summary>The first element's place.</summary>
    public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span._reference;

    /// <summary>Memory from a place on. Nothing checks that there is so much.</summary>
    public static Span<T> CreateSpan<T>(scoped ref T reference, int length) => new(ref Unsafe.AsRef(in reference), length);

    /// <summary>Memory from a place on, for reading. Nothing checks that there is so much.</summary>
    public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) => new(ref Unsafe.AsRef(in reference), length);

    /// <summary>The bytes of the elements.</summary>
    public static Span<byte> AsBytes<T>(Span<T> span) where T : struct => Cast<T, byte>(span);

    /// <summary>The bytes of the elements.</summary>
    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span) where T : struct => Cast<T, byte>(span);

    /// <summary>The same memory as elements of another type; bytes at the end that don't fill an element are left out.</summary>
    public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span) where TFrom : struct where TTo : struct =>
        new(ref Unsafe.As<TFrom, TTo>(ref span._reference), CastLength<TFrom, TTo>(span.Length));

    /// <inheritdoc cref="Cast{TFrom, TTo}(Span{TFrom})"/>
    public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span) where TFrom : struct where TTo : struct =>
        new(ref Unsafe.As<TFrom, TTo>(ref span._reference), CastLength<TFrom, TTo>(span.Length));

    private static int CastLength<TFrom, TTo>(int length) =>
        checked((int)((ulong)(uint)length * (uint)Unsafe.SizeOf<TFrom>() / (uint)Unsafe.SizeOf<TTo>()));

    /// <summary>Reads a value from the beginning of bytes.</summary>
    public static T Read<T>(ReadOnlySpan<byte> source) where T : struct
    {
        if (source.Length < Unsafe.SizeOf<T>())
            ThrowHelper.ArgumentOutOfRange(nameof(source));
        return Unsafe.ReadUnaligned<T>(ref source._reference);
    }

    /// <summary>Reads a value from the beginning of bytes; false when there are too few.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> source, out T value) where T : struct
    {
        bool enough = source.Length >= Unsafe.SizeOf<T>();
        value = enough ? Unsafe.ReadUnaligned<T>(ref source._reference) : default;
        return enough;
    }

    /// <summary>Writes a value to the beginning of bytes.</summary>
    public static void Write<T>(Span<byte> destination, in T value) where T : struct
    {
        if (destination.Length < Unsafe.SizeOf<T>())
            ThrowHelper.ArgumentOutOfRange(nameof(destination));
        Unsafe.WriteUnaligned(ref destination._reference, value);
    }

    /// <summary>The beginning of bytes as a variable. Alignment is the caller's care.</summary>
    public static ref T AsRef<T>(Span<byte> span) where T : struct
    {
        if (span.Length < Unsafe.SizeOf<T>())
            ThrowHelper.ArgumentOutOfRange(nameof(span));
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    /// <inheritdoc cref="AsRef{T}(Span{byte})"/>
    public static ref readonly T AsRef<T>(ReadOnlySpan<byte> span) where T : struct
    {
        if (span.Length < Unsafe.SizeOf<T>())
            ThrowHelper.ArgumentOutOfRange(nameof(span));
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    /// <summary>Bytes up to a zero.</summary>
    public static ReadOnlySpan<byte> CreateReadOnlySpanFromNullTerminated(byte* value)
    {
        int length = 0;
        if (value is not null)
            while (value[length] != 0)
                length++;
        return new ReadOnlySpan<byte>(value, length);
    }
}
