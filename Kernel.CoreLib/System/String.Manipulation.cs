using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

public sealed partial class String : IEnumerable<char>
{
    /// <summary>The characters of a new string that nobody else has seen yet.</summary>
    internal Span<char> MutableSpan => MemoryMarshal.CreateSpan(ref Unsafe.AsRef(in GetPinnableReference()), Length);

    /// <summary>A copy of characters.</summary>
    public static string Create(ReadOnlySpan<char> value) => new(value);

    /// <summary>The text of an interpolated string; the provider is ignored.</summary>
    public static string Create(IFormatProvider? provider, [InterpolatedStringHandlerArgument(nameof(provider))] ref DefaultInterpolatedStringHandler handler) =>
        handler.ToStringAndClear();

    /// <summary>A string whose characters a function fills in.</summary>
    public static string Create<TState>(int length, TState state, Buffers.SpanAction<char, TState> action) where TState : allows ref struct
    {
        if (length == 0)
            return Empty;
        string text = FastAllocateString(length);
        action(text.MutableSpan, state);
        return text;
    }

    /// <summary>Joins two strings.</summary>
    public static string Concat(string? str0, string? str1) => Concat(str0.AsSpan(), str1.AsSpan());

    /// <summary>Joins three strings.</summary>
    public static string Concat(string? str0, string? str1, string? str2) => Concat(str0.AsSpan(), str1.AsSpan(), str2.AsSpan());

    /// <summary>Joins four strings.</summary>
    public static string Concat(string? str0, string? str1, string? str2, string? str3) => Concat(str0.AsSpan(), str1.AsSpan(), str2.AsSpan(), str3.AsSpan());

    /// <summary>Joins two texts.</summary>
    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1) => Concat(str0, str1, default, default);

    /// <summary>Joins three texts.</summary>
    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2) => Concat(str0, str1, str2, default);

    /// <summary>Joins four texts.</summary>
    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2, ReadOnlySpan<char> str3)
    {
        int length = checked(str0.Length + str1.Length + str2.Length + str3.Length);
        if (length == 0)
            return Empty;
        string text = FastAllocateString(length);
        Span<char> rest = text.MutableSpan;
        str0.CopyTo(rest);
        rest = rest[str0.Length..];
        str1.CopyTo(rest);
        rest = rest[str1.Length..];
        str2.CopyTo(rest);
        str3.CopyTo(rest[str2.Length..]);
        return text;
    }

    /// <summary>Joins the texts of two objects.</summary>
    public static string Concat(object? arg0, object? arg1) => Concat(arg0?.ToString(), arg1?.ToString());

    /// <summary>Joins the texts of three objects.</summary>
    public static string Concat(object? arg0, object? arg1, object? arg2) => Concat(arg0?.ToString(), arg1?.ToString(), arg2?.ToString());

    /// <summary>Joins any number of strings.</summary>
    public static string Concat(params string?[] values) => JoinWith(default, new ReadOnlySpan<string?>(values));

    /// <summary>Joins any number of strings.</summary>
    public static string Concat(params ReadOnlySpan<string?> values) => JoinWith(default, values);

    /// <summary>Joins strings with a separator between them.</summary>
    public static string Join(string? separator, params string?[] value) => JoinWith(separator.AsSpan(), new ReadOnlySpan<string?>(value));

    /// <summary>Joins strings with a separator between them.</summary>
    public static string Join(string? separator, params ReadOnlySpan<string?> value) => JoinWith(separator.AsSpan(), value);

    /// <summary>Joins strings with a separator between them.</summary>
    public static string Join(char separator, params ReadOnlySpan<string?> value) => JoinWith(new ReadOnlySpan<char>(in separator), value);

    /// <summary>Joins the texts of values with a separator between them.</summary>
    public static string Join<T>(string? separator, IEnumerable<T> values)
    {
        var builder = new Text.StringBuilder();
        bool first = true;
        foreach (T value in values)
        {
            if (!first)
                builder.Append(separator);
            first = false;
            builder.Append(value?.ToString());
        }

        return builder.ToString();
    }

    private static string JoinWith(ReadOnlySpan<char> separator, ReadOnlySpan<string?> values)
    {
        if (values.IsEmpty)
            return Empty;
        int length = checked(separator.Length * (values.Length - 1));
        foreach (string? value in values)
            length = checked(length + (value?.Length ?? 0));
        if (length == 0)
            return Empty;
        string text = FastAllocateString(length);
        Span<char> rest = text.MutableSpan;
        for (int index = 0; index < values.Length; index++)
        {
            if (index > 0)
            {
                separator.CopyTo(rest);
                rest = rest[separator.Length..];
            }

            ReadOnlySpan<char> value = values[index].AsSpan();
            value.CopyTo(rest);
            rest = rest[value.Length..];
        }

        return text;
    }

    /// <summary>The string from a position to the end.</summary>
    public string Substring(int startIndex) => startIndex == 0 ? this : Create(this.AsSpan(startIndex));

    /// <summary>A part of the string.</summary>
    public string Substring(int startIndex, int length) => length == Length && startIndex == 0 ? this : Create(this.AsSpan(startIndex, length));

    /// <summary>Replaces every occurrence of a character.</summary>
    public string Replace(char oldChar, char newChar)
    {
        if (!Contains(oldChar))
            return this;
        string text = Create(this.AsSpan());
        text.MutableSpan.Replace(oldChar, newChar);
        return text;
    }

    /// <summary>Replaces every occurrence of a text.</summary>
    public string Replace(string oldValue, string? newValue)
    {
        if (oldValue.Length == 0)
            ThrowHelper.Argument("The text to replace is empty.");
        int count = this.AsSpan().Count(oldValue.AsSpan());
        if (count == 0)
            return this;
        ReadOnlySpan<char> replacement = newValue.AsSpan();
        int length = Length + count * (replacement.Length - oldValue.Length);
        if (length == 0)
            return Empty;
        string text = FastAllocateString(length);
        Span<char> destination = text.MutableSpan;
        ReadOnlySpan<char> rest = this.AsSpan();
        for (; count > 0; count--)
        {
            int position = rest.IndexOf(oldValue.AsSpan());
            rest[..position].CopyTo(destination);
            replacement.CopyTo(destination[position..]);
            destination = destination[(position + replacement.Length)..];
            rest = rest[(position + oldValue.Length)..];
        }

        rest.CopyTo(destination);
        return text;
    }

    /// <summary>The string without a range.</summary>
    public string Remove(int startIndex, int count) => Concat(this.AsSpan(0, startIndex), this.AsSpan(startIndex + count));

    /// <summary>The string with a text put in.</summary>
    public string Insert(int startIndex, string value) => Concat(this.AsSpan(0, startIndex), value.AsSpan(), this.AsSpan(startIndex));

    /// <summary>The string without white space around it.</summary>
    public string Trim() => Create(this.AsSpan().Trim());

    /// <summary>The string without a character around it.</summary>
    public string Trim(char trimChar) => Create(this.AsSpan().Trim(trimChar));

    /// <summary>The string without white space before it.</summary>
    public string TrimStart() => Create(this.AsSpan().TrimStart());

    /// <summary>The string without a character before it.</summary>
    public string TrimStart(char trimChar) => Create(this.AsSpan().TrimStart(trimChar));

    /// <summary>The string without white space after it.</summary>
    public string TrimEnd() => Create(this.AsSpan().TrimEnd());

    /// <summary>The string without a character after it.</summary>
    public string TrimEnd(char trimChar) => Create(this.AsSpan().TrimEnd(trimChar));

    /// <summary>Filled up on the left to a width.</summary>
    public string PadLeft(int totalWidth, char paddingChar = ' ') => Pad(totalWidth, paddingChar, totalWidth - Length);

    /// <summary>Filled up on the right to a width.</summary>
    public string PadRight(int totalWidth, char paddingChar = ' ') => Pad(totalWidth, paddingChar, 0);

    private string Pad(int totalWidth, char paddingChar, int position)
    {
        if (totalWidth <= Length)
            return this;
        string text = FastAllocateString(totalWidth);
        text.MutableSpan.Fill(paddingChar);
        this.AsSpan().CopyTo(text.MutableSpan[position..]);
        return text;
    }

    /// <summary>With a to z as A to Z. Differs from .NET: ASCII only.</summary>
    public string ToUpper() => Map(static c => char.ToUpper(c));

    /// <summary>With A to Z as a to z. Differs from .NET: ASCII only.</summary>
    public string ToLower() => Map(static c => char.ToLower(c));

    /// <inheritdoc cref="ToUpper"/>
    public string ToUpperInvariant() => ToUpper();

    /// <inheritdoc cref="ToLower"/>
    public string ToLowerInvariant() => ToLower();

    private string Map(Func<char, char> map)
    {
        string text = Create(this.AsSpan());
        foreach (ref char c in text.MutableSpan)
            c = map(c);
        return text;
    }

    /// <summary>The parts between separators. Allocates; <see cref="MemoryExtensions.Split(ReadOnlySpan{char}, char)"/> does not.</summary>
    public string[] Split(char separator, StringSplitOptions options = StringSplitOptions.None) =>
        Split(new ReadOnlySpan<char>(in separator), options);

    /// <summary>The parts between separators.</summary>
    public string[] Split(string? separator, StringSplitOptions options = StringSplitOptions.None) => Split(separator.AsSpan(), options);

    private string[] Split(ReadOnlySpan<char> separator, StringSplitOptions options)
    {
        var parts = new List<string>();
        foreach (Range range in new MemoryExtensions.SpanSplitEnumerator(this.AsSpan(), separator, options))
            parts.Add(Create(this.AsSpan()[range]));
        return parts.ToArray();
    }

    /// <summary>A new array of the characters.</summary>
    public char[] ToCharArray() => this.AsSpan().ToArray();

    /// <summary>Copies the characters.</summary>
    public void CopyTo(Span<char> destination) => this.AsSpan().CopyTo(destination);

    /// <summary>Copies the characters if they fit.</summary>
    public bool TryCopyTo(Span<char> destination) => this.AsSpan().TryCopyTo(destination);

    /// <inheritdoc/>
    public override string ToString() => this;

    /// <summary>Walks the characters through the interface; foreach over a string does not use it.</summary>
    IEnumerator<char> IEnumerable<char>.GetEnumerator()
    {
        for (int index = 0; index < Length; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<char>)this).GetEnumerator();
}
