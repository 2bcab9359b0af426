using System.Runtime.CompilerServices;

namespace System.Text;

/// <summary>A text that grows. One array; growing doubles it and does not give the old one back.</summary>
public sealed class StringBuilder
{
    private const int InitialCapacity = 16;

    private char[] _chars;
    private int _length;

    /// <summary>An empty text.</summary>
    public StringBuilder() : this(InitialCapacity)
    {
    }

    /// <summary>An empty text with room for <paramref name="capacity"/> characters.</summary>
    public StringBuilder(int capacity)
    {
        if (capacity < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(capacity));
        _chars = new char[int.Max(capacity, InitialCapacity)];
    }

    /// <summary>A copy of a string.</summary>
    public StringBuilder(string? value) : this(value?.Length ?? 0) => Append(value);

    /// <summary>Number of characters. Setting more fills up with U+0000.</summary>
    public int Length
    {
        get => _length;
        set
        {
            if (value < 0)
                ThrowHelper.ArgumentOutOfRange(nameof(value));
            EnsureCapacity(value);
            if (value > _length)
                _chars.AsSpan(_length, value - _length).Clear();
            _length = value;
        }
    }

    /// <summary>Number of characters that fit without growing.</summary>
    public int Capacity => _chars.Length;

    /// <summary>The character at a position; throws <see cref="IndexOutOfRangeException"/>.</summary>
    public char this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_length)
                ThrowHelper.IndexOutOfRange();
            return _chars[index];
        }
        set
        {
            if ((uint)index >= (uint)_length)
                ThrowHelper.IndexOutOfRange();
            _chars[index] = value;
        }
    }

    /// <summary>The text in place. Not in .NET. Valid until the builder changes.</summary>
    public ReadOnlySpan<char> AsSpan() => new(_chars, 0, _length);

    /// <summary>Makes room for at least <paramref name="capacity"/> characters.</summary>
    public int EnsureCapacity(int capacity)
    {
        if (capacity > _chars.Length)
            Array.Resize(ref _chars!, int.Max(capacity, _chars.Length * 2));
        return _chars.Length;
    }

    /// <summary>Appends a text.</summary>
    public StringBuilder Append(ReadOnlySpan<char> value)
    {
        EnsureCapacity(_length + value.Length);
        value.CopyTo(_chars.AsSpan(_length));
        _length += value.Length;
        return this;
    }

    /// <summary>Appends a string.</summary>
    public StringBuilder Append(string? value) => Append(value.AsSpan());

    /// <summary>Appends a character.</summary>
    public StringBuilder Append(char value) => Append(new ReadOnlySpan<char>(in value));

    /// <summary>Appends a character several times.</summary>
    public StringBuilder Append(char value, int repeatCount)
    {
        EnsureCapacity(_length + repeatCount);
        _chars.AsSpan(_length, repeatCount).Fill(value);
        _length += repeatCount;
        return this;
    }

    /// <summary>Appends the text of an object.</summary>
    public StringBuilder Append(object? value) => Append(value?.ToString());

    /// <summary>Appends a value by its span formatting. Differs from .NET: one generic method for all types.</summary>
    public StringBuilder Append<T>(T value) where T : struct
    {
        AppendValue(value, 0, null);
        return this;
    }

    /// <summary>Appends an interpolated string.</summary>
    public StringBuilder Append([InterpolatedStringHandlerArgument("")] ref AppendInterpolatedStringHandler handler) => this;

    /// <summary>Appends a line end.</summary>
    public StringBuilder AppendLine() => Append(Environment.NewLine);

    /// <summary>Appends a string and a line end.</summary>
    public StringBuilder AppendLine(string? value) => Append(value).AppendLine();

    /// <summary>Appends an interpolated string and a line end.</summary>
    public StringBuilder AppendLine([InterpolatedStringHandlerArgument("")] ref AppendInterpolatedStringHandler handler) => AppendLine();

    /// <summary>Appends strings with a separator between them.</summary>
    public StringBuilder AppendJoin(string? separator, params ReadOnlySpan<string?> values)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (index > 0)
                Append(separator);
            Append(values[index]);
        }

        return this;
    }

    /// <summary>Puts a string in.</summary>
    public StringBuilder Insert(int index, string? value)
    {
        if ((uint)index > (uint)_length)
            ThrowHelper.ArgumentOutOfRange(nameof(index));
        ReadOnlySpan<char> text = value.AsSpan();
        EnsureCapacity(_length + text.Length);
        _chars.AsSpan(index, _length - index).CopyTo(_chars.AsSpan(index + text.Length));
        text.CopyTo(_chars.AsSpan(index));
        _length += text.Length;
        return this;
    }

    /// <summary>Takes a range out.</summary>
    public StringBuilder Remove(int startIndex, int length)
    {
        if ((uint)startIndex > (uint)_length || (uint)length > (uint)(_length - startIndex))
            ThrowHelper.ArgumentOutOfRange(nameof(length));
        _chars.AsSpan(startIndex + length, _length - startIndex - length).CopyTo(_chars.AsSpan(startIndex));
        _length -= length;
        return this;
    }

    /// <summary>Replaces every occurrence of a character.</summary>
    public StringBuilder Replace(char oldChar, char newChar)
    {
        _chars.AsSpan(0, _length).Replace(oldChar, newChar);
        return this;
    }

    /// <summary>Replaces every occurrence of a text.</summary>
    public StringBuilder Replace(string oldValue, string? newValue)
    {
        string replaced = ToString().Replace(oldValue, newValue);
        return Clear().Append(replaced);
    }

    /// <summary>Removes everything; keeps the array.</summary>
    public StringBuilder Clear()
    {
        _length = 0;
        return this;
    }

    /// <summary>The text as a new string.</summary>
    public override string ToString() => new(AsSpan());

    /// <summary>Part of the text as a new string.</summary>
    public string ToString(int startIndex, int length) => new(AsSpan().Slice(startIndex, length));

    private void AppendValue<T>(T value, int alignment, string? format)
    {
        while (true)
        {
            var writer = new SpanTextWriter<char>(_chars, _length);
            writer.Append(value, alignment, format);
            if (!writer.IsTruncated)
            {
                _length = writer.Length;
                return;
            }

            EnsureCapacity(_chars.Length + 1);
        }
    }

    /// <summary>For the compiler: an interpolated string that goes to the end of a builder.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct AppendInterpolatedStringHandler
    {
        private readonly StringBuilder _builder;

        /// <summary>For the compiler.</summary>
        public AppendInterpolatedStringHandler(int literalLength, int formattedCount, StringBuilder stringBuilder) => _builder = stringBuilder;

        /// <summary>The text between holes.</summary>
        public void AppendLiteral(string value) => _builder.Append(value);

        /// <summary>A hole with any value.</summary>
        public void AppendFormatted<T>(T value, int alignment = 0, string? format = null) => _builder.AppendValue(value, alignment, format);

        /// <summary>A hole with a text.</summary>
        public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null)
        {
            int padding = (alignment < 0 ? -alignment : alignment) - value.Length;
            if (alignment > 0 && padding > 0)
                _builder.Append(' ', padding);
            _builder.Append(value);
            if (alignment < 0 && padding > 0)
                _builder.Append(' ', padding);
        }

        /// <summary>A hole with a string.</summary>
        public void AppendFormatted(string? value, int alignment = 0, string? format = null) => AppendFormatted(value.AsSpan(), alignment);
    }
}
