using System;
using System.Text;
using Kernel.Drivers.Console;
using Kernel.Drivers.Pci;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary><c>pci</c>: the functions on the PCI buses, and the windows of one.</summary>
internal sealed class PciCommand : MonitorCommand
{
    private const byte Colon = (byte)':';
    private const byte Dot = (byte)'.';
    private const ulong BytesPerKibibyte = 1024;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "pci"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[BUS:DEV.FN]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "lists the PCI functions, or shows one's windows"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details => "All numbers are hexadecimal, as in the list: 00:1f.2\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 1)
            return CommandResult.WrongArguments;
        if (PciBus.Configuration is null)
        {
            output.Write("no PCI bus: the machine has none\n"u8);
            return CommandResult.Done;
        }
        if (arguments.Count == 0)
        {
            List(output);
            return CommandResult.Done;
        }
        if (!TryParse(arguments[0], out PciAddress address))
            return CommandResult.WrongArguments;
        Explain(address, output);
        return CommandResult.Done;
    }

    /// <inheritdoc/>
    public override void Complete(CommandArguments preceding, CompletionSet candidates)
    {
        if (preceding.Count > 0)
            return;
        foreach (PciFunction function in PciBus.Functions)
        {
            Utf8Line address = new();
            Append(ref address, function.Address);
            candidates.Offer(address.Text);
        }
    }

    private static void Append(ref Utf8Line line, PciAddress address)
    {
        line.AppendFormatted(address.Bus, format: "x2");
        line.AppendLiteral(":");
        line.AppendFormatted(address.Device, format: "x2");
        line.AppendLiteral(".");
        line.AppendFormatted(address.Function);
    }

    private static void List(TextSink output)
    {
        output.Write("address  id         class   rev  device\n"u8);
        foreach (PciFunction function in PciBus.Functions)
            WriteFunction(function, output);
    }

    private static void WriteFunction(PciFunction function, TextSink output)
    {
        PciAddress at = function.Address;
        output.Write($"{at.Bus:x2}:{at.Device:x2}.{at.Function}  {function.Vendor:x4}:{function.Device:x4}  ");
        output.Write($"{function.Class:x2}{function.Subclass:x2}{function.Interface:x2}  {function.Revision:x2}   ");
        output.Write($"{PciClassNames.NameOf(function.Class, function.Subclass)}\n");
    }

    private static void Explain(PciAddress address, TextSink output)
    {
        foreach (PciFunction function in PciBus.Functions)
        {
            if (function.Address != address)
                continue;
            WriteFunction(function, output);
            WriteDetails(function, output);
            return;
        }
        output.Write($"{address.Bus:x2}:{address.Device:x2}.{address.Function}: no such function; \"pci\" lists them\n");
    }

    private static void WriteDetails(PciFunction function, TextSink output)
    {
        if (function.Subsystem != 0)
            output.Write($"subsystem {(ushort)function.Subsystem:x4}:{function.Subsystem >> 16:x4}\n");
        if (function.IsBridge)
            output.Write($"bridge to bus {function.SecondaryBus:x2}\n");
        if (function.InterruptPin != 0)
            output.Write($"interrupt pin {(ReadOnlySpan<byte>)[(byte)('A' + function.InterruptPin - 1)]}, ISA request {function.InterruptLine}\n");
        ReadOnlySpan<BaseAddress> windows = function.Windows;
        for (int i = 0; i < windows.Length; i++)
            if (windows[i].Kind != BaseAddressKind.None)
                WriteWindow(i, windows[i], output);
    }

    private static void WriteWindow(int index, BaseAddress window, TextSink output)
    {
        output.Write($"window {index}  ");
        if (window.Kind == BaseAddressKind.Port)
        {
            output.Write($"ports 0x{window.Start:x4} - 0x{window.Start + window.Size - 1:x4}\n");
            return;
        }
        output.Write(window.Kind == BaseAddressKind.Memory64 ? "64-bit memory "u8 : "32-bit memory "u8);
        output.Write($"0x{window.Start:x} - 0x{window.Start + window.Size - 1:x}, ");
        if (window.Size < BytesPerKibibyte)
            output.Write($"{window.Size} bytes");
        else
            output.Write($"{window.Size / BytesPerKibibyte} KiB");
        output.Write(window.IsPrefetchable ? ", prefetchable\n"u8 : "\n"u8);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out PciAddress address)
    {
        address = default;
        int colon = text.IndexOf(Colon), dot = text.IndexOf(Dot);
        if (colon < 0 || dot < colon
            || !NumberParser.TryHexadecimal(text[..colon], out ulong bus) || bus > byte.MaxValue
            || !NumberParser.TryHexadecimal(text[(colon + 1)..dot], out ulong device) || device >= PciAddress.DevicesPerBus
            || !NumberParser.TryHexadecimal(text[(dot + 1)..], out ulong function) || function >= PciAddress.FunctionsPerDevice)
            return false;
        address = new PciAddress((byte)bus, (byte)device, (byte)function);
        return true;
    }
}
