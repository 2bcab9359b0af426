using System;
using Kernel.Drivers.Console;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary><c>help</c>: what there is, and how one command is used.</summary>
internal sealed class HelpCommand(CommandTable table) : MonitorCommand
{
    // Wide enough for every command with its arguments.
    private const int UsageWidth = 26;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "help"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[COMMAND]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "lists the commands, or explains one"u8;

    /// <summary>Says how a command is used.</summary>
    public static void WriteUsage(MonitorCommand command, TextSink output)
    {
        output.Write("usage: "u8);
        output.Write(command.Name);
        if (!command.Usage.IsEmpty)
            output.Write(" "u8);
        output.WriteLine(command.Usage);
    }

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 1)
            return CommandResult.WrongArguments;
        if (arguments.Count == 1)
            return Explain(arguments[0], output);
        foreach (MonitorCommand command in table.Commands)
        {
            output.Write($"{command.Name} {command.Usage}");
            int written = command.Name.Length + 1 + command.Usage.Length;
            for (int column = written; column < UsageWidth; column++)
                output.Write(" "u8);
            output.WriteLine(command.Summary);
        }
        output.Write("TAB completes commands and arguments, the up key brings back earlier lines.\n"u8);
        return CommandResult.Done;
    }

    /// <inheritdoc/>
    public override void Complete(CommandArguments preceding, CompletionSet candidates)
    {
        if (preceding.Count == 0)
            table.OfferNames(candidates);
    }

    private CommandResult Explain(ReadOnlySpan<byte> name, TextSink output)
    {
        MonitorCommand? command = table.Find(name);
        if (command is null)
        {
            output.Write($"{name}: no such command; \"help\" lists them\n");
            return CommandResult.Done;
        }
        WriteUsage(command, output);
        output.WriteLine(command.Summary);
        output.Write(command.Details);
        return CommandResult.Done;
    }
}
