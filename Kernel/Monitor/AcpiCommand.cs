using System;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Console;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary><c>acpi</c>: the firmware's tables, and what the important ones say.</summary>
internal sealed class AcpiCommand : MonitorCommand
{
    private const int SignatureLength = 4;
    private const int OemIdLength = 6;

    // Header of every table (ACPI 6.5, table 5.4).
    private const int OemTableIdOffset = 16;
    private const int OemTableIdLength = 8;

    private const ulong BytesPerKibibyte = 1024;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "acpi"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[TABLE]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "lists the ACPI tables, or explains one"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "TABLE is a signature such as FACP, in any case; MADT and FADT are understood too.\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 1)
            return CommandResult.WrongArguments;
        if (!AcpiTables.IsPresent)
            output.Write("no ACPI tables: the machine or its firmware has none\n"u8);
        else if (arguments.Count == 0)
            List(output);
        else
            Explain(arguments[0], output);
        return CommandResult.Done;
    }

    /// <inheritdoc/>
    public override void Complete(CommandArguments preceding, CompletionSet candidates)
    {
        if (preceding.Count > 0)
            return;
        Span<byte> signature = stackalloc byte[SignatureLength];
        for (int i = 0; i < AcpiTables.Count; i++)
            candidates.Offer(AcpiTables.Get(i).Signature.CopyTo(signature));
    }

    private static void List(TextSink output)
    {
        output.Write($"{AcpiTables.Count} tables, root pointer of revision {AcpiTables.Revision}\n");
        output.Write("table  rev  address             length  oem     oem's table\n"u8);
        for (int i = 0; i < AcpiTables.Count; i++)
            WriteHeader(AcpiTables.Get(i), output);
    }

    private static void WriteHeader(AcpiTable table, TextSink output)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        Span<byte> oem = stackalloc byte[OemIdLength];
        Span<byte> name = stackalloc byte[OemTableIdLength];
        Printable(table.Oem, oem);
        Printable(table.Bytes.Slice(OemTableIdOffset, OemTableIdLength), name);
        output.Write($"{table.Signature.CopyTo(signature)}   {table.Revision,3}  0x{table.Address.Value:x16}  {table.Length,6}  {oem}  {name}\n");
    }

    /// <summary>Copies text of the firmware, with dots instead of what a terminal might take for commands.</summary>
    private static void Printable(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        destination.Fill((byte)' ');
        for (int i = 0; i < text.Length && text[i] != 0; i++)
            destination[i] = text[i] is >= (byte)' ' and <= (byte)'~' ? text[i] : (byte)'.';
    }

    private static void Explain(ReadOnlySpan<byte> name, TextSink output)
    {
        AcpiTable table = Find(name);
        if (!table.IsPresent)
        {
            output.Write($"{name}: no such table; \"acpi\" lists them\n");
            return;
        }
        WriteHeader(table, output);
        if (table.Signature == TableSignature.Madt && AcpiTables.Madt is { } madt)
            ExplainMadt(madt, output);
        else if (table.Signature == TableSignature.Fadt)
            ExplainFadt(AcpiTables.Fadt, output);
        else if (table.Signature == TableSignature.Srat && AcpiTables.Srat is { } srat)
            ExplainSrat(srat, output);
        else if (table.Signature == TableSignature.Hpet)
            output.Write($"event timer's registers at 0x{AcpiTables.Hpet.Registers.Value:x}\n");
        else if (table.Signature == TableSignature.Mcfg)
            ExplainMcfg(output);
        else
            SayWhereItIs(table, output);
    }

    private static AcpiTable Find(ReadOnlySpan<byte> name)
    {
        if (name.Length != SignatureLength)
            return AcpiTable.Absent;
        Span<byte> letters = stackalloc byte[SignatureLength];
        for (int i = 0; i < SignatureLength; i++)
            letters[i] = name[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(name[i] - 'a' + 'A') : name[i];
        if (((ReadOnlySpan<byte>)letters).SequenceEqual("MADT"u8))
            return AcpiTables.Find(TableSignature.Madt);
        if (((ReadOnlySpan<byte>)letters).SequenceEqual("FADT"u8))
            return AcpiTables.Find(TableSignature.Fadt);
        return AcpiTables.Find(new TableSignature(letters));
    }

    private static void ExplainMadt(Madt madt, TextSink output)
    {
        output.Write($"local controllers at 0x{madt.LocalApicAddress.Value:x}");
        output.Write(madt.HasLegacyControllers ? ", legacy controllers present\n"u8 : ", no legacy controllers\n"u8);
        foreach (LocalApicEntry entry in madt.LocalApics)
            output.Write($"processor {entry.ProcessorId,3}: local controller {entry.ApicId}{(entry.IsEnabled ? ""u8 : ", disabled"u8)}\n");
        foreach (IoApicEntry entry in madt.IoApics)
            output.Write($"I/O controller {entry.Id} at 0x{entry.Address.Value:x}, inputs from {entry.FirstInterrupt}\n");
        foreach (SourceOverride entry in madt.Overrides)
            output.Write($"ISA interrupt {entry.IsaInterrupt,2} is input {entry.GlobalInterrupt,2}, {Describe(entry.Polarity)}, {Describe(entry.Trigger)}\n");
        foreach (NmiSourceEntry entry in madt.NmiSources)
            output.Write($"non-maskable interrupt at input {entry.GlobalInterrupt}, {Describe(entry.Polarity)}, {Describe(entry.Trigger)}\n");
        foreach (LocalNmiEntry entry in madt.LocalNmis)
        {
            output.Write($"non-maskable interrupt at pin {entry.Pin} of ");
            if (entry.IsForAll)
                output.Write("every processor\n"u8);
            else
                output.Write($"processor {entry.ProcessorId}\n");
        }
        if (!madt.IsWhole)
            output.Write("the rest of the table is broken\n"u8);
    }

    private static void ExplainFadt(in Fadt fadt, TextSink output)
    {
        output.Write($"definition block       0x{fadt.DefinitionBlock.Value:x}\n");
        WriteRegister("power control a"u8, fadt.ControlA, output);
        WriteRegister("power control b"u8, fadt.ControlB, output);
        WriteRegister("timer"u8, fadt.Timer, output);
        if (fadt.Timer.IsPresent)
            output.Write(fadt.HasWideTimer ? "timer's width          32 bits\n"u8 : "timer's width          24 bits\n"u8);
        WriteRegister("reset"u8, fadt.ResetRegister, output);
        if (fadt.ResetRegister.IsPresent)
            output.Write($"reset value            0x{fadt.ResetValue:x2}\n");
        if (fadt.CommandPort != 0)
            output.Write($"ACPI mode              write 0x{fadt.EnableValue:x2} to port 0x{fadt.CommandPort:x}\n");
        else
            output.Write("ACPI mode              always\n"u8);
        if (fadt.CenturyIndex != 0)
            output.Write($"century                register {fadt.CenturyIndex} of the real-time clock\n");
        output.Write(fadt.HasKeyboardController ? "keyboard controller    yes\n"u8 : "keyboard controller    no\n"u8);
    }

    private static void WriteRegister(ReadOnlySpan<byte> use, GenericAddress register, TextSink output)
    {
        output.Write($"{use,-22} ");
        if (!register.IsPresent)
            output.Write("none\n"u8);
        else
            output.Write($"{SpaceName(register.Space)} 0x{register.Address:x}, {register.BitWidth} bits\n");
    }

    private static ReadOnlySpan<byte> SpaceName(RegisterSpace space) => space switch
    {
        RegisterSpace.Memory => "memory"u8,
        RegisterSpace.Port => "port"u8,
        RegisterSpace.PciConfiguration => "PCI configuration"u8,
        _ => "unknown space,"u8,
    };

    private static void ExplainSrat(Srat srat, TextSink output)
    {
        foreach (ProcessorAffinity entry in srat.Processors)
            output.Write($"domain {entry.Domain}: processor with local controller {entry.ApicId}\n");
        foreach (MemoryAffinity entry in srat.Memory)
        {
            output.Write($"domain {entry.Domain}: 0x{entry.Start.Value:x16} - 0x{entry.Start.Value + entry.Length:x16}, {entry.Length / BytesPerKibibyte} KiB");
            output.Write(entry.IsHotPluggable ? ", hot-pluggable"u8 : default);
            output.Write(entry.IsNonVolatile ? ", non-volatile\n"u8 : "\n"u8);
        }
    }

    private static void ExplainMcfg(TextSink output)
    {
        foreach (ConfigurationWindow window in AcpiTables.ConfigurationWindows)
            output.Write($"PCI segment {window.Segment}, buses {window.FirstBus} to {window.LastBus} at 0x{window.Base.Value:x}\n");
    }

    private static unsafe void SayWhereItIs(AcpiTable table, TextSink output)
    {
        fixed (byte* bytes = table.Bytes)
            output.Write($"not explained here; its bytes: peek {(ulong)bytes:x} {table.Length}\n");
    }

    private static ReadOnlySpan<byte> Describe(SignalPolarity polarity) =>
        polarity == SignalPolarity.ActiveLow ? "active low"u8 : "active high"u8;

    private static ReadOnlySpan<byte> Describe(SignalTrigger trigger) =>
        trigger == SignalTrigger.Level ? "level"u8 : "edge"u8;
}
