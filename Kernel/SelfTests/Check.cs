using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests;

/// <summary>A self-test found something wrong.</summary>
public sealed class CheckFailedException(string message, string file, int line) : Exception(message)
{
    /// <summary>The source file of the check, relative to the repository.</summary>
    public string File { get; } = file;

    /// <summary>The line of the check.</summary>
    public int Line { get; } = line;
}

/// <summary>What self-tests expect; file and line say where. Every method throws <see cref="CheckFailedException"/> when it isn't so.</summary>
public static class Check
{
    /// <summary>A condition holds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void True(
        bool condition,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
            Fail("expected true, found false", file, line);
    }

    /// <summary>A condition does not hold.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void False(
        bool condition,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (condition)
            Fail("expected false, found true", file, line);
    }

    /// <summary>Two integers are equal.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Equal(
        long expected,
        long actual,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (expected != actual)
            Fail($"expected {expected}, found {actual}", file, line);
    }

    /// <summary>Two unsigned integers are equal.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Equal(
        ulong expected,
        ulong actual,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (expected != actual)
            Fail($"expected 0x{expected:x}, found 0x{actual:x}", file, line);
    }

    /// <summary>Two strings have the same characters.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Equal(
        string? expected,
        string? actual,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (expected != actual)
            Fail($"expected \"{expected}\", found \"{actual}\"", file, line);
    }

    /// <summary>Two values are equal by their type's own equality.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Equal<T>(
        T expected,
        T actual,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            FailDifferent(expected?.ToString(), actual?.ToString(), file, line);
    }

    /// <summary>Two spans have equal elements in the same order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SequenceEqual<T>(
        ReadOnlySpan<T> expected,
        ReadOnlySpan<T> actual,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        Equal(expected.Length, actual.Length, file, line);
        for (int i = 0; i < expected.Length; i++)
            if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
                Fail($"element {i} differs", file, line);
    }

    /// <summary>The action throws exactly this kind of exception.</summary>
    /// <returns>The exception.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TException Throws<TException>(
        Action action,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException exception)
        {
            return exception;
        }
        throw new CheckFailedException("nothing was thrown", file, line);
    }

    // Out of the generic methods, so that they stay small: the image holds one copy for every type.
    private static void FailDifferent(string? expected, string? actual, string file, int line) =>
        Fail($"expected {expected}, found {actual}", file, line);

    /// <summary>Fails always.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fail(string message, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        throw new CheckFailedException(message, file, line);
}
