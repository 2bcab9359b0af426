using System.Runtime.InteropServices;
using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>What compilers call, and questions about types that are answered when code is compiled.</summary>
public static unsafe partial class RuntimeHelpers
{
    /// <summary>Distance from a string's start to its first character, in bytes.</summary>
    public static int OffsetToStringData => ObjectLayout.MethodTablePointerSize + sizeof(int);

    /// <summary>Whether a type is a reference or has fields that are.</summary>
    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>() where T : allows ref struct => throw new PlatformNotSupportedException();

    /// <summary>Whether equal values of a type are equal as bytes, as far as the compiler knows.</summary>
    [Intrinsic]
    internal static bool IsBitwiseEquatable<T>() => false;

    /// <summary>Whether the compiler knows the value.</summary>
    [Intrinsic]
    internal static bool IsKnownConstant(string? value) => false;

    /// <inheritdoc cref="IsKnownConstant(string)"/>
    [Intrinsic]
    internal static bool IsKnownConstant(char value) => false;

    /// <inheritdoc cref="IsKnownConstant(string)"/>
    [Intrinsic]
    internal static bool IsKnownConstant<T>(T value) where T : struct => false;

    /// <summary>The constant behind a <c>{ 1, 2, 3 }</c>. The compiler replaces the call.</summary>
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle) => throw new PlatformNotSupportedException();

    /// <summary>Fills an array with a constant. The compiler replaces the call.</summary>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) => throw new PlatformNotSupportedException();

    /// <summary>A part of an array in a new one.</summary>
    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        ArgumentNullException.ThrowIfNull(array);
        int start = range.Start.GetOffset(array.Length);
        int end = range.End.GetOffset(array.Length);
        if ((uint)end > (uint)array.Length || (uint)start > (uint)end)
            ThrowHelper.ArgumentOutOfRange(nameof(range));
        T[] part = new T[end - start];
        SpanHelpers.Memmove(ref MemoryMarshal.GetArrayDataReference(part), ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), start), (nuint)(end - start));
        return part;
    }

    /// <summary>A number that belongs to the object as long as it lives; zero for null.</summary>
    public static int GetHashCode(object? o) => o is null ? 0 : ObjectHeader.GetHashCode(o);

    /// <summary>Whether both are the same object or equal boxed values of one type.</summary>
    public new static bool Equals(object? o1, object? o2) => object.ReferenceEquals(o1, o2);

    /// <summary>Enough stack is the kernel's care: guard pages catch what is not.</summary>
    public static void EnsureSufficientExecutionStack()
    {
    }

    internal static void RequireExactElementType<T>(T[] array)
    {
        if (array.TypeTable != MethodTable.Of<T[]>())
            ThrowMismatch();
    }

    [Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void ThrowMismatch() => throw new ArrayTypeMismatchException();
}
