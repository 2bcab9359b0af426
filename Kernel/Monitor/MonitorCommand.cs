using System;
using Kernel.Drivers.Console;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary>What became of a command.</summary>
internal enum CommandResult
{
    /// <summary>It ran; what went wrong, it said itself.</summary>
    Done = 0,

    /// <summary>Its arguments make no sense: the shell says how it is used.</summary>
    WrongArguments,
}

/// <summary>A command of the monitor. It runs with interrupts on, allocates nothing and never panics because of its arguments.</summary>
internal abstract class MonitorCommand
{
    /// <summary>The word that starts it.</summary>
    public abstract ReadOnlySpan<byte> Name { get; }

    /// <summary>Its arguments: words to replace in capitals, optional ones in brackets; empty if it has none.</summary>
    public virtual ReadOnlySpan<byte> Usage => default;

    /// <summary>What it does, in a few words.</summary>
    public abstract ReadOnlySpan<byte> Summary { get; }

    /// <summary>More for <c>help NAME</c>: lines of at most 79 columns, each with its line feed.</summary>
    public virtual ReadOnlySpan<byte> Details => default;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">The words after the name.</param>
    /// <param name="output">Where its answer goes.</param>
    public abstract CommandResult Run(CommandArguments arguments, TextSink output);

    /// <summary>Offers what may stand as its last argument.</summary>
    /// <param name="preceding">The arguments before that.</param>
    /// <param name="candidates">Takes the offers.</param>
    public virtual void Complete(CommandArguments preceding, CompletionSet candidates)
    {
    }
}
