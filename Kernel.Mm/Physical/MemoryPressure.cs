namespace Kernel.Mm.Physical;

/// <summary>How free memory compares with the watermarks of <see cref="FrameAllocator"/>.</summary>
public enum MemoryPressure : byte
{
    /// <summary>At the high watermark or above it.</summary>
    None,

    /// <summary>Below the high watermark: who gives memory back goes on.</summary>
    Scarce,

    /// <summary>Below the low watermark: memory should be given back.</summary>
    Low,

    /// <summary>Only the reserve is left: ordinary requests are refused.</summary>
    Exhausted,
}
