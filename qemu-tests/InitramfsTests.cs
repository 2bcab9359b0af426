using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Initial file systems, good and broken: the kernel says what it found, and the monitor starts in any case.</summary>
public sealed class InitramfsTests(ITestOutputHelper output) : QemuTest(output)
{
    private const int Mebibyte = 1024 * 1024;
    private const int HeaderBytes = 110;

    [Fact]
    public async Task Archive_of_the_cpio_tool_is_read()
    {
        string log = await BootWithAsync(await PackAsync("etc/motd", "bin/a", "bin/b"));
        // Three files and their two folders.
        Assert.Contains("initramfs: 5 entries", log);
    }

    [Fact]
    public async Task Big_archive_is_read()
    {
        byte[] content = new byte[20 * Mebibyte];
        new Random(1).NextBytes(content);
        Assert.Contains("initramfs: 2 entries", await BootWithAsync(new CpioArchive().Add("big", content).Add("small", "x"u8).Finish()));
    }

    [Fact]
    public async Task Concatenated_archives_with_zeros_between_them_are_read()
    {
        byte[] first = new CpioArchive().Add("a", "1"u8).Finish();
        byte[] second = new CpioArchive().Add("b", "2"u8).Add("c", "3"u8).Finish();
        byte[] third = new CpioArchive().Add("d", "4"u8).Finish();
        Assert.Contains("initramfs: 4 entries", await BootWithAsync([.. first, .. new byte[512], .. second, .. third, .. new byte[100]]));
    }

    [Fact]
    public async Task Archive_without_files_is_read() =>
        Assert.Contains("initramfs: 0 entries", await BootWithAsync(new CpioArchive().Finish()));

    [Fact]
    public async Task No_archive_is_said() =>
        Assert.Contains("initramfs: none given", (await BootAsync(new QemuOptions())).SerialText);

    [Fact]
    public async Task Truncated_archive_is_reported_and_what_precedes_the_end_counts()
    {
        byte[] whole = new CpioArchive().Add("a", "1"u8).Add("b", new byte[1000]).Finish();
        AssertBroken("an entry goes beyond the end; 1 entries", await BootWithAsync(whole[..600]));
    }

    [Fact]
    public async Task Archive_truncated_inside_a_header_is_reported()
    {
        byte[] whole = new CpioArchive().Add("a", "1"u8).Finish();
        AssertBroken("an entry goes beyond the end; 0 entries", await BootWithAsync(whole[..(HeaderBytes / 2)]));
    }

    [Fact]
    public async Task Archive_without_its_last_entry_is_reported() =>
        AssertBroken("TRAILER!!!; 1 entries", await BootWithAsync(new CpioArchive().Add("a", "1234"u8).WithoutTrailer()));

    [Fact]
    public async Task Random_bytes_are_reported()
    {
        byte[] noise = new byte[100_000];
        new Random(2).NextBytes(noise);
        AssertBroken("no cpio newc header", await BootWithAsync(noise));
    }

    [Fact]
    public async Task Bad_magic_in_the_middle_is_reported_with_its_place()
    {
        CpioArchive archive = new CpioArchive().Add("a", "1234"u8);
        int place = archive.WithoutTrailer().Length;
        byte[] broken = archive.AddRaw(new byte[HeaderBytes].AsSpan()).Add("b", "1"u8).Finish();
        string log = await BootWithAsync(broken);
        AssertBroken("no cpio newc header (070701) where one must be; 1 entries", log);
        Assert.Contains($"broken at byte {place} of {broken.Length}", log);
    }

    [Fact]
    public async Task Name_that_is_too_long_is_reported()
    {
        string name = new('n', 5000);
        AssertBroken("name", await BootWithAsync(new CpioArchive().Add(name, "1"u8).Finish()));
    }

    [Fact]
    public async Task Name_without_end_is_reported() =>
        AssertBroken("name", await BootWithAsync(new CpioArchive().Add("abc", "1234"u8, contentSize: 4, nameSize: 3).Finish()));

    [Theory]
    [InlineData(uint.MaxValue, 2u)]
    [InlineData((uint)int.MaxValue, 2u)]
    [InlineData(1u, uint.MaxValue)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    public async Task Sizes_that_overflow_are_reported(uint contentSize, uint nameSize) =>
        AssertBroken("0 entries", await BootWithAsync(new CpioArchive().Add("a", "1"u8, contentSize, nameSize).Finish()));

    [Fact]
    public async Task Header_field_that_is_no_number_is_reported()
    {
        byte[] archive = new CpioArchive().Add("a", "1"u8).Finish();
        // The second digit of the mode, the second field behind the magic number.
        archive[CpioArchive.Magic.Length + 8 + 1] = (byte)'x';
        AssertBroken("not hexadecimal", await BootWithAsync(archive));
    }

    [Fact]
    public async Task Compressed_archive_is_reported_as_such()
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(new CpioArchive().Add("a", "1"u8).Finish());
        AssertBroken("compressed", await BootWithAsync(compressed.ToArray()));
    }

    [Fact]
    public async Task Archive_in_the_older_binary_format_is_reported()
    {
        byte[] oldMagic = [0xc7, 0x71]; // octal 070707 as a little-endian word
        AssertBroken("no cpio newc header", await BootWithAsync([.. oldMagic, .. new byte[500]]));
    }

    [Fact]
    public async Task Empty_file_counts_as_none() =>
        Assert.Contains("initramfs: none given", await BootWithAsync([]));

    private static void AssertBroken(string expected, string log)
    {
        Assert.Contains("initramfs: broken at byte", log);
        Assert.Contains(expected, log);
    }

    /// <summary>Boots with an archive, and checks that the monitor works.</summary>
    /// <returns>What the kernel printed before the prompt.</returns>
    private async Task<string> BootWithAsync(byte[] archive, [CallerMemberName] string test = "")
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Initrd = TemporaryFile(archive) }, test);
        string log = await machine.WaitForPromptAsync();
        Assert.NotEmpty(await machine.CommandAsync("help"));
        return log;
    }

    /// <summary>Packs files as a user does: <c>find | cpio -o -H newc</c>.</summary>
    private static async Task<byte[]> PackAsync(params string[] files)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cosmosvm-");
        try
        {
            foreach (string file in files)
            {
                string path = Path.Combine(folder.FullName, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, file);
            }
            ProcessStartInfo start = new("/bin/sh", ["-c", "find . -mindepth 1 | cpio --quiet -o -H newc"])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            using MemoryStream archive = new();
            await process.StandardOutput.BaseStream.CopyToAsync(archive);
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            return archive.ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
