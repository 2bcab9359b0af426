namespace System;

public readonly partial struct Char
{
    /// <summary>Whether the character is between two others, inclusive.</summary>
    public static bool IsBetween(char c, char minInclusive, char maxInclusive) => (uint)(c - minInclusive) <= (uint)(maxInclusive - minInclusive);

    /// <summary>0 to 9.</summary>
    public static bool IsAsciiDigit(char c) => IsBetween(c, '0', '9');

    /// <summary>a to z, A to Z.</summary>
    public static bool IsAsciiLetter(char c) => IsBetween((char)(c | AsciiCaseBit), 'a', 'z');

    /// <summary>a to z.</summary>
    public static bool IsAsciiLetterLower(char c) => IsBetween(c, 'a', 'z');

    /// <summary>A to Z.</summary>
    public static bool IsAsciiLetterUpper(char c) => IsBetween(c, 'A', 'Z');

    /// <summary>A letter or a digit.</summary>
    public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);

    /// <summary>A hexadecimal digit in either case.</summary>
    public static bool IsAsciiHexDigit(char c) => IsAsciiDigit(c) || IsBetween((char)(c | AsciiCaseBit), 'a', 'f');

    /// <summary>Below U+0080.</summary>
    public static bool IsAscii(char c) => c < FirstNonAscii;

    /// <summary>0 to 9. Differs from .NET: ASCII only.</summary>
    public static bool IsDigit(char c) => IsAsciiDigit(c);

    /// <summary>a to z, A to Z. Differs from .NET: ASCII only.</summary>
    public static bool IsLetter(char c) => IsAsciiLetter(c);

    /// <summary>A letter or a digit. Differs from .NET: ASCII only.</summary>
    public static bool IsLetterOrDigit(char c) => IsAsciiLetterOrDigit(c);

    /// <summary>a to z. Differs from .NET: ASCII only.</summary>
    public static bool IsLower(char c) => IsAsciiLetterLower(c);

    /// <summary>A to Z. Differs from .NET: ASCII only.</summary>
    public static bool IsUpper(char c) => IsAsciiLetterUpper(c);

    /// <summary>Space, tabulators and line ends, next line (U+0085) and no-break space (U+00A0). Differs from .NET: nothing above Latin-1.</summary>
    public static bool IsWhiteSpace(char c) => c is ' ' or (>= '\t' and <= '\r') or '\u0085' or '\u00A0';

    /// <summary>A control character: below space, or U+007F to U+009F.</summary>
    public static bool IsControl(char c) => c is < ' ' or (>= '\u007F' and <= '\u009F');

    /// <summary>The first or second half of a surrogate pair.</summary>
    public static bool IsSurrogate(char c) => IsBetween(c, FirstHighSurrogate, LastLowSurrogate);

    /// <summary>The first half of a surrogate pair.</summary>
    public static bool IsHighSurrogate(char c) => IsBetween(c, FirstHighSurrogate, LastHighSurrogate);

    /// <summary>The second half of a surrogate pair.</summary>
    public static bool IsLowSurrogate(char c) => IsBetween(c, FirstLowSurrogate, LastLowSurrogate);

    /// <summary>The lower-case form. Differs from .NET: ASCII only.</summary>
    public static char ToLower(char c) => IsAsciiLetterUpper(c) ? (char)(c | AsciiCaseBit) : c;

    /// <summary>The upper-case form. Differs from .NET: ASCII only.</summary>
    public static char ToUpper(char c) => IsAsciiLetterLower(c) ? (char)(c & ~AsciiCaseBit) : c;

    /// <inheritdoc cref="ToLower"/>
    public static char ToLowerInvariant(char c) => ToLower(c);

    /// <inheritdoc cref="ToUpper"/>
    public static char ToUpperInvariant(char c) => ToUpper(c);

    /// <summary>A string of this one character.</summary>
    public override string ToString() => new(new ReadOnlySpan<char>(in this));

    /// <summary>A string of one character.</summary>
    public static string ToString(char c) => c.ToString();

    /// <summary>Writes the character itself; the format is ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.IsEmpty)
            return false;
        destination[0] = this;
        charsWritten = 1;
        return true;
    }

    /// <summary>Writes the character as UTF-8; half of a surrogate pair becomes U+FFFD.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Text.Rune.FromCharOrReplacement(this).TryEncodeToUtf8(utf8Destination, out bytesWritten);

    internal const char FirstHighSurrogate = '\uD800';
    internal const char LastHighSurrogate = '\uDBFF';
    internal const char FirstLowSurrogate = '\uDC00';
    internal const char LastLowSurrogate = '\uDFFF';
    internal const int FirstNonAscii = 0x80;
    internal const int AsciiCaseBit = 'a' - 'A';
}
