using Kernel.Terminals;

namespace Kernel.Processes;

/// <summary>Processes that job control treats as one.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards it. It goes with its last member.</remarks>
internal sealed class ProcessGroup
{
    /// <summary>Its number: its first process's.</summary>
    public int Id { get; internal set; }

    /// <summary>What it belongs to.</summary>
    public Session Session { get; internal set; } = null!;

    /// <summary>The first of its processes; the others by <see cref="Process.NextInGroup"/>.</summary>
    public Process? FirstMember { get; internal set; }
}

/// <summary>Groups that share a controlling terminal.</summary>
/// <remarks>As for <see cref="ProcessGroup"/>.</remarks>
internal sealed class Session
{
    /// <summary>Its number: its leader's.</summary>
    public int Id { get; internal set; }

    /// <summary>Its controlling terminal; null for none.</summary>
    public Terminal? Terminal { get; set; }

    /// <summary>Groups in it.</summary>
    internal int Groups { get; set; }
}
