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

    // What the kernel puts into the frames that it builds itself, where QEMU's processor can't raise the exception.
    private const ulong Replayed = 0x5a;

    // The selectors that the processor can't use (Kernel/Arch/X64/DescriptorTables.cs).
    private const ulong TaskStateSelector = 0x30;
    private const ulong NotPresentSelector = 0x40;

    private const ulong WriteToUnmappedPage = 2; // Intel SDM vol. 3, 4.7: P = 0, W/R = 1, U/S = 0

    [Theory]
    [InlineData(0, "divide error", null)]
    [InlineData(1, "debug", null)]
    [InlineData(NonMaskableInterrupt, "non-maskable interrupt", null)]
    [InlineData(3, "breakpoint", null)]
    [InlineData(4, "overflow", null)]
    [InlineData(5, "bound range exceeded", null)]
    [InlineData(6, "invalid opcode", null)]
    [InlineData(7, "device not available", null)]
    [InlineData(8, "double fault", 0ul)]
    [InlineData(10, "invalid task-state segment", TaskStateSelector)]
    [InlineData(11, "segment not present", NotPresentSelector)]
    [InlineData(12, "stack fault", NotPresentSelector)]
    [InlineData(13, "general protection", 0ul)]
    [InlineData(14, "page fault", WriteToUnmappedPage)]
    [InlineData(16, "x87 floating point", null)]
    [InlineData(17, "alignment check", Replayed)]
    [InlineData(MachineCheck, "machine check", null)]
    [InlineData(19, "SIMD floating point", null)]
    [InlineData(20, "virtualization", null)]
    [InlineData(21, "control protection", Replayed)]
    [InlineData(28, "hypervisor injection", null)]
    [InlineData(29, "VMM communication", Replayed)]
    [InlineData(30, "security", Replayed)]
    public async Task Vector_is_reported_with_its_name_and_error_code(int vector, string name, ulong? errorCode)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = vector.ToString(CultureInfo.InvariantCulture) });
        PanicReport report = await PanicAsync(machine, $"panic vector {vector}");
        Assert.Equal(vector, report.Vector);
        Assert.Equal(name, report.VectorName);
        Assert.Equal(errorCode, report.ErrorCode);
        Assert.NotEmpty(report.Backtrace);
        await machine.AssertRunningAsync();
    }

    [Fact]
    public async Task Page_fault_report_tells_the_address_and_that_it_was_a_write_to_nothing()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        PanicReport report = await PanicAsync(machine, "panic vector 14");
        Assert.Equal(UnmappedAddress, report.FaultAddress);
        Assert.Equal(UnmappedAddress, report.Registers["cr2"]);
        Assert.Equal(WriteToUnmappedPage, report.ErrorCode);
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
        string complaint = await machine.QemuMonitorAsync($"mce 0 {bank} {status} {globalStatus} 0 0");
        Assert.Empty(complaint);
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
