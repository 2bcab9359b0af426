using System;
using System.IO;
using System.Linq;
using System.Text;

namespace CosmosVm.QemuTests.Harness;

/// <summary>A picture of the machine's screen.</summary>
public sealed class Screenshot
{
    private const int BytesPerPixel = 3;

    // A pixel of text is well above this on a dark background, whatever its colour; the sum of red, green and blue.
    private const int LitThreshold = 3 * 64;

    private readonly byte[] _pixels;

    private Screenshot(int width, int height, byte[] pixels)
    {
        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How many pixels aren't dark.</summary>
    public int LitPixels => Enumerable.Range(0, Height).Sum(row => Enumerable.Range(0, Width).Count(column => IsLit(column, row)));

    /// <summary>Reads a file in portable pixmap format (P6, 8 bits per colour), as QEMU writes it.</summary>
    public static Screenshot Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int position = 0;
        string[] header = [NextWord(file, ref position), NextWord(file, ref position), NextWord(file, ref position), NextWord(file, ref position)];
        int width = int.Parse(header[1]);
        int height = int.Parse(header[2]);
        if (header[0] != "P6" || header[3] != "255" || file.Length - position != width * height * BytesPerPixel)
            throw new InvalidDataException($"{path} isn't a portable pixmap with 8 bits per colour.");
        return new Screenshot(width, height, file[position..]);
    }

    /// <summary>Whether a pixel isn't dark.</summary>
    public bool IsLit(int column, int row)
    {
        (byte red, byte green, byte blue) = Colour(column, row);
        return red + green + blue >= LitThreshold;
    }

    /// <summary>A pixel's colour.</summary>
    public (byte Red, byte Green, byte Blue) Colour(int column, int row)
    {
        int offset = ((row * Width) + column) * BytesPerPixel;
        return (_pixels[offset], _pixels[offset + 1], _pixels[offset + 2]);
    }

    /// <summary>Whether both pictures have the same pixels.</summary>
    public bool Equals(Screenshot other) => Width == other.Width && _pixels.AsSpan().SequenceEqual(other._pixels);

    private static string NextWord(byte[] file, ref int position)
    {
        int start = position;
        while (!char.IsWhiteSpace((char)file[position]))
            position++;
        // Exactly one byte of white space ends a word, the last one before the pixels too.
        return Encoding.ASCII.GetString(file, start, position++ - start);
    }
}
