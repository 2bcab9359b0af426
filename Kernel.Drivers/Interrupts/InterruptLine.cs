using Kernel.Drivers.Acpi;

namespace Kernel.Drivers.Interrupts;

/// <summary>How an ISA interrupt request is connected.</summary>
/// <param name="IsaInterrupt">Its number on the bus.</param>
/// <param name="GlobalInterrupt">Global number of the input where it arrives.</param>
/// <param name="Vector">The vector that it raises; 0 if it is not routed.</param>
/// <param name="IsMasked">Whether it is held back.</param>
/// <param name="Polarity">What level is active.</param>
/// <param name="Trigger">Edge or level.</param>
public readonly record struct InterruptLine(
    byte IsaInterrupt, uint GlobalInterrupt, byte Vector, bool IsMasked, SignalPolarity Polarity, SignalTrigger Trigger);
