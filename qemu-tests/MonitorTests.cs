using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The monitor's commands.</summary>
public sealed class MonitorTests(ITestOutputHelper output) : QemuTest(output)
{
    /// <summary>Where the image is linked; its first pages are code.</summary>
    private const string KernelCode = "0xffffffff80200000";

    private const string DirectMap = "0xffff800000000000";

    [Fact]
    public async Task Help_lists_every_command()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string help = await machine.CommandAsync("help");
        string[] commands =
        [
            "help", "cpu", "memmap", "mem", "pci", "acpi", "irq", "time", "pt", "peek", "log", "selftest", "panic", "reboot", "poweroff",
        ];
        Assert.All(commands, command => Assert.Matches($@"(?m)^ *{command}\b", help));
    }

    [Fact]
    public async Task Help_explains_every_command()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string help = await machine.CommandAsync("help");
        foreach (Match command in Regex.Matches(help, "(?m)^[a-z]+"))
            Assert.StartsWith($"usage: {command.Value}", await machine.CommandAsync($"help {command.Value}"));
        Assert.Contains("nonsense: no such command", await machine.CommandAsync("help nonsense"));
    }

    [Theory]
    [InlineData("nonsense", "nonsense: no such command; \"help\" lists them\n")]
    [InlineData("nonsense with words", "nonsense: no such command; \"help\" lists them\n")]
    [InlineData("memmep", "memmep: no such command; did you mean \"memmap\"?\n")]
    [InlineData("  echo  a   b ", "a   b\n")]
    public async Task Words_are_taken_as_typed(string command, string expected)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = command.Replace(' ', '-') });
        Assert.Equal(expected, await machine.CommandAsync(command));
    }

    [Theory]
    [InlineData("pc", "8086:1237", "8086:7000", "1234:1111")]
    [InlineData("q35", "8086:29c0", "8086:2918", "1234:1111")]
    public async Task Pci_lists_the_devices_of_the_machine(string type, params string[] devices)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = type, Label = type });
        string list = await machine.CommandAsync("pci");
        Assert.All(devices, device => Assert.Contains(device, list));
    }

    [Theory]
    [InlineData(BootWay.Pvh)]
    [InlineData(BootWay.UefiCd)]
    public async Task Acpi_lists_the_tables(BootWay boot)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = "q35", Boot = boot, Label = boot.ToString() });
        string list = await machine.CommandAsync("acpi");
        Assert.All((string[])["FACP", "APIC", "HPET", "MCFG"], table => Assert.Contains(table, list));
    }

    [Fact]
    public async Task Acpi_reports_memory_affinity_of_numa_machines()
    {
        QemuMachine machine = await BootAsync(new QemuOptions
        {
            MemoryMebibytes = 256,
            ExtraArguments =
            [
                "-smp", "2",
                "-object", "memory-backend-ram,id=m0,size=128M", "-object", "memory-backend-ram,id=m1,size=128M",
                "-numa", "node,nodeid=0,cpus=0,memdev=m0", "-numa", "node,nodeid=1,cpus=1,memdev=m1",
            ],
        });
        Assert.Contains("SRAT", await machine.CommandAsync("acpi"));
    }

    [Fact]
    public async Task Acpi_says_when_there_are_no_tables()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = "pc,acpi=off" });
        string list = await machine.CommandAsync("acpi");
        Assert.DoesNotContain("FACP", list);
        Assert.Matches("(?i)no ", list);
    }

    [Fact]
    public async Task Irq_counts_go_up()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string first = await machine.CommandAsync("irq");
        string second = await machine.CommandAsync("irq");
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Time_is_that_of_the_real_time_clock()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { ExtraArguments = ["-rtc", "base=2031-12-31T23:59:00"] });
        Assert.Matches("2031-12-31.23:59:|2032-01-01.00:0", await machine.CommandAsync("time"));
    }

    [Fact]
    public async Task Image_is_writable_or_executable_but_never_both()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        MemoryMapReport map = MemoryMapReport.Parse(await machine.CommandAsync("memmap"));
        await AssertRightsAsync("r-x code", "kernel may read and execute");
        await AssertRightsAsync("r-- constants", "kernel may read");
        await AssertRightsAsync("rw- data", "kernel may read and write");
        await AssertRightsAsync("r-- symbols", "kernel may read");

        async Task AssertRightsAsync(string part, string rights)
        {
            MemoryMapRegion region = Assert.Single(map.Layout, region => region.Kind == part);
            Assert.EndsWith($", {rights}\n", await machine.CommandAsync($"pt 0x{region.Start:x}"));
            Assert.EndsWith($", {rights}\n", await machine.CommandAsync($"pt {region.End - 1:x}"));
        }
    }

    [Fact]
    public async Task Direct_map_is_writable_and_not_executable()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string entries = await machine.CommandAsync($"pt {DirectMap}");
        Assert.Contains("PML4", entries);
        Assert.EndsWith("=> physical 0x0000000000000000, kernel may read and write\n", entries);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0x1000")]
    [InlineData("0x200000")]
    public async Task Pt_says_that_null_and_the_identity_map_are_not_mapped(string address)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = address });
        Assert.Contains("not mapped: ", await machine.CommandAsync($"pt {address}"));
    }

    [Theory]
    [InlineData("peek 0")]
    [InlineData("peek 0xffffffffffffffff")]
    [InlineData("peek 0x8000000000000000")]
    [InlineData("peek 0xffffc00000000000")]
    [InlineData("peek nonsense")]
    [InlineData("peek")]
    [InlineData("peek 0x112233445566778899")]
    [InlineData("pt")]
    [InlineData("pt nonsense")]
    [InlineData("pt 0x8000000000000000")]
    [InlineData("peek 0xffff800000000000 0")]
    [InlineData("peek 0xffff800000000000 4097")]
    [InlineData("selftest nonsense")]
    [InlineData("selftest a b")]
    [InlineData("log nonsense")]
    [InlineData("cpu nonsense")]
    public async Task Bad_argument_gets_a_message_and_the_monitor_goes_on(string command)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = command.Replace(' ', '-') });
        string message = await machine.CommandAsync(command);
        Assert.Matches("not |usage: |no such ", message);
        Assert.Contains("selftest", await machine.CommandAsync("help"));
    }

    [Fact]
    public async Task Peek_shows_the_bytes_of_memory()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        // The BIOS data area's first word is the port of the first serial line, 0x3f8.
        const string biosDataArea = "0xffff800000000400";
        Assert.Contains("f8 03", await machine.CommandAsync($"peek {biosDataArea}"));
        Assert.NotEmpty(await machine.CommandAsync($"peek {DirectMap}"));
    }

    [Fact]
    public async Task Commands_leave_memory_use_unchanged()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string[] commands = ["help", "cpu", "memmap", "pci", "acpi", "irq", "time", "pt 0", $"peek {KernelCode}", "log", "nonsense"];
        foreach (string command in commands)
            await machine.CommandAsync(command);
        string before = await machine.CommandAsync("mem");
        for (int round = 0; round < 3; round++)
        {
            foreach (string command in commands)
                await machine.CommandAsync(command);
        }
        Assert.Equal(before, await machine.CommandAsync("mem"));
    }
}
