using System;
using System.Runtime.InteropServices;
using Kernel.Drivers.Console;
using Kernel.Mm;
using Xunit;
using ConsoleColor = Kernel.Drivers.Console.ConsoleColor;

namespace Kernel.Drivers.Tests.Console;

[Collection(nameof(DeviceMemory))]
public sealed unsafe class FramebufferSurfaceTests : IDisposable
{
    private const ulong Address = 0xFD000000;
    private const int Margin = 64;

    private static readonly PixelFormat s_xrgb = new(32, new(16, 8), new(8, 8), new(0, 8));
    private static readonly PixelFormat s_rgb24 = new(24, new(16, 8), new(8, 8), new(0, 8));
    private static readonly PixelFormat s_bgrx = new(32, new(8, 8), new(16, 8), new(24, 8));
    private static readonly PixelFormat s_rgb565 = new(16, new(11, 5), new(5, 6), new(0, 5));

    private readonly FakeDeviceMemory _memory = new();

    public FramebufferSurfaceTests() => DeviceMemory.Current = _memory;

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 32, 640, 640 * 4 },
        { 24, 640, (640 * 3) + 32 },
        { 16, 800, 800 * 2 },
        { 32, 1920, (1920 * 4) + 256 },
        { 24, 1921, 1921 * 3 },
    };

    public void Dispose() => _memory.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Glyph_is_drawn_where_it_belongs_and_nowhere_else(int bits, int width, int pitch)
    {
        const int Height = 480;
        PixelFormat format = bits switch { 32 => s_xrgb, 24 => s_rgb24, _ => s_rgb565 };
        FramebufferSurface surface = Open(width, Height, pitch, format);
        int scale = width >= 1920 ? 2 : 1;
        Assert.Equal((width / 8 / scale, Height / 16 / scale), (surface.Columns, surface.Rows));

        (int column, int row) = (surface.Columns - 1, surface.Rows - 1);
        surface.Draw(column, row, new Cell('R', ConsoleColor.BrightWhite, ConsoleColor.Black));
        ReadOnlySpan<byte> glyph = ConsoleFont.Glyph('R');
        uint white = format.Encode(0xFFFFFF);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int glyphX = (x / scale) - (column * 8);
                int glyphY = (y / scale) - (row * 16);
                bool isSet = glyphX is >= 0 and < 8 && glyphY is >= 0 and < 16 && (glyph[glyphY] & (0x80 >> glyphX)) != 0;
                Assert.Equal(isSet ? white : 0, _memory.Pixel(x, y, pitch, format.BytesPerPixel));
            }
        }

        Assert.True(_memory.MarginsAreUntouched());
    }

    [Fact]
    public void Colours_are_put_where_the_format_says()
    {
        Assert.Equal(0x00112233u, s_xrgb.Encode(0x112233));
        Assert.Equal(0x33221100u, s_bgrx.Encode(0x112233));
        Assert.Equal(0xFFFFu, s_rgb565.Encode(0xFFFFFF));
        Assert.Equal(0xF800u, s_rgb565.Encode(0xFF0000));
        Assert.Equal(0x001Fu, s_rgb565.Encode(0x0000FF));
    }

    [Fact]
    public void Unusable_framebuffers_are_refused()
    {
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(0), 640, 480, 2560, s_xrgb));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 640, 480, 2559, s_xrgb));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 640, 8, 2560, s_xrgb));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 0, 0, 0, s_xrgb));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), uint.MaxValue, uint.MaxValue, uint.MaxValue, s_xrgb));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 640, 480, 2560, new(8, new(0, 3), new(3, 3), new(6, 2))));
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 640, 480, 2560, new(32, new(28, 8), new(8, 8), new(0, 8))));
    }

    [Fact]
    public void Framebuffer_that_cannot_be_mapped_is_refused()
    {
        _memory.MapFails = true;
        Assert.Null(FramebufferSurface.TryOpen(new PhysicalAddress(Address), 640, 480, 2560, s_xrgb));
    }

    private FramebufferSurface Open(int width, int height, int pitch, PixelFormat format)
    {
        FramebufferSurface? surface = FramebufferSurface.TryOpen(new PhysicalAddress(Address), (uint)width, (uint)height, (uint)pitch, format);
        Assert.NotNull(surface);
        Assert.Equal((Address, (nuint)(pitch * height), CachePolicy.WriteCombining), _memory.LastMapping);
        return surface;
    }

    /// <summary>Memory with margins around it that nobody may touch.</summary>
    private sealed class FakeDeviceMemory : DeviceMemory, IDisposable
    {
        private const byte MarginByte = 0xA5;
        private byte* _memory;
        private int _length;

        public bool MapFails { get; set; }

        public (ulong Address, nuint Bytes, CachePolicy Policy) LastMapping { get; private set; }

        public override nint Map(PhysicalAddress start, nuint bytes, CachePolicy policy)
        {
            LastMapping = (start.Value, bytes, policy);
            if (MapFails)
                return 0;
            _length = (int)bytes;
            _memory = (byte*)NativeMemory.Alloc(bytes + (2 * Margin));
            new Span<byte>(_memory, _length + (2 * Margin)).Fill(MarginByte);
            return (nint)(_memory + Margin);
        }

        public override nint DirectMap(PhysicalAddress address) => throw new NotSupportedException();

        public uint Pixel(int x, int y, int pitch, int bytesPerPixel)
        {
            uint pixel = 0;
            for (int index = 0; index < bytesPerPixel; index++)
                pixel |= (uint)_memory[Margin + (y * pitch) + (x * bytesPerPixel) + index] << (index * 8);
            return pixel;
        }

        public bool MarginsAreUntouched() =>
            new Span<byte>(_memory, Margin).IndexOfAnyExcept(MarginByte) < 0
            && new Span<byte>(_memory + Margin + _length, Margin).IndexOfAnyExcept(MarginByte) < 0;

        public void Dispose() => NativeMemory.Free(_memory);
    }
}
