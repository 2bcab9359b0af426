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
        ulong expectedLeast = bytes - ((ulong)kept * MemoryMapReport.Mebibyte);
        Assert.InRange(MemoryMapReport.Parse(await machine.CommandAsync("memmap")).UsableBytes, expectedLeast, bytes);
        Assert.InRange(TotalBytes(await machine.CommandAsync("mem")), expectedLeast, bytes);
    }

    private static ulong TotalBytes(string mem)
    {
        Match total = Regex.Match(mem, @"(?m)^total:? +(?<number>\d+) KiB");
        Assert.True(total.Success, mem);
        return ulong.Parse(total.Groups["number"].Value, CultureInfo.InvariantCulture) * 1024;
    }
}
