using System;

namespace Kernel;

/// <summary>What this kernel calls itself.</summary>
internal static class KernelVersion
{
    /// <summary>As in Directory.Build.props.</summary>
    public const string Text = "0.1.0";

    /// <summary>The Linux release whose interface programs find: libraries refuse to run on older ones.</summary>
    public static ReadOnlySpan<byte> LinuxRelease => "6.1.0-cosmosvm"u8;

    /// <summary>What uname calls the version.</summary>
    public static ReadOnlySpan<byte> Description => "#1 CosmosVm 0.1.0"u8;
}
