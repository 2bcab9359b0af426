using System;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary>All commands, in the order in which <c>help</c> lists them. A new command is added here.</summary>
internal sealed class CommandTable : ICompleter
{
    private const byte Space = (byte)' ';

    private readonly MonitorCommand[] _commands;

    /// <summary>Makes every command.</summary>
    public CommandTable()
    {
        _commands =
        [
            new HelpCommand(this),
            new VersionCommand(),
            new CpuCommand(),
            new MemmapCommand(),
            new MemCommand(),
            new FramesCommand(),
            new AspaceCommand(),
            new ForkdemoCommand(),
            new PtCommand(),
            new PeekCommand(),
            new PciCommand(),
            new AcpiCommand(),
            new IrqCommand(),
            new TimeCommand(),
            new LogCommand(),
            new InitrdCommand(),
            new SelftestCommand(),
            new BenchCommand(),
            new PanicCommand(),
            new EchoCommand(),
            new ClearCommand(),
            new RebootCommand(),
            new PoweroffCommand(),
        ];
    }

    /// <summary>The commands in order.</summary>
    public ReadOnlySpan<MonitorCommand> Commands => _commands;

    /// <summary>The command with that name, or null.</summary>
    public MonitorCommand? Find(ReadOnlySpan<byte> name)
    {
        foreach (MonitorCommand command in _commands)
            if (command.Name.SequenceEqual(name))
                return command;
        return null;
    }

    /// <summary>The command that somebody may have meant, or null if no name is near.</summary>
    public MonitorCommand? Nearest(ReadOnlySpan<byte> name)
    {
        // Every third character may be wrong, but not a whole short word.
        int nearest = Math.Max(1, name.Length / 3) + 1;
        MonitorCommand? found = null;
        foreach (MonitorCommand command in _commands)
        {
            int distance = NameDistance.Between(name, command.Name);
            if (distance >= nearest || distance >= command.Name.Length)
                continue;
            nearest = distance;
            found = command;
        }
        return found;
    }

    /// <inheritdoc/>
    public void Complete(ReadOnlySpan<byte> line, CompletionSet candidates)
    {
        // Without the word that is completed.
        var preceding = new CommandArguments(line[..(line.LastIndexOf(Space) + 1)]);
        if (preceding.Count == 0)
        {
            OfferNames(candidates);
            return;
        }
        Find(preceding[0])?.Complete(new CommandArguments(preceding.From(1)), candidates);
    }

    /// <summary>Offers the names of all commands.</summary>
    public void OfferNames(CompletionSet candidates)
    {
        foreach (MonitorCommand command in _commands)
            candidates.Offer(command.Name);
    }
}
