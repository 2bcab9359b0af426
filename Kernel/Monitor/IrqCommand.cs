using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Console;
using Kernel.Drivers.Interrupts;

namespace Kernel.Monitor;

/// <summary><c>irq</c>: the interrupt controllers, how requests reach the processor, and how often they did.</summary>
internal sealed class IrqCommand : MonitorCommand
{
    private const int Vectors = 256;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "irq"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows interrupt controllers, routes and counts"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        WriteControllers(output);
        WriteRoutes(output);
        WriteCounts(output);
        return CommandResult.Done;
    }

    private static void WriteControllers(TextSink output)
    {
        if (LocalApic.IsPresent)
            output.Write($"local controller {LocalApic.Id}, version 0x{LocalApic.Version:x2}, {(LocalApic.IsExtended ? "x2APIC mode"u8 : "xAPIC mode"u8)}\n");
        else
            output.Write("no local controller\n"u8);
        if (InterruptController.UsesIoApic)
            output.Write($"I/O controllers in use: {InterruptController.IoApicCount}\n");
        else
            output.Write("requests come through the legacy 8259 controllers\n"u8);
    }

    private static void WriteRoutes(TextSink output)
    {
        output.Write("request  input  vector  signal\n"u8);
        for (int request = 0; request < InterruptController.IsaInterrupts; request++)
        {
            InterruptLine line = InterruptController.GetLine((byte)request);
            if (line.Vector == 0)
                continue;
            output.Write($"{line.IsaInterrupt,7}  {line.GlobalInterrupt,5}  0x{line.Vector:x2}    ");
            output.Write(line.Trigger == SignalTrigger.Level ? "level"u8 : "edge"u8);
            output.Write(line.Polarity == SignalPolarity.ActiveLow ? ", active low"u8 : ", active high"u8);
            output.Write(line.IsMasked ? ", masked\n"u8 : "\n"u8);
        }
    }

    private static void WriteCounts(TextSink output)
    {
        output.Write("vector        count  what\n"u8);
        for (int vector = 0; vector < Vectors; vector++)
        {
            ulong count = Traps.CountOf((byte)vector);
            if (count > 0)
                output.Write($"0x{vector:x2}  {count,13}  {NameOf((byte)vector)}\n");
        }
    }

    private static ReadOnlySpan<byte> NameOf(byte vector) => vector switch
    {
        < ExceptionVectors.Count => ExceptionVectors.Name((ExceptionVector)vector),
        InterruptVector.Keyboard => "keyboard"u8,
        InterruptVector.Serial => "serial port"u8,
        InterruptVector.Timer => "timer"u8,
        InterruptVector.Spurious => "spurious"u8,
        _ => "unnamed"u8,
    };
}
