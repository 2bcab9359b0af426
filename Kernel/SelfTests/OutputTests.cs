using System;
using System.Runtime;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;

namespace Kernel.SelfTests;

/// <summary>Log, screen console, input queue and their lock. What they do with text is tested on the host.</summary>
internal static class OutputTests
{
    private const ulong InterruptFlag = 1 << 9;
    private const int Burst = 4096;

    private static InterruptLock s_lock;

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("drivers.output");
        suite.Add("a line can be read back from the log"u8, LineCanBeReadBack);
        suite.Add("logging allocates nothing"u8, LoggingAllocatesNothing);
        suite.Add("the screen console allocates nothing"u8, ConsoleAllocatesNothing);
        suite.Add("4 KiB typed at once are kept"u8, BurstIsKept);
        suite.Add("a lock holds interrupts off and gives the flag back"u8, LockHoldsInterruptsOff);
        return suite;
    }

    private static void LineCanBeReadBack()
    {
        ulong position = Log.End;
        Log.Info($"written by a test: {42:x4}");
        Span<byte> line = stackalloc byte[100];
        int length = Log.Read(ref position, line);
        Check.True(line[..length].EndsWith("] written by a test: 002a\n"u8));
        Check.Equal(0, Log.Read(ref position, line));
    }

    private static void LoggingAllocatesNothing()
    {
        ulong before = ManagedHeap.Statistics.TotalCalls;
        Log.Info($"written by a test: {before} {before:x16} {"text"} {'c'} {true} {-5,8}");
        Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
    }

    private static void ConsoleAllocatesNothing()
    {
        var surface = new CountingSurface();
        var console = new TextConsole(surface);
        ulong before = ManagedHeap.Statistics.TotalCalls;
        for (int line = 0; line < 3 * CountingSurface.RowCount; line++)
            console.WriteLine($"\e[1;3{line % 8}mline {line}\e[0m é │\e[K");
        Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
        Check.True(surface.Draws > CountingSurface.ColumnCount * CountingSurface.RowCount);
    }

    private static void BurstIsKept()
    {
        var queue = new InputQueue();
        for (int index = 0; index < Burst; index++)
            queue.Write((byte)index);
        for (int index = 0; index < Burst; index++)
            Check.True(queue.TryRead(out byte value) && value == (byte)index);
        Check.Equal(0ul, queue.LostCount);
    }

    private static void LockHoldsInterruptsOff()
    {
        ulong before = ReadFlags();
        ulong during;
        using (s_lock.Enter())
            during = ReadFlags();
        Check.Equal(0ul, during & InterruptFlag);
        Check.Equal(before & InterruptFlag, ReadFlags() & InterruptFlag);
    }

    private static ulong ReadFlags()
    {
        ulong flags = Instructions.SaveAndDisableInterrupts();
        Instructions.RestoreInterrupts(flags);
        return flags;
    }

    private sealed class CountingSurface() : CellSurface(ColumnCount, RowCount)
    {
        public const int ColumnCount = 40;
        public const int RowCount = 10;

        public override bool HasHardwareCursor => false;

        public int Draws { get; private set; }

        public override void Draw(int column, int row, Cell cell) => Draws++;

        public override void MoveCursor(int column, int row, bool isVisible)
        {
        }
    }
}
