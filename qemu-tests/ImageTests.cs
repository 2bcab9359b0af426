using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The image's file system, with process 1 and shells: on Debian's kernel, as what is in it must not depend on ours, and on ours.</summary>
public sealed class ImageTests(ITestOutputHelper output) : QemuTest(output)
{
    private const string LinuxAppend = "console=ttyS0 quiet loglevel=1 panic=-1";

    // BusyBox's and our own shell's.
    private const string Prompt = " # ";

    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(3);

    [LinuxFact]
    public async Task Shell_runs_on_the_serial_port()
    {
        (QemuMachine machine, string log) = await BootLinuxAsync(Repository.Initramfs);
        Assert.Contains("CosmosVm", log);
        Assert.Contains("/dev/ttyS0", await ShellAsync(machine, "tty"));
        Assert.Contains("/proc proc /dev devtmpfs /tmp tmpfs", await ShellAsync(machine, "echo $(awk '$2 != \"/\" { print $2, $3 }' /proc/mounts)"));
        Assert.Contains("c-b-a", await ShellAsync(machine, "printf 'a\\nb\\nc\\n' | sort -r | paste -s -d -"));
        Assert.Contains("uid=0(root)", await ShellAsync(machine, "id"));
        Assert.Contains("free ", await ShellAsync(machine, "vmtop -n 1 | head -n 3"));
        Assert.Contains("/dev/tty1\n", await ShellAsync(machine, "for file in /proc/[0-9]*/fd/0; do readlink $file; done | sort -u"));
    }

    [LinuxFact]
    public async Task Shell_that_ends_is_started_again_and_orphans_are_reaped()
    {
        (QemuMachine machine, _) = await BootLinuxAsync(Repository.Initramfs);
        string first = await ShellAsync(machine, "echo shell $$");
        await ShellAsync(machine, "(sleep 1 &)");
        await ShellAsync(machine, "sleep 2");
        Assert.Contains("no zombies", await ShellAsync(machine, "grep -l 'State:.Z' /proc/[0-9]*/status || echo no zombies"));
        await machine.SendAsync("exit\r");
        await machine.WaitForAsync(Prompt);
        string second = await ShellAsync(machine, "echo shell $$");
        Assert.Contains("shell ", second);
        Assert.NotEqual(first, second);
    }

    [LinuxFact]
    public async Task Keys_end_what_runs_in_the_foreground()
    {
        (QemuMachine machine, _) = await BootLinuxAsync(Repository.Initramfs);
        await machine.SendAsync("echo started; sleep 1000\r");
        await machine.WaitForAsync("started\n");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await machine.SendAsync("\u0003");
        await machine.WaitForAsync(Prompt);
        Assert.Contains("status 130", await ShellAsync(machine, "echo status $?"));
    }

    [LinuxTheory]
    [InlineData("poweroff")]
    [InlineData("reboot")]
    public async Task Request_to_end_the_run_ends_all_processes_first(string request)
    {
        (QemuMachine machine, _) = await BootLinuxAsync(Repository.Initramfs, label: request);
        await ShellAsync(machine, "sleep 1000 &");
        await machine.SendAsync(request + "\r");
        await machine.WaitForAsync("init: ending all processes");
        Assert.Equal(0, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Image_without_BusyBox_boots_to_our_own_tools_and_says_why()
    {
        string image = Path.Combine(Repository.LogFolder, "no-busybox.iso");
        await RunAsync(
            "make-image.sh", image, image + ".root", Repository.KernelElf, await PackWithoutBusyBoxAsync("image"), Path.Combine(Repository.Root, "iso", "grub.cfg"));
        QemuMachine machine = await StartAsync(new QemuOptions { Boot = BootWay.BiosCd, ToShell = true, Image = image });
        string log = await machine.WaitForAsync(Prompt, s_bootLimit);
        Assert.Contains("This image has no BusyBox: COSMOSVM_WITHOUT_BUSYBOX was set when it was built.", log);
        Assert.Contains("motd", await ShellAsync(machine, "ls /etc | cat"));
        Assert.Contains("one two", await ShellAsync(machine, "echo one two >/tmp/x; cat </tmp/x"));
        Assert.EndsWith("/etc" + Prompt, await ShellAsync(machine, "cd /etc"));
        await machine.SendAsync("poweroff\r");
        Assert.Equal(0, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Licences_of_everything_are_in_the_image()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Initrd = Repository.Initramfs });
        await machine.WaitForAsync(Prompt, s_bootLimit);
        string own = await ShellAsync(machine, "cat /usr/share/licenses/cosmosvm/*");
        Assert.Contains("MIT License", own);
        Assert.Contains("SIL OPEN FONT LICENSE", own);
        if (!File.Exists(Path.Combine(Repository.Root, "out", "cache", "busybox", "version")))
            return;
        string others = await ShellAsync(machine, "cd /usr/share/licenses/busybox; head -n 2 GPL-2 LGPL-2.1 copyright; cat version");
        Assert.Contains("GNU GENERAL PUBLIC LICENSE", others);
        Assert.Contains("GNU LESSER GENERAL PUBLIC LICENSE", others);
        Assert.Contains("busybox-static 1", others);
    }

    [LinuxFact]
    public async Task Image_without_BusyBox_runs_our_own_tools_and_says_why()
    {
        (QemuMachine machine, string log) = await BootLinuxAsync(await PackWithoutBusyBoxAsync("linux"));
        Assert.Contains("This image has no BusyBox: ", log);
        Assert.Contains("motd", await ShellAsync(machine, "ls /etc | cat"));
        Assert.Contains(" init\n", await ShellAsync(machine, "ps"));
        Assert.Contains("one two", await ShellAsync(machine, "echo one two >/tmp/x; cat </tmp/x"));
        Assert.EndsWith("/etc" + Prompt, await ShellAsync(machine, "cd /etc"));
        await machine.SendAsync("poweroff\r");
        Assert.Equal(0, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task CosmosVm_runs_the_image_as_Linux_does()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Initrd = Repository.Initramfs });
        await machine.WaitForAsync(Prompt, s_bootLimit);
        Assert.Contains("/dev/ttyS0", await ShellAsync(machine, "tty"));
        Assert.Contains("c-b-a", await ShellAsync(machine, "printf 'a\\nb\\nc\\n' | sort -r | paste -s -d -"));
        string first = await ShellAsync(machine, "echo shell $$");
        await machine.SendAsync("echo started; sleep 1000\r");
        await machine.WaitForAsync("started\n");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await machine.SendAsync("\u0003");
        await machine.WaitForAsync(Prompt);
        Assert.Contains("status 130", await ShellAsync(machine, "echo status $?"));
        await machine.SendAsync("exit\r");
        await machine.WaitForAsync(Prompt);
        Assert.NotEqual(first, await ShellAsync(machine, "echo shell $$"));
        await machine.SendAsync("poweroff\r");
        Assert.Equal(0, await machine.ExitCodeAsync());
    }

    private static async Task<string> ShellAsync(QemuMachine machine, string line)
    {
        await machine.SendAsync(line + "\r");
        string text = await machine.WaitForAsync(Prompt);
        // Behind the echo.
        return text[(text.IndexOf('\n') + 1)..];
    }

    /// <summary>Makes the initial file system as the build does where the package can't be had.</summary>
    private static async Task<string> PackWithoutBusyBoxAsync(string label)
    {
        string folder = Path.Combine(Repository.LogFolder, "no-busybox." + label);
        await RunAsync("fetch-busybox.sh", folder);
        string programs = Path.Combine(Repository.Root, "out", "user");
        await RunAsync(
            "make-initramfs.sh", folder + ".cpio", folder + ".root", folder, $"{programs}/init=init", $"{programs}/tools=bin/tools", $"{Repository.Root}/iso/initramfs/etc/motd=etc/motd");
        return folder + ".cpio";
    }

    /// <summary>Runs a script of the build.</summary>
    private static async Task RunAsync(string script, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "build", script), arguments);
        start.Environment["SOURCE_DATE_EPOCH"] = "0";
        start.Environment["COSMOSVM_WITHOUT_BUSYBOX"] = "1";
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Starts a machine and waits for the first prompt.</summary>
    private async Task<(QemuMachine Machine, string Log)> BootLinuxAsync(string initramfs, [CallerMemberName] string test = "", string label = "")
    {
        QemuMachine machine = await StartAsync(
            new QemuOptions { Kernel = LinuxKernel.Path, Initrd = initramfs, Append = LinuxAppend, Label = label }, test);
        return (machine, await machine.WaitForAsync(Prompt, s_bootLimit));
    }
}
