namespace Kernel;

/// <summary>What this kernel calls itself.</summary>
internal static class KernelVersion
{
    /// <summary>As in Directory.Build.props.</summary>
    public const string Text = "0.1.0";
}
