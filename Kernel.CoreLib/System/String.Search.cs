namespace System;

public sealed partial class String
{
    /// <summary>Whether the character occurs.</summary>
    public bool Contains(char value) => this.AsSpan().Contains(value);

    /// <summary>Whether the text occurs.</summary>
    public bool Contains(string value) => IndexOf(value) >= 0;

    /// <summary>Whether the text occurs under the comparison.</summary>
    public bool Contains(string value, StringComparison comparisonType) => IndexOf(value, comparisonType) >= 0;

    /// <summary>Whether the first character is this one.</summary>
    public bool StartsWith(char value) => Length > 0 && this[0] == value;

    /// <summary>Whether the string starts with the text. Differs from .NET: ordinal, not by culture.</summary>
    public bool StartsWith(string value) => this.AsSpan().StartsWith(value.AsSpan());

    /// <summary>Whether the string starts with the text under the comparison.</summary>
    public bool StartsWith(string value, StringComparison comparisonType) => this.AsSpan().StartsWith(value.AsSpan(), comparisonType);

    /// <summary>Whether the last character is this one.</summary>
    public bool EndsWith(char value) => Length > 0 && this[^1] == value;

    /// <summary>Whether the string ends with the text. Differs from .NET: ordinal, not by culture.</summary>
    public bool EndsWith(string value) => this.AsSpan().EndsWith(value.AsSpan());

    /// <summary>Whether the string ends with the text under the comparison.</summary>
    public bool EndsWith(string value, StringComparison comparisonType) => this.AsSpan().EndsWith(value.AsSpan(), comparisonType);

    /// <summary>Position of the first occurrence, or -1.</summary>
    public int IndexOf(char value) => this.AsSpan().IndexOf(value);

    /// <summary>Position of the first occurrence from <paramref name="startIndex"/> on, or -1.</summary>
    public int IndexOf(char value, int startIndex) => From(startIndex, this.AsSpan(startIndex).IndexOf(value));

    /// <summary>Position of the first occurrence, or -1. Differs from .NET: ordinal, not by culture.</summary>
    public int IndexOf(string value) => this.AsSpan().IndexOf(value.AsSpan());

    /// <summary>Position of the first occurrence from <paramref name="startIndex"/> on, or -1.</summary>
    public int IndexOf(string value, int startIndex) => From(startIndex, this.AsSpan(startIndex).IndexOf(value.AsSpan()));

    /// <summary>Position of the first occurrence under the comparison, or -1.</summary>
    public int IndexOf(string value, StringComparison comparisonType) => this.AsSpan().IndexOf(value.AsSpan(), comparisonType);

    /// <summary>Position of the first of several characters, or -1.</summary>
    public int IndexOfAny(params ReadOnlySpan<char> anyOf) => this.AsSpan().IndexOfAny(anyOf);

    /// <summary>Position of the last occurrence, or -1.</summary>
    public int LastIndexOf(char value) => this.AsSpan().LastIndexOf(value);

    /// <summary>Position of the last occurrence, or -1. Differs from .NET: ordinal, not by culture.</summary>
    public int LastIndexOf(string value) => this.AsSpan().LastIndexOf(value.AsSpan());

    private static int From(int startIndex, int position) => position < 0 ? position : startIndex + position;
}
