using System;

namespace Kernel.Drivers.Console;

/// <summary>The screen's bitmap font: ASCII, Latin-1 and box drawing in 8 by 16 pixels.</summary>
public static partial class ConsoleFont
{
    /// <summary>Width of a glyph in pixels.</summary>
    public const int Width = 8;

    /// <summary>Height of a glyph in pixels, and in bytes.</summary>
    public const int Height = 16;

    /// <summary>What is shown for a character that the font doesn't have.</summary>
    public const char Replacement = '?';

    private const char FirstAscii = ' ';
    private const char LastAscii = '~';
    private const char FirstLatin1 = '\u00A0';
    private const char LastLatin1 = '\u00FF';
    private const char FirstBoxDrawing = '\u2500';
    private const char LastBoxDrawing = '\u257F';
    private const int Latin1Index = LastAscii - FirstAscii + 1;
    private const int BoxDrawingIndex = Latin1Index + LastLatin1 - FirstLatin1 + 1;

    /// <summary>Whether the font has a glyph for a character.</summary>
    public static bool Contains(char character) =>
        character is >= FirstAscii and <= LastAscii
            or >= FirstLatin1 and <= LastLatin1
            or >= FirstBoxDrawing and <= LastBoxDrawing;

    /// <summary>The rows of a character's glyph from top to bottom; the leftmost pixel is the highest bit.</summary>
    /// <returns>That of <see cref="Replacement"/> for a character that the font doesn't have.</returns>
    public static ReadOnlySpan<byte> Glyph(char character) => Bitmaps.Slice(IndexOf(character) * Height, Height);

    private static int IndexOf(char character) => character switch
    {
        >= FirstAscii and <= LastAscii => character - FirstAscii,
        >= FirstLatin1 and <= LastLatin1 => Latin1Index + character - FirstLatin1,
        >= FirstBoxDrawing and <= LastBoxDrawing => BoxDrawingIndex + character - FirstBoxDrawing,
        _ => Replacement - FirstAscii,
    };
}
