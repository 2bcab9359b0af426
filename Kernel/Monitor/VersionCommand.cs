using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>version</c>: what runs here.</summary>
internal sealed class VersionCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "version"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows the kernel's version and how it was started"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        ref readonly Boot.BootInformation boot = ref Boot.KernelEntry.Boot;
        output.Write($"CosmosVm {KernelVersion.Text}, x86-64\n");
        output.Write($"protocol      {ProtocolName(boot.Protocol)}\n");
        output.Write($"loader        {Boot.KernelEntry.Bytes(boot.LoaderName)}\n");
        output.Write($"firmware      {(boot.IsUefi ? "UEFI"u8 : "BIOS or none"u8)}\n");
        output.Write("command line  "u8);
        output.WriteLine(Boot.CommandLine.Text);
        return CommandResult.Done;
    }

    private static ReadOnlySpan<byte> ProtocolName(Boot.BootProtocol protocol) => protocol switch
    {
        Boot.BootProtocol.Pvh => "PVH"u8,
        Boot.BootProtocol.Multiboot2 => "multiboot2"u8,
        _ => "unknown"u8,
    };
}
