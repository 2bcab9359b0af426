using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;

namespace Kernel.SelfTests;

/// <summary>Timer interrupts must not change a single bit of the interrupted code's SSE registers.</summary>
/// <remarks>docs/testing.md tells how it was seen to fail when the trap stubs don't keep the registers.</remarks>
internal static unsafe class InterruptStormTests
{
    private const ulong ManyInterrupts = 1_000_000;
    private const ulong FewInterrupts = 1_000;

    // Without -icount, QEMU's own timer thread starves the processor at much shorter periods than these 100 us.
    private const ulong GentlePeriodNanoseconds = 100_000;
    private const ulong StormPeriodNanoseconds = 2_000;
    private const int Registers = 16;

    /// <summary>A short storm, quick on every machine.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("interrupts");
        suite.Add("xmm0 to xmm15 survive 1,000 timer interrupts"u8, static () => RegistersSurvive(FewInterrupts, GentlePeriodNanoseconds));
        return suite;
    }

    /// <summary>The whole storm: seconds on a real machine, half a minute in QEMU with <c>-icount</c>; without it QEMU doesn't get through.</summary>
    public static SelfTestSuite CreateLong()
    {
        var suite = new SelfTestSuite("interrupt-storm", onlyWhenNamed: true);
        suite.Add("xmm0 to xmm15 survive 1,000,000 timer interrupts"u8, static () => RegistersSurvive(ManyInterrupts, StormPeriodNanoseconds));
        return suite;
    }

    private static void RegistersSurvive(ulong interrupts, ulong periodNanoseconds)
    {
        // One value more than needed, so that the pattern can start at a multiple of 16 bytes.
        ulong* storage = stackalloc ulong[2 * (Registers + 1)];
        var pattern = (ulong*)(((nuint)storage + 15) & ~(nuint)15);
        for (int i = 0; i < 2 * Registers; i++)
            pattern[i] = 0x9e37_79b9_7f4a_7c15UL * (ulong)(i + 1);

        Check.True(TimerDevice.IsPresent);
        ulong* count = Traps.CountAddress(TimerDevice.Vector);
        ulong first = *count;
        TimerDevice.StartPeriodic(periodNanoseconds);
        int changed;
        try
        {
            changed = Loop(count, first + interrupts, pattern);
        }
        finally
        {
            TimerDevice.Stop();
        }
        if (changed != 0)
            Check.Fail($"xmm{changed - 1} changed after {*count - first} interrupts");
        Check.True(*count - first >= interrupts);
    }

    [RuntimeImport("*", "interrupt_storm_loop")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int Loop(ulong* count, ulong target, ulong* pattern);
}
