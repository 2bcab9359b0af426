namespace Kernel.Drivers.Time;

/// <summary>A counter of known frequency, against which others are measured.</summary>
public abstract class ReferenceCounter
{
    /// <summary>What it is, for the log.</summary>
    public abstract string Name { get; }

    /// <summary>Ticks per second.</summary>
    public abstract ulong Frequency { get; }

    /// <summary>The bits that count: the counter goes back to zero after this value.</summary>
    public abstract ulong Mask { get; }

    /// <summary>Its value; it counts up.</summary>
    public abstract ulong Read();
}
