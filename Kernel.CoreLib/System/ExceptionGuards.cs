using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The argument checks that .NET has on its exception types, such as <c>ArgumentOutOfRangeException.ThrowIfNegative(count)</c>.</summary>
public static class ExceptionGuards
{
    extension(ArgumentOutOfRangeException)
    {
        /// <summary>Throws if the value is below zero.</summary>
        public static void ThrowIfNegative<T>(T value, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : INumberBase<T> =>
            ThrowIf(T.IsNegative(value), paramName);

        /// <summary>Throws if the value is zero.</summary>
        public static void ThrowIfZero<T>(T value, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : INumberBase<T> =>
            ThrowIf(T.IsZero(value), paramName);

        /// <summary>Throws if the value is zero or below.</summary>
        public static void ThrowIfNegativeOrZero<T>(T value, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : INumberBase<T> =>
            ThrowIf(T.IsNegative(value) || T.IsZero(value), paramName);

        /// <summary>Throws if the value is above another.</summary>
        public static void ThrowIfGreaterThan<T>(T value, T other, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : IComparable<T> =>
            ThrowIf(value.CompareTo(other) > 0, paramName);

        /// <summary>Throws if the value is another or above it.</summary>
        public static void ThrowIfGreaterThanOrEqual<T>(T value, T other, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : IComparable<T> =>
            ThrowIf(value.CompareTo(other) >= 0, paramName);

        /// <summary>Throws if the value is below another.</summary>
        public static void ThrowIfLessThan<T>(T value, T other, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : IComparable<T> =>
            ThrowIf(value.CompareTo(other) < 0, paramName);

        /// <summary>Throws if the value is another or below it.</summary>
        public static void ThrowIfLessThanOrEqual<T>(T value, T other, [CallerArgumentExpression(nameof(value))] string? paramName = null) where T : IComparable<T> =>
            ThrowIf(value.CompareTo(other) <= 0, paramName);
    }

    extension(ArgumentException)
    {
        /// <summary>Throws if the string is null or empty.</summary>
        public static void ThrowIfNullOrEmpty([NotNull] string? argument, [CallerArgumentExpression(nameof(argument))] string? paramName = null)
        {
            ArgumentNullException.ThrowIfNull(argument, paramName);
            if (argument.Length == 0)
                ThrowHelper.Argument("The string is empty.");
        }
    }

    extension(ObjectDisposedException)
    {
        /// <summary>Throws if the condition holds.</summary>
        public static void ThrowIf([DoesNotReturnIf(true)] bool condition, object instance)
        {
            if (condition)
                throw new ObjectDisposedException(instance.GetType().ToString());
        }
    }

    private static void ThrowIf(bool condition, string? paramName)
    {
        if (condition)
            ThrowHelper.ArgumentOutOfRange(paramName);
    }
}
