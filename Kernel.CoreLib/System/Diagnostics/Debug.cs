using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Diagnostics;

/// <summary>Assertions. Unlike in .NET they stay on in every build: a kernel that found itself broken must stop.</summary>
public static class Debug
{
    /// <summary>Stops the machine unless a condition holds; the report shows the condition.</summary>
    public static void Assert(
        [DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? message = null)
    {
        if (!condition)
            Fail(message);
    }

    /// <summary>Stops the machine.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fail(string? message) => Environment.FailFast(message);
}
