using System;
using Kernel.Mm;

namespace Kernel.Drivers.Console;

/// <summary>
/// Cells on a VGA in its 80 by 25 colour text mode. Register names are those of the IBM VGA technical reference; its
/// ROM font is code page 437.
/// </summary>
public sealed class VgaTextSurface : CellSurface
{
    private const int TextColumns = 80;
    private const int TextRows = 25;
    private const int BytesPerCell = 2;
    private const int BackgroundShift = 12;
    private const int ForegroundShift = 8;

    // The highest bit of the background blinks.
    private const int BackgroundMask = 7;
    private const byte Replacement = (byte)ConsoleFont.Replacement;
    private const char FirstNonAscii = '\u0080';
    private const ushort MemoryProbe = 0x0E5A;

    private const ushort MiscellaneousOutput = 0x3CC;
    private const byte ColorAddresses = 1 << 0;
    private const ushort GraphicsIndex = 0x3CE;
    private const ushort GraphicsData = 0x3CF;
    private const byte GraphicsMiscellaneous = 6;
    private const byte GraphicsMode = 1 << 0;
    private const byte MemoryMapMask = 0b11 << 2;
    private const byte MemoryAtB8000 = 0b11 << 2;
    private const ushort CrtcIndex = 0x3D4;
    private const ushort CrtcData = 0x3D5;
    private const byte HorizontalDisplayEnd = 0x01;
    private const byte CursorStart = 0x0A;
    private const byte CursorEnd = 0x0B;
    private const byte CursorLocationHigh = 0x0E;
    private const byte CursorLocationLow = 0x0F;
    private const byte CursorOff = 1 << 5;
    private const byte CursorFirstLine = 13;
    private const byte CursorLastLine = 15;

    // Code page 437 from 128 on.
    private const string UpperCodePage =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    private const ulong TextMemory = 0xB8000;

    private readonly nint _cells;
    private bool _cursorVisible;

    private VgaTextSurface(nint cells)
        : base(TextColumns, TextRows)
    {
        _cells = cells;
        for (int row = 0; row < TextRows; row++)
        {
            for (int column = 0; column < TextColumns; column++)
                Draw(column, row, new Cell(' ', ConsoleColor.White, ConsoleColor.Black));
        }

        WriteCrtc(CursorStart, CursorOff | CursorFirstLine);
        WriteCrtc(CursorEnd, CursorLastLine);
    }

    /// <inheritdoc/>
    public override bool HasHardwareCursor => true;

    /// <summary>Takes the screen over if there is a VGA and it shows text.</summary>
    /// <returns>Null when there is none or it is in a graphics mode; nothing changed then.</returns>
    public static VgaTextSurface? TryOpen()
    {
        if (!IsInTextMode())
            return null;
        const int Bytes = TextColumns * TextRows * BytesPerCell;
        nint cells = DeviceMemory.Current.Map(new PhysicalAddress(TextMemory), Bytes, CachePolicy.Uncached);
        return cells != 0 && HoldsText(cells) ? new VgaTextSurface(cells) : null;
    }

    /// <inheritdoc/>
    public override void Draw(int column, int row, Cell cell)
    {
        int attribute = (ToVga(cell.Foreground) << ForegroundShift) | ((ToVga(cell.Background) & BackgroundMask) << BackgroundShift);
        Mmio.Write16(_cells + (Index(column, row) * BytesPerCell), (ushort)(ToCodePage(cell.Character) | attribute));
    }

    /// <inheritdoc/>
    public override void MoveCursor(int column, int row, bool isVisible)
    {
        if (isVisible != _cursorVisible)
        {
            WriteCrtc(CursorStart, isVisible ? CursorFirstLine : (byte)(CursorOff | CursorFirstLine));
            _cursorVisible = isVisible;
        }

        int location = Index(column, row);
        WriteCrtc(CursorLocationHigh, (byte)(location >> 8));
        WriteCrtc(CursorLocationLow, (byte)location);
    }

    /// <summary>A character's number in code page 437.</summary>
    internal static byte ToCodePage(char character)
    {
        if (character < FirstNonAscii)
            return (byte)character;
        int index = UpperCodePage.IndexOf(character);
        return index < 0 ? Replacement : (byte)(FirstNonAscii + index);
    }

    // Terminals number red before blue, VGAs blue before red.
    private static int ToVga(ConsoleColor color)
    {
        int value = (int)color;
        int red = value & 1;
        int blue = (value >> 2) & 1;
        return (value & 0b1010) | (red << 2) | blue;
    }

    private static int Index(int column, int row) => (row * TextColumns) + column;

    // Where there is no VGA, ports read as all ones, which stands for a graphics mode.
    private static bool IsInTextMode()
    {
        if ((Port.In8(MiscellaneousOutput) & ColorAddresses) == 0)
            return false;
        Port.Out8(GraphicsIndex, GraphicsMiscellaneous);
        byte graphics = Port.In8(GraphicsData);
        return (graphics & GraphicsMode) == 0 && (graphics & MemoryMapMask) == MemoryAtB8000
            && ReadCrtc(HorizontalDisplayEnd) == TextColumns - 1;
    }

    private static bool HoldsText(nint cells)
    {
        ushort before = Mmio.Read16(cells);
        Mmio.Write16(cells, MemoryProbe);
        bool holds = Mmio.Read16(cells) == MemoryProbe;
        Mmio.Write16(cells, before);
        return holds;
    }

    private static byte ReadCrtc(byte index)
    {
        Port.Out8(CrtcIndex, index);
        return Port.In8(CrtcData);
    }

    private static void WriteCrtc(byte index, byte value)
    {
        Port.Out8(CrtcIndex, index);
        Port.Out8(CrtcData, value);
    }
}
