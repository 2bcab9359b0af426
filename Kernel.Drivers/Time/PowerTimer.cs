using Kernel.Drivers.Acpi;

namespace Kernel.Drivers.Time;

/// <summary>The ACPI power-management timer (ACPI 6.5, 4.8.3.3).</summary>
public sealed class PowerTimer : ReferenceCounter
{
    /// <summary>Its frequency on every machine.</summary>
    public const ulong TicksPerSecond = 3_579_545;

    /// <summary>What a timer of 24 bits counts.</summary>
    public const ulong NarrowMask = (1UL << 24) - 1;

    private readonly GenericAddress _register;

    private PowerTimer(GenericAddress register, bool isWide)
    {
        _register = register;
        Mask = isWide ? uint.MaxValue : NarrowMask;
    }

    /// <inheritdoc/>
    public override string Name => "ACPI timer";

    /// <inheritdoc/>
    public override ulong Frequency => TicksPerSecond;

    /// <inheritdoc/>
    public override ulong Mask { get; }

    /// <summary>The machine's.</summary>
    /// <returns>Null if it has none at a port.</returns>
    public static PowerTimer? TryOpen(in Fadt fadt) =>
        fadt.Timer.IsPresent && fadt.Timer.Space == RegisterSpace.Port ? new PowerTimer(fadt.Timer, fadt.HasWideTimer) : null;

    /// <inheritdoc/>
    public override ulong Read() => _register.ReadPort() & Mask;
}
