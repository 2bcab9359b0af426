namespace Kernel.Mm;

/// <summary>How the processor may cache a mapping (Intel SDM vol. 3, 12.3).</summary>
public enum CachePolicy
{
    /// <summary>Cached, for RAM.</summary>
    WriteBack,

    /// <summary>Writes are collected into bursts, reads are slow: for framebuffers.</summary>
    WriteCombining,

    /// <summary>Every access reaches the device, in program order: for device registers.</summary>
    Uncached,
}
