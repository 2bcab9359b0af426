using Kernel.Drivers.Time;
using Xunit;

namespace Kernel.Drivers.Tests.Time;

public sealed class CalibrationTests
{
    private const ulong Gigahertz = 1_000_000_000;

    [Theory]
    [InlineData(PowerTimer.TicksPerSecond, PowerTimer.NarrowMask, 1_200)]
    [InlineData(PowerTimer.TicksPerSecond, uint.MaxValue, 1_200)]
    [InlineData(IntervalTimer.TicksPerSecond, ushort.MaxValue, 3_000)]
    [InlineData(14_318_180, uint.MaxValue, 600)]
    [InlineData(100_000_000, uint.MaxValue, 60)]
    public void Frequencies_are_found_to_a_tenth_of_a_percent(ulong frequency, ulong mask, ulong accessNanoseconds)
    {
        foreach (ulong start in new ulong[] { 0, 12_345, 1_000_000_007, 4_294_967_290, 77_777_777_777 })
        {
            var machine = new Machine { Nanoseconds = start, AccessNanoseconds = accessNanoseconds };
            var target = new Counters(machine);
            Assert.True(Calibration.TryMeasure(new Reference(machine, frequency, mask), ref target, out CalibrationResult result));
            Assert.InRange(result.Frequency, Counters.Frequency * 999 / 1000, Counters.Frequency * 1001 / 1000);
            Assert.InRange(result.SecondFrequency, Counters.SecondFrequency * 997 / 1000, Counters.SecondFrequency * 1003 / 1000);
            Assert.InRange(machine.Nanoseconds - start, 1_000_000UL, 1_500_000UL);
        }
    }

    [Fact]
    public void Interruption_at_the_start_or_the_end_does_not_count()
    {
        for (int access = 0; access < 3_000; access += 7)
        {
            var machine = new Machine { AccessNanoseconds = 1_000, InterruptedAccess = access };
            var target = new Counters(machine);
            Assert.True(Calibration.TryMeasure(
                new Reference(machine, PowerTimer.TicksPerSecond, PowerTimer.NarrowMask), ref target, out CalibrationResult result));
            Assert.InRange(result.Frequency, Counters.Frequency * 998 / 1000, Counters.Frequency * 1002 / 1000);
        }
    }

    [Fact]
    public void Counter_that_stands_still_is_given_up()
    {
        var machine = new Machine { AccessNanoseconds = 100 };
        var target = new Counters(machine);
        Assert.False(Calibration.TryMeasure(new Reference(machine, PowerTimer.TicksPerSecond, 0), ref target, out _));
    }

    /// <summary>Time that passes when something is accessed, and once much more.</summary>
    private sealed class Machine
    {
        private const ulong InterruptionNanoseconds = 400_000;
        private int _accesses;

        public ulong Nanoseconds { get; set; }

        public ulong AccessNanoseconds { get; init; }

        public int InterruptedAccess { get; init; } = -1;

        /// <summary>The access takes effect in its middle.</summary>
        public ulong Access(ulong cost)
        {
            if (_accesses++ == InterruptedAccess)
                Nanoseconds += InterruptionNanoseconds;
            ulong at = Nanoseconds + cost / 2;
            Nanoseconds += cost;
            return at;
        }
    }

    private sealed class Reference(Machine machine, ulong frequency, ulong mask) : ReferenceCounter
    {
        public override string Name => "simulated";

        public override ulong Frequency => frequency;

        public override ulong Mask => mask;

        public override ulong Read() => (ulong)((System.UInt128)machine.Access(machine.AccessNanoseconds) * frequency / Gigahertz) & mask;
    }

    private readonly struct Counters(Machine machine) : ICalibrationTarget
    {
        public const ulong Frequency = 2_596_135_127;
        public const ulong SecondFrequency = 99_876_543;

        public ulong ReadTicks() => (ulong)((System.UInt128)machine.Access(10) * Frequency / Gigahertz);

        public ulong ReadSecondTicks() => (ulong)((System.UInt128)machine.Access(100) * SecondFrequency / Gigahertz);
    }
}
