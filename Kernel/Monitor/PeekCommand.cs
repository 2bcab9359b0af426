using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Console;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.Monitor;

/// <summary><c>peek</c>: memory as bytes. It walks the page table before it reads, so that no address can fault.</summary>
internal sealed class PeekCommand : MonitorCommand
{
    private const int BytesPerRow = 16;
    private const uint DefaultCount = 64;
    private const uint MaximumCount = 4096;

    // "  ff0  " and three columns for each byte, one more in the middle.
    private const int TextColumn = 7 + 3 * BytesPerRow + 2;
    private const int RowCapacity = TextColumn + BytesPerRow + 2;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "peek"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "ADDRESS [COUNT]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows bytes of memory"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        """
        ADDRESS is virtual and hexadecimal, with or without 0x. COUNT is 1 to 4096, 64 if
        left out. Physical address P is at 0xffff800000000000 + P (see "memmap").

        """u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count is 0 or > 2)
            return CommandResult.WrongArguments;
        if (!NumberParser.TryHexadecimal(arguments[0], out ulong address))
        {
            output.Write($"{arguments[0]}: not a hexadecimal number of at most 64 bits\n");
            return CommandResult.WrongArguments;
        }
        uint count = DefaultCount;
        if (arguments.Count == 2 && (!NumberParser.TryCount(arguments[1], out count) || count is 0 or > MaximumCount))
        {
            output.Write($"{arguments[1]}: not a number from 1 to {MaximumCount}\n");
            return CommandResult.WrongArguments;
        }
        Dump(new VirtualAddress(address), count, output);
        return CommandResult.Done;
    }

    private static void Dump(VirtualAddress address, uint count, TextSink output)
    {
        while (count > 0)
        {
            if (!TryDescribePage(address, output))
                return;
            uint inPage = (uint)Math.Min(count, Page.Size - address.PageOffset);
            DumpInPage(address, inPage, output);
            count -= inPage;
            address += inPage;
            if (count > 0 && address.Value == 0)
            {
                output.Write("that was the last address\n"u8);
                return;
            }
        }
    }

    private static bool TryDescribePage(VirtualAddress address, TextSink output)
    {
        if (!address.IsCanonical)
        {
            PtCommand.ExplainNotCanonical(address, output);
            return false;
        }
        PageTableWalk walk = PtCommand.Walk(address);
        if (!walk.IsMapped)
        {
            output.Write($"0x{address.Value:x16} is not mapped (see \"pt\")\n");
            return false;
        }
        if (walk.IsUser && (Instructions.ReadCr4() & (ulong)Cr4.SupervisorAccessPrevention) != 0)
        {
            output.Write($"0x{address.Value:x16} belongs to user mode: the kernel may not read it (SMAP)\n");
            return false;
        }
        output.Write($"0x{address.Value:x16}, physical 0x{walk.Physical.Value:x16}\n");
        return true;
    }

    /// <summary>Bytes of one mapped page.</summary>
    private static unsafe void DumpInPage(VirtualAddress address, uint count, TextSink output)
    {
        Span<byte> row = stackalloc byte[RowCapacity];
        Span<byte> bytes = stackalloc byte[BytesPerRow];
        for (uint start = address.PageOffset & ~(BytesPerRow - 1u); start < address.PageOffset + count; start += BytesPerRow)
        {
            uint first = Math.Max(start, address.PageOffset);
            uint end = Math.Min(start + BytesPerRow, address.PageOffset + count);
            byte* page = (byte*)address.AlignDown(Page.Size).Value;
            // Once, so that the hexadecimal and the text column agree even if somebody writes meanwhile.
            for (uint offset = first; offset < end; offset++)
                bytes[(int)(offset - start)] = page[offset];
            row.Fill((byte)' ');
            WriteHexadecimal(row[2..], start, 3);
            for (int i = (int)(first - start); i < (int)(end - start); i++)
                PutByte(row, i, bytes[i]);
            row[TextColumn - 1] = (byte)'|';
            row[^2] = (byte)'|';
            row[^1] = (byte)'\n';
            output.Write(row);
        }
    }

    private static void PutByte(Span<byte> row, int index, byte value)
    {
        // A gap in the middle helps to count.
        int column = 7 + 3 * index + (index >= BytesPerRow / 2 ? 1 : 0);
        WriteHexadecimal(row[column..], value, 2);
        row[TextColumn + index] = value is >= (byte)' ' and <= (byte)'~' ? value : (byte)'.';
    }

    private static void WriteHexadecimal(Span<byte> text, uint value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--, value >>= 4)
            text[i] = "0123456789abcdef"u8[(int)(value & 0xf)];
    }
}
