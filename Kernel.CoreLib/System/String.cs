using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>Immutable UTF-16 text. The characters follow the length in the object, with a zero after them.</summary>
public sealed unsafe partial class String
{
    /// <summary>The string without characters.</summary>
    [Intrinsic]
    public static readonly string Empty = "";

    // The compiler lays out string literals like this.
    private readonly int _stringLength;
    private char _firstChar;

    /// <summary>Number of UTF-16 code units.</summary>
    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    /// <summary>A code unit; throws <see cref="IndexOutOfRangeException"/> outside the string.</summary>
    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
                ThrowHelper.IndexOutOfRange();
            return Unsafe.Add(ref _firstChar, index);
        }
    }

    /// <summary>The first code unit, or the terminating zero of the empty string.</summary>
    public ref readonly char GetPinnableReference() => ref _firstChar;

    internal ref char GetRawStringData() => ref _firstChar;

    /// <summary>A string of zeros to be filled before anybody else sees it.</summary>
    internal static string FastAllocateString(int length) =>
        length == 0 ? Empty : Unsafe.As<string>(ManagedHeap.NewArray(MethodTable.Of<string>(), length, AllocationKind.String));

    // A constructor of String is a call of the Ctor method with the same parameters: the length decides the size.

    /// <summary>A string of these characters.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(ReadOnlySpan<char> value);

    private static string Ctor(ReadOnlySpan<char> value)
    {
        string result = FastAllocateString(value.Length);
        SpanHelpers.Memmove(ref Unsafe.As<char, byte>(ref result._firstChar), ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(value)), (nuint)value.Length * sizeof(char));
        return result;
    }

    /// <summary>A string of these characters; empty for null.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[]? value);

    private static string Ctor(char[]? value) => Ctor(new ReadOnlySpan<char>(value));

    /// <summary>A string of a part of an array.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[] value, int startIndex, int length);

    private static string Ctor(char[] value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value, startIndex, length));

    /// <summary>A string of one character, repeated.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char c, int count);

    private static string Ctor(char c, int count)
    {
        if (count < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(count));
        string result = FastAllocateString(count);
        for (int i = 0; i < count; i++)
            Unsafe.Add(ref result._firstChar, i) = c;
        return result;
    }

    /// <summary>A string of the characters up to a zero; empty for null.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char* value);

    private static string Ctor(char* value)
    {
        int length = 0;
        if (value is not null)
            while (value[length] != '\0')
                length++;
        return Ctor(new ReadOnlySpan<char>(value, length));
    }

    /// <summary>The string's characters.</summary>
    public static implicit operator ReadOnlySpan<char>(string? value) =>
        value is null ? default : new ReadOnlySpan<char>(ref value._firstChar, value._stringLength);
}
