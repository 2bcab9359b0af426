using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>Throws the library's exceptions: a method with a throw in its body is never inlined, one with a call is.</summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    internal static void ArgumentOutOfRange(string? name = null) => throw new ArgumentOutOfRangeException(name);

    [DoesNotReturn]
    internal static void ArgumentNull(string name) => throw new ArgumentNullException(name);

    [DoesNotReturn]
    internal static void Argument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    internal static void DestinationTooShort() => throw new ArgumentException("The destination is too short.");

    [DoesNotReturn]
    internal static void IndexOutOfRange() => throw new IndexOutOfRangeException();

    [DoesNotReturn]
    internal static void InvalidOperation(string message) => throw new InvalidOperationException(message);

    [DoesNotReturn]
    internal static void CollectionEmpty() => throw new InvalidOperationException("The collection is empty.");

    [DoesNotReturn]
    internal static void CollectionChanged() => throw new InvalidOperationException("The collection changed while it was enumerated.");

    [DoesNotReturn]
    internal static int NotComparable() => throw new ArgumentException("The type does not implement IComparable<T>.");

    [DoesNotReturn]
    internal static void NotSupported() => throw new NotSupportedException();

    [DoesNotReturn]
    internal static void KeyNotFound() => throw new KeyNotFoundException();

    [DoesNotReturn]
    internal static void DuplicateKey() => throw new ArgumentException("The key is already in the dictionary.");

    [DoesNotReturn]
    internal static void Overflow() => throw new OverflowException();

    [DoesNotReturn]
    internal static void Format() => throw new FormatException();
}
