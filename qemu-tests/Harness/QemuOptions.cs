using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace CosmosVm.QemuTests.Harness;

/// <summary>What kind of machine a test wants. The defaults are those of a plain <c>qemu-system-x86_64</c>.</summary>
public sealed record QemuOptions
{
    /// <summary>How the kernel is started.</summary>
    public BootWay Boot { get; init; } = BootWay.Pvh;

    /// <summary>Path of another kernel than ours; only with <see cref="BootWay.Pvh"/>.</summary>
    public string? Kernel { get; init; }

    /// <summary>Whether the image's menu is left alone, which starts the shell; otherwise it is told to start the monitor.</summary>
    public bool ToShell { get; init; }

    /// <summary>Path of another image than the built one; not with <see cref="BootWay.Pvh"/>.</summary>
    public string? Image { get; init; }

    /// <summary>Kernel command line; only with <see cref="BootWay.Pvh"/> (the image's menu has its own).</summary>
    public string Append { get; init; } = "";

    /// <summary>Initial file system; only with <see cref="BootWay.Pvh"/>.</summary>
    public string? Initrd { get; init; }

    /// <summary>Memory in MiB.</summary>
    public int MemoryMebibytes { get; init; } = 256;

    /// <summary>QEMU's name of the processor, with features.</summary>
    public string Cpu { get; init; } = "qemu64";

    /// <summary>QEMU's machine type and its options, such as <c>q35</c> or <c>pc,acpi=off</c>.</summary>
    public string Machine { get; init; } = "pc";

    /// <summary>Display adapter; <c>none</c> for a machine without a screen.</summary>
    public string Vga { get; init; } = "std";

    /// <summary>When set, guest time follows the instruction count: one instruction takes 2^shift ns.</summary>
    public int? InstructionCountShift { get; init; }

    /// <summary>Whether a reset of the machine restarts it. Otherwise QEMU ends, so that an unwanted reset shows.</summary>
    public bool AllowReboot { get; init; }

    /// <summary>Whether QEMU's debug-exit port is there, through which the kernel chooses QEMU's exit code.</summary>
    public bool DebugExit { get; init; } = true;

    /// <summary>Further arguments for QEMU.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Tells several machines of one test apart in the names of their logs.</summary>
    public string Label { get; init; } = "";

    /// <summary>Whether the firmware is UEFI.</summary>
    public bool IsUefi => Boot is BootWay.UefiCd or BootWay.UefiUsb;

    /// <summary>QEMU's arguments.</summary>
    /// <param name="serialSocket">Unix socket on which the harness listens for the first serial port.</param>
    /// <param name="qmpSocket">Unix socket on which the harness listens for the machine protocol.</param>
    /// <param name="privateFolder">Where files of this machine alone go; the caller deletes it afterwards.</param>
    internal List<string> Arguments(string serialSocket, string qmpSocket, string privateFolder)
    {
        List<string> arguments =
        [
            // Software emulation everywhere, so that a machine with KVM tests the same thing.
            "-accel", "tcg",
            "-machine", Machine,
            "-cpu", Cpu,
            "-m", MemoryMebibytes.ToString(CultureInfo.InvariantCulture) + "M",
            "-vga", Vga,
            "-display", "none",
            "-nic", "none",
            "-chardev", $"socket,id=serial,path={serialSocket}",
            "-serial", "chardev:serial",
            "-chardev", $"socket,id=qmp,path={qmpSocket}",
            "-mon", "chardev=qmp,mode=control",
        ];
        if (!AllowReboot)
            arguments.Add("-no-reboot");
        if (DebugExit)
            arguments.AddRange(["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]);
        if (InstructionCountShift is int shift)
            arguments.AddRange(["-icount", "shift=" + shift.ToString(CultureInfo.InvariantCulture)]);
        if (IsUefi)
            AddFirmware(arguments, privateFolder);
        AddBootMedium(arguments);
        arguments.AddRange(ExtraArguments);
        return arguments;
    }

    private static void AddFirmware(List<string> arguments, string privateFolder)
    {
        string variables = Path.Combine(privateFolder, "variables.fd");
        File.Copy(Firmware.VariablesTemplate, variables);
        arguments.AddRange(
        [
            "-drive", $"if=pflash,format=raw,readonly=on,file={Firmware.Code}",
            "-drive", $"if=pflash,format=raw,file={variables}",
        ]);
    }

    private void AddBootMedium(List<string> arguments)
    {
        if (Boot != BootWay.Pvh && !ToShell)
            arguments.AddRange(["-smbios", "type=1,family=monitor"]);
        switch (Boot)
        {
            case BootWay.Pvh:
                arguments.AddRange(["-kernel", Kernel ?? Repository.KernelElf]);
                if (Initrd is not null)
                    arguments.AddRange(["-initrd", Initrd]);
                if (Append.Length != 0)
                    arguments.AddRange(["-append", Append]);
                break;
            case BootWay.BiosCd or BootWay.UefiCd:
                arguments.AddRange(["-cdrom", Image ?? Repository.Iso]);
                break;
            default:
                arguments.AddRange(
                [
                    "-device", "qemu-xhci",
                    "-drive", $"if=none,id=stick,format=raw,readonly=on,file={Image ?? Repository.Iso}",
                    "-device", "usb-storage,drive=stick,bootindex=0",
                ]);
                break;
        }
    }
}
