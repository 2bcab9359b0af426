namespace Kernel.Drivers.Console;

/// <summary>Where the colours are in a pixel.</summary>
/// <param name="bitsPerPixel">Bits in a pixel: 15, 16, 24 or 32; 15 take as much room as 16.</param>
/// <param name="red">Place of red.</param>
/// <param name="green">Place of green.</param>
/// <param name="blue">Place of blue.</param>
public readonly struct PixelFormat(int bitsPerPixel, PixelFormat.Channel red, PixelFormat.Channel green, PixelFormat.Channel blue)
{
    private const int BitsPerByte = 8;
    private const int ColorBits = 8;

    /// <summary>Bytes in a pixel.</summary>
    public int BytesPerPixel => (bitsPerPixel + BitsPerByte - 1) / BitsPerByte;

    /// <summary>Whether pixels of this kind can be drawn.</summary>
    public bool IsSupported =>
        bitsPerPixel is 15 or 16 or 24 or 32 && red.FitsInto(bitsPerPixel) && green.FitsInto(bitsPerPixel) && blue.FitsInto(bitsPerPixel);

    /// <summary>The pixel of a colour, given as 0xRRGGBB.</summary>
    public uint Encode(uint rgb) => red.Encode(rgb >> (2 * ColorBits)) | green.Encode(rgb >> ColorBits) | blue.Encode(rgb);

    /// <summary>The bits of one colour in a pixel.</summary>
    /// <param name="position">Lowest bit.</param>
    /// <param name="size">Number of bits.</param>
    public readonly struct Channel(int position, int size)
    {
        internal bool FitsInto(int bitsPerPixel) => position >= 0 && size is > 0 and <= ColorBits && position + size <= bitsPerPixel;

        // The highest bits of a colour matter most.
        internal uint Encode(uint value) => ((value & ((1u << ColorBits) - 1)) >> (ColorBits - size)) << position;
    }
}
