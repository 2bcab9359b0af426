using System.Globalization;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Every exception of the processor, taken on purpose.</summary>
public sealed class ExceptionTests(ITestOutputHelper output) : QemuTest(output)
{
    private const ulong UnmappedAddress = 0x12345678;
    private const int NonMaskableInterrupt = 2;
    private const int MachineCheck = 18;

    [Theory]
    [InlineData(0, "divide error", false)]
    [InlineData(1, "debug", false)]
    [InlineData(NonMaskableInterrupt, "non-maskable interrupt", false)]
    [InlineData(3, "breakpoint", false)]
    [InlineData(4, "overflow", false)]
    [InlineData(5, "bound range exceeded", false)]
    [InlineData(6, "invalid opcode", false)]
    [InlineData(7, "device not available", false)]
    [InlineData(8, "double fault", true)]
    [InlineData(10, "invalid task-state segment", true)]
    [InlineData(11, "segment not present", true)]
    [InlineData(12, "stack fault", true)]
    [InlineData(13, "general protection", true)]
    [InlineData(14, "page fault", true)]
    [InlineData(16, "x87 floating point", false)]
    [InlineData(17, "alignment check", true)]
    [InlineData(MachineCheck, "machine check", false)]
    [InlineData(19, "SIMD floating point", false)]
    [InlineData(20, "virtualization", false)]
    [InlineData(21, "control protection", true)]
    [InlineData(28, "hypervisor injection", false)]
    [InlineData(29, "VMM communication", true)]
    [InlineData(30, "security", true)]
    public async Task Vector_is_reported_with_its_name_and_error_code_shape(int vector, string name, bool hasErrorCode)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = vector.ToString(CultureInfo.InvariantCulture) });
        PanicReport report = await PanicAsync(machine, $"panic vector {vector}");
        Assert.Equal(vector, report.Vector);
        Assert.Equal(name, report.VectorName);
        Assert.Equal(hasErrorCode, report.ErrorCode is not null);
        Assert.NotEmpty(report.Backtrace);
        await machine.AssertRunningAsync();
    }

    [Fact]
    public async Task Page_fault_report_tells_the_address_and_that_it_was_a_write_to_nothing()
    {
        const ulong writeToUnmappedPage = 2; // Intel SDM vol. 3, 4.7: P = 0, W/R = 1, U/S = 0
        QemuMachine machine = await BootAsync(new QemuOptions());
        PanicReport report = await PanicAsync(machine, "panic vector 14");
        Assert.Equal(UnmappedAddress, report.FaultAddress);
        Assert.Equal(UnmappedAddress, report.Registers["cr2"]);
        Assert.Equal(writeToUnmappedPage, report.ErrorCode);
    }

    [Fact]
    public async Task Non_maskable_interrupt_from_outside_panics_with_its_vector()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.ExecuteAsync("inject-nmi");
        PanicReport report = await machine.PanicAsync();
        Assert.Equal(NonMaskableInterrupt, report.Vector);
        Assert.Null(report.ErrorCode);
        await machine.AssertRunningAsync();
    }

    [Fact]
    public async Task Machine_check_from_outside_panics_with_its_vector()
    {
        // Intel SDM vol. 3, 15.3.2.2: valid, uncorrected, error enabled, processor context corrupt; 15.3.1.2: in progress.
        const string bank = "4";
        const string status = "0xb200000000000000";
        const string globalStatus = "0x4";
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.QemuMonitorAsync($"mce 0 {bank} {status} {globalStatus} 0 0");
        PanicReport report = await machine.PanicAsync();
        Assert.Equal(MachineCheck, report.Vector);
        Assert.Null(report.ErrorCode);
    }

    private static async Task<PanicReport> PanicAsync(QemuMachine machine, string command)
    {
        await machine.TypeAsync(command);
        return await machine.PanicAsync();
    }
}
