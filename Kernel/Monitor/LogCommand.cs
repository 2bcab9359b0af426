using System;
using Kernel.Drivers;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>log</c>: the kernel log as far as it is kept.</summary>
internal sealed class LogCommand : MonitorCommand
{
    private const int ChunkSize = 512;
    private const byte LineFeed = (byte)'\n';

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "log"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[COUNT]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows the kernel log, or its last COUNT lines"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        uint count = uint.MaxValue;
        if (arguments.Count > 1 || (arguments.Count == 1 && !NumberParser.TryCount(arguments[0], out count)))
            return CommandResult.WrongArguments;
        // The log may grow meanwhile; what comes now is not part of the answer.
        ulong end = Log.End;
        uint lines = CountLines(end);
        WriteFrom(lines > count ? lines - count : 0, end, output);
        return CommandResult.Done;
    }

    private static uint CountLines(ulong end)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        uint lines = 0;
        ulong position = 0;
        for (int length; (length = Read(ref position, end, chunk)) > 0;)
            lines += (uint)((ReadOnlySpan<byte>)chunk[..length]).Count(LineFeed);
        return lines;
    }

    private static void WriteFrom(uint skippedLines, ulong end, TextSink output)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        ulong position = 0;
        for (int length; (length = Read(ref position, end, chunk)) > 0;)
        {
            ReadOnlySpan<byte> text = chunk[..length];
            while (skippedLines > 0 && !text.IsEmpty)
            {
                int lineEnd = text.IndexOf(LineFeed);
                text = lineEnd < 0 ? default : text[(lineEnd + 1)..];
                if (lineEnd >= 0)
                    skippedLines--;
            }
            if (!text.IsEmpty)
                output.Write(text);
        }
    }

    private static int Read(ref ulong position, ulong end, Span<byte> chunk)
    {
        if (position >= end)
            return 0;
        ulong start = position;
        int length = Log.Read(ref position, chunk);
        ulong first = position - (ulong)length;
        if (position > end && first >= start)
            length = first >= end ? 0 : (int)(end - first);
        return length;
    }
}
