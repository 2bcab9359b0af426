using System.Buffers;
using System.Text.Unicode;

namespace System.Text;

/// <summary>A Unicode scalar value: any code point that is no surrogate.</summary>
public readonly struct Rune : IEquatable<Rune>, IComparable<Rune>, ISpanFormattable, IUtf8SpanFormattable
{
    private const int MaxValue = 0x10FFFF;
    private const int FirstTwoByte = 0x80;
    private const int FirstThreeByte = 0x800;
    private const int FirstSupplementary = 0x10000;
    private const int ContinuationBits = 6;
    private const int ContinuationValueMask = 0x3F;
    private const int ContinuationMark = 0x80;
    private const int TwoByteMark = 0xC0;
    private const int ThreeByteMark = 0xE0;
    private const int FourByteMark = 0xF0;
    private const int FirstInvalidLead = 0xF8;
    private const int SurrogateBits = 10;
    private const int SurrogateValueMask = 0x3FF;

    private readonly uint _value;

    /// <summary>The scalar value; throws <see cref="ArgumentOutOfRangeException"/> for a surrogate or beyond U+10FFFF.</summary>
    public Rune(int value)
    {
        if (!IsValid(value))
            ThrowHelper.ArgumentOutOfRange(nameof(value));
        _value = (uint)value;
    }

    /// <summary>The character; throws <see cref="ArgumentOutOfRangeException"/> for a surrogate.</summary>
    public Rune(char ch) : this((int)ch)
    {
    }

    /// <summary>U+FFFD, which stands for what cannot be decoded.</summary>
    public static Rune ReplacementChar => new(0xFFFD);

    /// <summary>The code point.</summary>
    public int Value => (int)_value;

    /// <summary>Below U+0080.</summary>
    public bool IsAscii => _value < FirstTwoByte;

    /// <summary>Number of UTF-8 bytes, 1 to 4.</summary>
    public int Utf8SequenceLength => _value < FirstTwoByte ? 1 : _value < FirstThreeByte ? 2 : _value < FirstSupplementary ? 3 : 4;

    /// <summary>Number of UTF-16 units, 1 or 2.</summary>
    public int Utf16SequenceLength => _value < FirstSupplementary ? 1 : 2;

    /// <summary>Whether the value is a scalar value.</summary>
    public static bool IsValid(int value) => (uint)value <= MaxValue && !((uint)value <= char.MaxValue && char.IsSurrogate((char)value));

    /// <summary>Reads the first character of UTF-8. Malformed bytes give U+FFFD and consume the longest valid prefix, at least one byte.</summary>
    public static OperationStatus DecodeFromUtf8(ReadOnlySpan<byte> source, out Rune result, out int bytesConsumed)
    {
        result = ReplacementChar;
        bytesConsumed = 0;
        if (source.IsEmpty)
            return OperationStatus.NeedMoreData;
        byte lead = source[0];
        bytesConsumed = 1;
        if (lead < FirstTwoByte)
        {
            result = new Rune(lead);
            return OperationStatus.Done;
        }

        (int length, int minimum, int value) = lead switch
        {
            < TwoByteMark or >= FirstInvalidLead => (0, 0, 0),
            < ThreeByteMark => (2, FirstTwoByte, lead - TwoByteMark),
            < FourByteMark => (3, FirstThreeByte, lead - ThreeByteMark),
            _ => (4, FirstSupplementary, lead - FourByteMark),
        };
        if (length == 0)
            return OperationStatus.InvalidData;

        for (; bytesConsumed < length; bytesConsumed++)
        {
            if (bytesConsumed == source.Length)
                return OperationStatus.NeedMoreData;
            if (!Utf8.IsContinuation(source[bytesConsumed]))
                return OperationStatus.InvalidData;
            value = (value << ContinuationBits) | (source[bytesConsumed] & ContinuationValueMask);

            // The second byte already tells whether the whole can be valid; if not, it is not part of the prefix.
            int remainingBits = (length - 1 - bytesConsumed) * ContinuationBits;
            int lowest = value << remainingBits;
            int highest = lowest | ((1 << remainingBits) - 1);
            if (highest < minimum || lowest > MaxValue || (!IsValid(lowest) && !IsValid(highest)))
                return OperationStatus.InvalidData;
        }

        result = new Rune(value);
        return OperationStatus.Done;
    }

    /// <summary>Reads the first character of UTF-16. An unpaired surrogate gives U+FFFD and consumes one unit.</summary>
    public static OperationStatus DecodeFromUtf16(ReadOnlySpan<char> source, out Rune result, out int charsConsumed)
    {
        result = ReplacementChar;
        charsConsumed = 0;
        if (source.IsEmpty)
            return OperationStatus.NeedMoreData;
        charsConsumed = 1;
        char first = source[0];
        if (!char.IsSurrogate(first))
        {
            result = new Rune(first);
            return OperationStatus.Done;
        }

        if (!char.IsHighSurrogate(first))
            return OperationStatus.InvalidData;
        if (source.Length == 1)
            return OperationStatus.NeedMoreData;
        if (!char.IsLowSurrogate(source[1]))
            return OperationStatus.InvalidData;
        charsConsumed = 2;
        int high = first - char.FirstHighSurrogate;
        int low = source[1] - char.FirstLowSurrogate;
        result = new Rune(FirstSupplementary + (high << SurrogateBits) + low);
        return OperationStatus.Done;
    }

    /// <summary>Writes the character as UTF-8; false when it does not fit.</summary>
    public bool TryEncodeToUtf8(Span<byte> destination, out int bytesWritten)
    {
        int length = Utf8SequenceLength;
        bytesWritten = 0;
        if (length > destination.Length)
            return false;
        uint rest = _value;
        for (int index = length - 1; index > 0; index--)
        {
            destination[index] = (byte)(ContinuationMark | (rest & ContinuationValueMask));
            rest >>= ContinuationBits;
        }

        uint mark = length switch { 1 => 0, 2 => TwoByteMark, 3 => ThreeByteMark, _ => FourByteMark };
        destination[0] = (byte)(mark | rest);
        bytesWritten = length;
        return true;
    }

    /// <summary>Writes the character as UTF-16; false when it does not fit.</summary>
    public bool TryEncodeToUtf16(Span<char> destination, out int charsWritten)
    {
        int length = Utf16SequenceLength;
        charsWritten = 0;
        if (length > destination.Length)
            return false;
        if (length == 1)
        {
            destination[0] = (char)_value;
        }
        else
        {
            uint offset = _value - FirstSupplementary;
            destination[0] = (char)(char.FirstHighSurrogate + (offset >> SurrogateBits));
            destination[1] = (char)(char.FirstLowSurrogate + (offset & SurrogateValueMask));
        }

        charsWritten = length;
        return true;
    }

    /// <summary>Whether both are the same character.</summary>
    public bool Equals(Rune other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rune other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value;

    /// <summary>By code point.</summary>
    public int CompareTo(Rune other) => _value.CompareTo(other._value);

    /// <summary>A string of this one character.</summary>
    public override string ToString()
    {
        Span<char> units = stackalloc char[2];
        TryEncodeToUtf16(units, out int written);
        return new string(units[..written]);
    }

    /// <summary>Writes the character as UTF-16; the format is ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        TryEncodeToUtf16(destination, out charsWritten);

    /// <summary>Writes the character as UTF-8; the format is ignored.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        TryEncodeToUtf8(utf8Destination, out bytesWritten);

    /// <summary>Whether both are the same character.</summary>
    public static bool operator ==(Rune left, Rune right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Rune left, Rune right) => !left.Equals(right);

    /// <summary>The character of a UTF-16 unit, or U+FFFD for a surrogate.</summary>
    internal static Rune FromCharOrReplacement(char c) => char.IsSurrogate(c) ? ReplacementChar : new Rune(c);
}
