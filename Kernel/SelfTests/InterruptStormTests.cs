using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;

namespace Kernel.SelfTests;

/// <summary>A million timer interrupts must not change a single bit of the interrupted code's SSE registers.</summary>
internal static unsafe class InterruptStormTests
{
    private const ulong Interrupts = 1_000_000;
    private const ulong PeriodNanoseconds = 2_000;
    private const int Registers = 16;

    private static Pattern s_pattern;

    /// <summary>The suite; see docs/testing.md for the proof that it fails when the registers are not kept.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("interrupt-storm");
        suite.Add("xmm0 to xmm15 survive 1,000,000 timer interrupts", SseRegistersSurvive);
        return suite;
    }

    private static void SseRegistersSurvive()
    {
        // Two words more than needed, so that the pattern can start at a multiple of 16 bytes.
        ulong* pattern = (ulong*)(((nuint)Unsafe.AsPointer(ref s_pattern) + 15) & ~(nuint)15);
        for (int i = 0; i < 2 * Registers; i++)
            pattern[i] = 0x9e37_79b9_7f4a_7c15UL * (ulong)(i + 1);

        Check.True(TimerDevice.IsPresent);
        ulong* count = Traps.CountAddress(TimerDevice.Vector);
        ulong target = *count + Interrupts;
        TimerDevice.StartPeriodic(PeriodNanoseconds);
        int changed;
        try
        {
            changed = Loop(count, target, pattern);
        }
        finally
        {
            TimerDevice.Stop();
        }
        if (changed != 0)
            Check.Fail($"xmm{changed - 1} changed after {Interrupts - (target - *count)} interrupts");
    }

    [RuntimeImport("*", "interrupt_storm_loop")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int Loop(ulong* count, ulong target, ulong* pattern);

    [InlineArray(2 * Registers + 2)]
    private struct Pattern
    {
        private ulong _first;
    }
}
