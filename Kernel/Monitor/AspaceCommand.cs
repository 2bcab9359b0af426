using System;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Monitor;

/// <summary><c>aspace</c>: the address spaces, and the vareas of one.</summary>
internal sealed class AspaceCommand : MonitorCommand
{
    private const ulong BytesPerKibibyte = 1024;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "aspace"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[NUMBER | verify]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "lists address spaces, or the vareas of one"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "\"aspace 0\" prints the vareas of the first space of the list. \"aspace verify\" walks everything from\nall roots and compares with every counter.\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        MemoryManager manager = VirtualMemory.Manager;
        if (arguments.Count == 0)
        {
            List(manager, output);
            return CommandResult.Done;
        }
        if (arguments.Count > 1)
            return CommandResult.WrongArguments;
        if (arguments[0].SequenceEqual("verify"u8))
        {
            string? problem = manager.Verify(out ulong detail);
            output.Write($"{problem ?? "everything is as it should be"}\n");
            if (problem is not null)
                output.Write($"about 0x{detail:x}\n");
            return CommandResult.Done;
        }
        if (!NumberParser.TryCount(arguments[0], out uint number))
            return CommandResult.WrongArguments;
        AddressSpace? space = manager.FirstSpace;
        for (; number > 0 && space is not null; number--)
            space = space.NextSpace;
        if (space is null)
            output.Write("there is no such address space\n"u8);
        else
            WriteAreas(space, output);
        return CommandResult.Done;
    }

    /// <summary>Prints the vareas of a space: range, size, protection, object, resident pages.</summary>
    public static void WriteAreas(AddressSpace space, TextSink output)
    {
        output.Write("from              to                     KiB prot object      resident  private   shared\n"u8);
        space.BeginListing();
        foreach (VArea area in space)
        {
            AddressSpace.ResidentCounts counts = space.CountResident(area);
            output.Write($"{area.Start.Value:x16}  {area.End.Value:x16}{area.Pages * Page.Size / BytesPerKibibyte,10} ");
            WriteProtection(area, output);
            ReadOnlySpan<byte> name = area.Object!.NameFor(area);
            output.Write($" {name,-10}{counts.Resident,10}{counts.Private,9}{counts.Shared,9}\n");
        }
        space.EndListing();
    }

    private static void List(MemoryManager manager, TextSink output)
    {
        output.Write("no  root             vareas    mapped  resident    locked    faults  state\n"u8);
        int number = 0;
        for (AddressSpace? space = manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            output.Write($"{number++,2}  {space.Translations.Root.Value:x12}{space.AreaCount,11}{space.MappedPages,10}{space.ResidentPages,10}");
            output.Write($"{space.LockedPages,10}{space.MinorFaults + space.MajorFaults,10}  {StateOf(space)}\n");
        }
    }

    private static ReadOnlySpan<byte> StateOf(AddressSpace space)
    {
        if (space == VirtualMemory.KernelSpace)
            return "kernel"u8;
        if (space.IsFrozen)
            return "frozen"u8;
        return space.PrivateObject?.Backup is null ? "own"u8 : "forked"u8;
    }

    private static void WriteProtection(VArea area, TextSink output)
    {
        Span<byte> text = stackalloc byte[4];
        text[0] = (area.Protection & Protection.Read) != 0 ? (byte)'r' : (byte)'-';
        text[1] = (area.Protection & Protection.Write) != 0 ? (byte)'w' : (byte)'-';
        text[2] = (area.Protection & Protection.Execute) != 0 ? (byte)'x' : (byte)'-';
        text[3] = area.IsPrivate ? (byte)'p' : (byte)'s';
        output.Write(text);
    }
}
