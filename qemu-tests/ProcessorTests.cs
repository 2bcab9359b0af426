using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Processors that lack features or have all of them.</summary>
public sealed class ProcessorTests(ITestOutputHelper output) : QemuTest(output)
{
    [Theory]
    [InlineData("qemu64")]
    [InlineData("max")]
    [InlineData("Haswell-noTSX")]
    [InlineData("Skylake-Client-noTSX-IBRS")]
    [InlineData("EPYC")]
    [InlineData("qemu64,-x2apic")]
    [InlineData("max,-pdpe1gb")]
    [InlineData("max,-smep,-smap,-umip,-pge")]
    [InlineData("max,-invtsc,-tsc-deadline")]
    public async Task Prompt_is_reached_and_the_processor_is_described(string cpu)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Cpu = cpu, Label = cpu });
        string described = await machine.CommandAsync("cpu");
        Assert.Matches("(?m)^vendor +(AuthenticAMD|GenuineIntel)$", described);
        Assert.Matches("(?m)^nx +yes +yes ", described);
    }

    [Theory]
    [InlineData("max", true)]
    [InlineData("max,-smep,-smap,-umip", false)]
    public async Task Protections_are_on_where_the_processor_has_them(string cpu, bool expected)
    {
        // Intel SDM vol. 3, 2.5: bits 11, 20 and 21 of CR4.
        const ulong umip = 1 << 11;
        const ulong smep = 1 << 20;
        const ulong smap = 1 << 21;
        QemuMachine machine = await BootAsync(new QemuOptions { Cpu = cpu, Label = expected ? "with" : "without" });
        string described = await machine.CommandAsync("cpu");
        string yesOrNo = expected ? "yes" : "no";
        Assert.All((string[])["smep", "smap", "umip"], name => Assert.Matches($"(?m)^{name} +{yesOrNo} +{yesOrNo} ", described));
        await machine.TypeAsync("panic assert");
        PanicReport report = await machine.PanicAsync();
        Assert.Equal(expected ? umip | smep | smap : 0, report.Registers["cr4"] & (umip | smep | smap));
    }

    [Fact]
    public async Task Write_protection_and_global_pages_are_on()
    {
        // Intel SDM vol. 3, 2.5: CR0.WP and CR4.PGE.
        const ulong writeProtect = 1 << 16;
        const ulong globalPages = 1 << 7;
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.TypeAsync("panic assert");
        PanicReport report = await machine.PanicAsync();
        Assert.Equal(writeProtect, report.Registers["cr0"] & writeProtect);
        Assert.Equal(globalPages, report.Registers["cr4"] & globalPages);
    }
}
