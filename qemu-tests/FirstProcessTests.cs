using System;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Process 1: any program of any initramfs, how its end ends the run, and reboot(2).</summary>
public sealed class FirstProcessTests(ITestOutputHelper output) : QemuTest(output)
{
    private const int Success = 33;
    private const int Failure = 35;
    private const byte ExitGroup = 231;
    private const byte RebootCall = 169;
    private const uint Restart = 0x01234567;
    private const uint Halt = 0xCDEF0123;
    private const uint PowerOff = 0x4321FEDC;

    [Theory]
    [InlineData(0, Success)]
    [InlineData(3, Failure)]
    [InlineData(255, Failure)]
    public async Task Exit_status_is_said_and_ends_QEMU_if_asked(int status, int code)
    {
        QemuMachine machine = await StartAsync(ExitOf((uint)status), "init=/first exit", status.ToString());
        await machine.WaitForAsync($"init: process 1 has exited with status {status}\n");
        Assert.Equal(code, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Signal_that_kills_it_is_said()
    {
        QemuMachine machine = await StartAsync([0x0F, 0x0B], "init=/first exit");
        await machine.WaitForAsync("init: process 1 was killed by signal 4\n");
        Assert.Equal(Failure, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Program_that_is_not_there_is_said()
    {
        QemuMachine machine = await StartAsync(ExitOf(0), "init=/other exit");
        await machine.WaitForAsync("init: /other can't be run: error 2\n");
        Assert.Equal(Failure, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Without_the_word_exit_the_machine_halts()
    {
        QemuMachine machine = await StartAsync(ExitOf(0), "init=/first");
        await machine.WaitForAsync("init: process 1 has exited with status 0\n");
        await machine.WaitForAsync("system: halted\n");
        await machine.AssertRunningAsync();
    }

    [Theory]
    [InlineData(PowerOff, "power off", "guest-shutdown")]
    [InlineData(Restart, "restart", "guest-reset")]
    public async Task Reboot_call_ends_the_run(uint command, string said, string reason)
    {
        QemuMachine machine = await StartAsync(RebootWith(command), "init=/first", said.Replace(' ', '-'));
        await machine.WaitForAsync($"system: {said}\n");
        Assert.Equal(0, await machine.ExitCodeAsync());
        Assert.Equal(reason, machine.ShutdownReason);
    }

    [Theory]
    [InlineData(PowerOff)]
    [InlineData(Restart)]
    [InlineData(Halt)]
    public async Task Reboot_call_ends_QEMU_with_success_if_asked(uint command)
    {
        QemuMachine machine = await StartAsync(RebootWith(command), "init=/first exit", command.ToString("x"));
        Assert.Equal(Success, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Reboot_call_halts()
    {
        QemuMachine machine = await StartAsync(RebootWith(Halt), "init=/first");
        await machine.WaitForAsync("system: halted\n");
        await machine.AssertRunningAsync();
    }

    [Theory]
    [InlineData("poweroff", "guest-shutdown")]
    [InlineData("reboot", "guest-reset")]
    [InlineData("halt", null)]
    [InlineData("kill -USR2 1", "guest-shutdown")]
    public async Task Shell_ends_the_run_after_all_processes(string request, string? reason)
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Initrd = Repository.Initramfs, Label = request.Replace(' ', '-') });
        await machine.WaitForAsync("\n~ # ");
        await machine.SendAsync("sleep 1000 &\r");
        await machine.WaitForAsync("\n~ # ");
        await machine.SendAsync(request + "\r");
        await machine.WaitForAsync("init: ending all processes\n");
        if (reason is null)
        {
            await machine.WaitForAsync("system: halted\n");
            await machine.AssertRunningAsync();
            return;
        }
        Assert.Equal(0, await machine.ExitCodeAsync());
        Assert.Equal(reason, machine.ShutdownReason);
    }

    private static byte[] ExitOf(uint status) => SystemCall(ExitGroup, status);

    private static byte[] RebootWith(uint command) => [.. SystemCall(RebootCall, 0xFEE1DEAD, 672274793, command), .. ExitOf(1)];

    /// <summary>mov edi, esi and edx, mov eax, syscall.</summary>
    private static byte[] SystemCall(byte number, params uint[] arguments)
    {
        byte[] registers = [0xBF, 0xBE, 0xBA];
        return [.. arguments.SelectMany((value, index) => (byte[])[registers[index], .. BitConverter.GetBytes(value)]), 0xB8, number, 0, 0, 0, 0x0F, 0x05];
    }

    /// <summary>A static program: an ELF header, one segment, its code.</summary>
    private static byte[] Program(byte[] code)
    {
        const int headers = 64 + 56;
        const ulong address = 0x400000;
        byte[] file = new byte[headers + code.Length];
        byte[] identification = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(file, 0);
        (int Place, int Bytes, ulong Value)[] fields =
        [
            (16, 2, 2), (18, 2, 62), (20, 4, 1), (24, 8, address + headers), (32, 8, 64), (52, 2, 64), (54, 2, 56), (56, 2, 1),
            (64, 4, 1), (68, 4, 5), (80, 8, address), (88, 8, address), (96, 8, (ulong)file.Length), (104, 8, (ulong)file.Length), (112, 8, 4096),
        ];
        Span<byte> value = stackalloc byte[8];
        foreach ((int place, int bytes, ulong number) in fields)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, number);
            value[..bytes].CopyTo(file.AsSpan(place));
        }
        code.CopyTo(file, headers);
        return file;
    }

    private async Task<QemuMachine> StartAsync(byte[] code, string append, string label = "", [CallerMemberName] string test = "")
    {
        byte[] archive = new CpioArchive().AddProgram("first", Program(code)).Finish();
        return await StartAsync(new QemuOptions { Initrd = TemporaryFile(archive), Append = append, Label = label }, test);
    }
}
