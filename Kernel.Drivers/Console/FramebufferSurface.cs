using System;
using System.Buffers.Binary;
using Kernel.Mm;

namespace Kernel.Drivers.Console;

/// <summary>
/// Cells on a linear framebuffer, which is written in whole rows of a glyph and never read: reads of graphics memory
/// are slow. Screens of 1920 pixels and more in a row get glyphs of twice the size.
/// </summary>
public sealed unsafe class FramebufferSurface : CellSurface
{
    private const int DoubledWidth = 1920;
    private const int MaxScale = 2;
    private const int MaxBytesPerPixel = 4;
    private const int BitsPerByte = 8;
    private const int LeftmostBit = 1 << (ConsoleFont.Width - 1);

    // Larger values are damaged boot information; smaller ones leave no room for a prompt.
    private const uint MaxDimension = 16_384;
    private const int MinColumns = 20;
    private const int MinRows = 4;

    private readonly nint _pixels;
    private readonly nint _pitch;
    private readonly int _bytesPerPixel;
    private readonly int _scale;
    private readonly uint[] _palette;

    private FramebufferSurface(nint pixels, nint pitch, int width, int height, int scale, PixelFormat format)
        : base(width / (ConsoleFont.Width * scale), height / (ConsoleFont.Height * scale))
    {
        _pixels = pixels;
        _pitch = pitch;
        _bytesPerPixel = format.BytesPerPixel;
        _scale = scale;
        _palette = new uint[Rgb.Length];
        for (int color = 0; color < Rgb.Length; color++)
            _palette[color] = format.Encode(Rgb[color]);
        Clear(width, height);
    }

    /// <inheritdoc/>
    public override bool HasHardwareCursor => false;

    // The sixteen colours in the order of ConsoleColor, as 0xRRGGBB. Blue is lighter than on old screens, to be readable on black.
    private static ReadOnlySpan<uint> Rgb =>
    [
        0x000000, 0xCD3131, 0x0DBC79, 0xC5B01F, 0x3B78FF, 0xBC3FBC, 0x11A8CD, 0xCCCCCC,
        0x767676, 0xF14C4C, 0x23D18B, 0xF5F543, 0x6CA0FF, 0xD670D6, 0x29D8F5, 0xFFFFFF,
    ];

    /// <summary>Maps a framebuffer and clears it.</summary>
    /// <param name="address">The first pixel.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="pitch">Bytes from one row to the next.</param>
    /// <param name="format">The pixels.</param>
    /// <returns>Null when there is none, it is of a kind that cannot be drawn on, or it cannot be mapped.</returns>
    public static FramebufferSurface? TryOpen(PhysicalAddress address, uint width, uint height, uint pitch, PixelFormat format)
    {
        int scale = width >= DoubledWidth ? MaxScale : 1;
        bool isUsable = address.Value != 0 && format.IsSupported
            && width <= MaxDimension && height <= MaxDimension && pitch <= MaxDimension * MaxBytesPerPixel
            && pitch >= width * (uint)format.BytesPerPixel
            && width >= MinColumns * ConsoleFont.Width && height >= MinRows * ConsoleFont.Height;
        if (!isUsable)
            return null;
        nint pixels = DeviceMemory.Current.Map(address, (nuint)pitch * height, CachePolicy.WriteCombining);
        return pixels == 0 ? null : new FramebufferSurface(pixels, (nint)pitch, (int)width, (int)height, scale, format);
    }

    /// <inheritdoc/>
    public override void Draw(int column, int row, Cell cell)
    {
        uint foreground = _palette[(int)cell.Foreground];
        uint background = _palette[(int)cell.Background];
        int rowBytes = ConsoleFont.Width * _scale * _bytesPerPixel;
        Span<byte> line = stackalloc byte[ConsoleFont.Width * MaxScale * MaxBytesPerPixel];
        line = line[..rowBytes];
        nint target = _pixels + (row * ConsoleFont.Height * _scale * _pitch) + (column * rowBytes);
        int bitsInLine = -1;
        foreach (byte bits in ConsoleFont.Glyph(cell.Character))
        {
            // Most rows of a glyph look like the one above.
            if (bits != bitsInLine)
                FillLine(line, bits, foreground, background);
            bitsInLine = bits;
            for (int repeat = 0; repeat < _scale; repeat++)
            {
                line.CopyTo(new Span<byte>((void*)target, rowBytes));
                target += _pitch;
            }
        }
    }

    /// <inheritdoc/>
    public override void MoveCursor(int column, int row, bool isVisible)
    {
    }

    /// <summary>Writes one row of a glyph as pixels, the leftmost of which is the highest bit.</summary>
    private void FillLine(Span<byte> line, byte bits, uint foreground, uint background)
    {
        Span<byte> rest = line;
        for (int mask = LeftmostBit; mask != 0; mask >>= 1)
        {
            uint pixel = (bits & mask) != 0 ? foreground : background;
            for (int repeat = 0; repeat < _scale; repeat++)
            {
                WritePixel(rest, pixel);
                rest = rest[_bytesPerPixel..];
            }
        }
    }

    private void WritePixel(Span<byte> target, uint pixel)
    {
        if (_bytesPerPixel == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, pixel);
            return;
        }

        for (int index = 0; index < _bytesPerPixel; index++)
        {
            target[index] = (byte)pixel;
            pixel >>= BitsPerByte;
        }
    }

    private void Clear(int width, int height)
    {
        for (int row = 0; row < height; row++)
            new Span<byte>((void*)(_pixels + (row * _pitch)), width * _bytesPerPixel).Clear();
    }
}
