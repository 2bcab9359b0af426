namespace Kernel.Drivers.Time;

/// <summary>The PC's 8254 timer: its channel 2 as a counter, its channel 0 as a source of interrupts.</summary>
public sealed class IntervalTimer : ReferenceCounter
{
    /// <summary>Its frequency on every machine.</summary>
    public const ulong TicksPerSecond = 1_193_182;

    /// <summary>The longest period, in ticks: a count of zero stands for it.</summary>
    public const uint MaxCount = 0x1_0000;

    /// <summary>The ISA request of channel 0.</summary>
    public const byte Request = 0;

    private const ushort Channel0Port = 0x40;
    private const ushort Channel2Port = 0x42;
    private const ushort ModePort = 0x43;
    private const ushort GatePort = 0x61;

    // Mode bytes: channel, access to both bytes of the count, mode (Intel 8254 data sheet, figure 7).
    private const byte Channel2 = 2 << 6;
    private const byte BothBytes = 3 << 4;
    private const byte OneShotMode = 0 << 1;
    private const byte RateMode = 2 << 1;
    private const byte Latch = 0;

    private const byte Gate2 = 1;
    private const byte Speaker = 2;

    /// <inheritdoc/>
    public override string Name => "PIT";

    /// <inheritdoc/>
    public override ulong Frequency => TicksPerSecond;

    /// <inheritdoc/>
    public override ulong Mask => MaxCount - 1;

    /// <summary>Lets channel 2 run freely, with the speaker off.</summary>
    public static IntervalTimer Open()
    {
        Port.Out8(GatePort, (byte)((Port.In8(GatePort) & ~Speaker) | Gate2));
        Port.Out8(ModePort, Channel2 | BothBytes | RateMode);
        WriteCount(Channel2Port, MaxCount);
        return new IntervalTimer();
    }

    /// <summary>Channel 0 interrupts once.</summary>
    /// <param name="count">After so many ticks: 1 to <see cref="MaxCount"/>.</param>
    public static void StartOneShot(uint count)
    {
        Port.Out8(ModePort, BothBytes | OneShotMode);
        WriteCount(Channel0Port, count);
    }

    /// <summary>Channel 0 interrupts again and again.</summary>
    /// <param name="count">Ticks between two interrupts: 2 to <see cref="MaxCount"/>.</param>
    public static void StartPeriodic(uint count)
    {
        Port.Out8(ModePort, BothBytes | RateMode);
        WriteCount(Channel0Port, count);
    }

    /// <summary>Channel 0 interrupts no more: it waits for a count that never comes.</summary>
    public static void Stop() => Port.Out8(ModePort, BothBytes | OneShotMode);

    /// <inheritdoc/>
    public override ulong Read()
    {
        Port.Out8(ModePort, Channel2 | Latch);
        uint low = Port.In8(Channel2Port);
        uint count = low | ((uint)Port.In8(Channel2Port) << 8);
        // It counts down.
        return (MaxCount - count) & (MaxCount - 1);
    }

    private static void WriteCount(ushort port, uint count)
    {
        Port.Out8(port, (byte)count);
        Port.Out8(port, (byte)(count >> 8));
    }
}
