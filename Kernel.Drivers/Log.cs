using System;
using System.Text;
using System.Threading;
using Kernel.Drivers.Console;
using Kernel.Drivers.Serial;

namespace Kernel.Drivers;

/// <summary>
/// The kernel log: every line goes to a ring in memory and to all sinks, from any context. Before
/// <see cref="Initialize"/> it needs no heap and keeps nothing.
/// </summary>
/// <remarks>One lock guards ring and sinks. The sinks' own locks are taken inside it.</remarks>
public static unsafe class Log
{
    private const uint NanosecondsPerMicrosecond = 1_000;
    private const uint MicrosecondsPerSecond = 1_000_000;
    private const int ReplayChunk = 512;

    // The timestamp is at most this long until the clock passes 20 digits of seconds.
    private const int TimestampCapacity = 32;

    private static InterruptLock s_lock;
    private static LogRing s_ring;
    private static TextSink? s_firstSink;
    private static delegate*<ulong> s_nanoseconds;
    private static bool s_isPanicking;

    /// <summary>Gives the nanoseconds since boot for timestamps; null, as at first, stands for zero.</summary>
    /// <remarks>Called with interrupts off from any context, so it must take no lock that a logging caller may hold.</remarks>
    public static delegate*<ulong> NanosecondSource
    {
        get => s_nanoseconds;
        set => s_nanoseconds = value;
    }

    /// <summary>Position after the newest byte, for <see cref="Read"/>.</summary>
    public static ulong End
    {
        get
        {
            using InterruptLock.Scope _ = s_lock.Enter();
            return s_ring.End;
        }
    }

    /// <summary>Allocates the ring, which is not in the kernel image because of its size.</summary>
    public static void Initialize()
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        s_ring.Allocate();
    }

    /// <summary>Logs what a reader wants to know when all is well.</summary>
    public static void Info(ref Utf8Line text) => WriteLine(default, text.Text);

    /// <summary>Logs what may be the reason for trouble later.</summary>
    public static void Warn(ref Utf8Line text) => WriteLine("warning: "u8, text.Text);

    /// <summary>Logs what went wrong.</summary>
    public static void Error(ref Utf8Line text) => WriteLine("error: "u8, text.Text);

    /// <summary>Writes text as it is, without timestamp or line end.</summary>
    public static void WriteRaw(ReadOnlySpan<byte> utf8)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        Publish(utf8);
    }

    /// <summary>Adds a sink, which gets all that the ring holds first.</summary>
    public static void AddSink(TextSink sink)
    {
        Span<byte> chunk = stackalloc byte[ReplayChunk];
        using InterruptLock.Scope _ = s_lock.Enter();
        ulong position = 0;
        for (int length; (length = s_ring.Read(ref position, chunk)) > 0;)
            sink.Write(chunk[..length]);
        sink.NextLogSink = s_firstSink;
        s_firstSink = sink;
    }

    /// <summary>Takes a sink out; one that was not added is left alone.</summary>
    public static void RemoveSink(TextSink sink)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        ref TextSink? link = ref s_firstSink;
        while (link is not null)
        {
            if (link == sink)
            {
                link = sink.NextLogSink;
                sink.NextLogSink = null;
                return;
            }

            link = ref link.NextLogSink;
        }
    }

    /// <summary>Copies a part of the ring. Nothing is locked between two calls, so the log may grow meanwhile.</summary>
    /// <param name="position">
    /// 0 for the oldest line kept; moved behind what was read. If that was overwritten, reading goes on at the
    /// oldest whole line.
    /// </param>
    /// <param name="destination">Where the UTF-8 goes.</param>
    /// <returns>Number of bytes copied; 0 at the end.</returns>
    public static int Read(ref ulong position, Span<byte> destination)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        return s_ring.Read(ref position, destination);
    }

    /// <summary>
    /// From now on no output waits for a lock, and without any sink it goes to the serial port directly. There is no
    /// way back.
    /// </summary>
    public static void EnterPanic()
    {
        Volatile.Write(ref s_isPanicking, true);
        InterruptLock.IgnoreAll();
    }

    private static void WriteLine(ReadOnlySpan<byte> severity, ReadOnlySpan<byte> text)
    {
        Span<byte> line = stackalloc byte[TimestampCapacity + Utf8Line.Capacity];
        using InterruptLock.Scope _ = s_lock.Enter();
        ulong microseconds = s_nanoseconds == null ? 0 : s_nanoseconds() / NanosecondsPerMicrosecond;
        var writer = new Utf8Writer(line[..^1]);
        writer.Append($"[{microseconds / MicrosecondsPerSecond,5}.{microseconds % MicrosecondsPerSecond:d6}] ");
        writer.Append(severity);
        writer.Append(text);
        int length = writer.Length;
        line[length++] = (byte)'\n';
        Publish(line[..length]);
    }

    private static void Publish(ReadOnlySpan<byte> utf8)
    {
        s_ring.Append(utf8);
        for (TextSink? sink = s_firstSink; sink is not null; sink = sink.NextLogSink)
            sink.Write(utf8);
        if (s_firstSink is null && s_isPanicking)
            EarlySerial.Write(utf8);
    }
}
