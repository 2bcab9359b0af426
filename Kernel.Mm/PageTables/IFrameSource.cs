namespace Kernel.Mm.PageTables;

/// <summary>Where page tables take their frames from.</summary>
public interface IFrameSource
{
    /// <summary>A frame filled with zeros, or null when memory has run out.</summary>
    FrameNumber? AllocateZeroed();
}
