using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Small and large memory.</summary>
public sealed class MemorySizeTests(ITestOutputHelper output) : QemuTest(output)
{
    // What firmware keeps for itself: a megabyte of legacy BIOS area and tables, and much more for UEFI's run time.
    private const int KeptByBios = 2;
    private const int KeptByUefi = 24;

    [Theory]
    [InlineData(BootWay.Pvh, 24)]
    [InlineData(BootWay.Pvh, 64)]
    [InlineData(BootWay.Pvh, 512)]
    [InlineData(BootWay.Pvh, 4096)]
    [InlineData(BootWay.Pvh, 8192)]
    [InlineData(BootWay.BiosCd, 24)]
    [InlineData(BootWay.BiosCd, 64)]
    [InlineData(BootWay.BiosCd, 512)]
    [InlineData(BootWay.BiosCd, 4096)]
    [InlineData(BootWay.BiosCd, 8192)]
    [InlineData(BootWay.UefiCd, 128)]
    [InlineData(BootWay.UefiCd, 512)]
    [InlineData(BootWay.UefiCd, 4096)]
    [InlineData(BootWay.UefiUsb, 8192)]
    public async Task All_memory_is_found(BootWay boot, int mebibytes)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, MemoryMebibytes = mebibytes, Label = $"{boot}.{mebibytes}" });
        ulong bytes = (ulong)mebibytes * MemoryMapReport.Mebibyte;
        int kept = machine.Options.IsUefi ? KeptByUefi : KeptByBios;
        MemoryMapReport map = MemoryMapReport.Parse(await machine.CommandAsync("memmap"));
        Assert.InRange(map.MemoryBytes, bytes - ((ulong)kept * MemoryMapReport.Mebibyte), bytes);
        string use = await machine.CommandAsync("mem");
        Assert.InRange(Bytes(use, "total"), map.BytesOf("usable"), map.MemoryBytes);
        Assert.Equal(Bytes(use, "total"), Bytes(use, "free") + Bytes(use, "in use"));
    }

    private static ulong Bytes(string use, string name)
    {
        Match line = Regex.Match(use, $@"(?m)^{name} +(?<number>\d+) KiB");
        Assert.True(line.Success, use);
        return ulong.Parse(line.Groups["number"].Value, CultureInfo.InvariantCulture) * 1024;
    }
}
