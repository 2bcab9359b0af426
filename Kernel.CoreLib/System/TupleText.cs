namespace System;

/// <summary>The text of tuples and pairs, shared so that an instantiation of those types costs little code.</summary>
internal static class TupleText
{
    internal static string Of(params ReadOnlySpan<string?> elements) => Enclose("(", ")", elements);

    internal static string OfPair(string? key, string? value) => Enclose("[", "]", [key, value]);

    private static string Enclose(string open, string close, ReadOnlySpan<string?> elements) => open + string.Join(", ", elements) + close;
}
