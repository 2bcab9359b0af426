using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Kernel.FileSystems;
using Xunit;

namespace Kernel.Tests;

public class CpioArchiveTests
{
    [Fact]
    public void Files_come_out_as_they_went_in()
    {
        byte[] archive = Build(("bin", 0x41ed, ""), ("bin/sh", 0x81ed, "#!"), ("empty", 0x81a4, ""), ("odd", 0x81a4, "12345"));

        (List<(string, uint, string)> entries, CpioError error, _) = ReadAll(archive);

        Assert.Equal(CpioError.None, error);
        Assert.Equal([("bin", 0x41edu, ""), ("bin/sh", 0x81edu, "#!"), ("empty", 0x81a4u, ""), ("odd", 0x81a4u, "12345")], entries);
    }

    [Fact]
    public void Several_archives_with_zeros_between_are_one()
    {
        byte[] archive = [.. Build(("a", 0x81a4, "1")), .. new byte[512], .. Build(("b", 0x81a4, "2")), .. new byte[4]];

        (List<(string Name, uint, string)> entries, CpioError error, _) = ReadAll(archive);

        Assert.Equal(CpioError.None, error);
        Assert.Equal(["a", "b"], entries.Select(static entry => entry.Name));
    }

    [Fact]
    public void Zeros_alone_are_an_empty_archive() => Assert.Equal(CpioError.None, ReadAll(new byte[1000]).Error);

    [Fact]
    public void Something_else_has_no_magic()
    {
        (_, CpioError error, int position) = ReadAll("This is no archive. It is long enough to hold a header, and even then some, but it isn't one at all, really not."u8.ToArray());

        Assert.Equal(CpioError.BadMagic, error);
        Assert.Equal(0, position);
    }

    [Fact]
    public void A_damaged_second_header_keeps_what_came_before()
    {
        byte[] archive = Build(("first", 0x81a4, "x"), ("second", 0x81a4, "y"));
        int second = Encoding.ASCII.GetString(archive).IndexOf("070701", 6, StringComparison.Ordinal);
        archive[second] = (byte)'X';

        (List<(string Name, uint, string)> entries, CpioError error, int position) = ReadAll(archive);

        Assert.Equal(CpioError.BadMagic, error);
        Assert.Equal(second, position);
        Assert.Single(entries);
    }

    [Fact]
    public void A_field_that_is_not_hexadecimal_is_reported()
    {
        byte[] archive = Build(("first", 0x81a4, "x"));
        archive[6 + 6 * 8] = (byte)'z';

        Assert.Equal(CpioError.BadField, ReadAll(archive).Error);
    }

    [Theory]
    [InlineData("ffffffff", 6)]
    [InlineData("7fffffff", 6)]
    public void Sizes_beyond_the_end_are_truncation(string digits, int field)
    {
        byte[] archive = Build(("first", 0x81a4, "x"));
        Encoding.ASCII.GetBytes(digits).CopyTo(archive, 6 + field * 8);

        Assert.Equal(CpioError.Truncated, ReadAll(archive).Error);
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("00001001")]
    [InlineData("ffffffff")]
    [InlineData("00000003")]
    public void Impossible_name_sizes_are_reported(string digits)
    {
        byte[] archive = Build(("first", 0x81a4, "x"));
        Encoding.ASCII.GetBytes(digits).CopyTo(archive, 6 + 11 * 8);

        Assert.Equal(CpioError.BadName, ReadAll(archive).Error);
    }

    [Fact]
    public void The_end_without_a_trailer_is_reported()
    {
        byte[] archive = Build(("first", 0x81a4, "x"));
        int trailer = Encoding.ASCII.GetString(archive).IndexOf("070701", 6, StringComparison.Ordinal);

        (List<(string, uint, string)> entries, CpioError error, _) = ReadAll(archive[..trailer]);

        Assert.Equal(CpioError.NoTrailer, error);
        Assert.Single(entries);
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0 })]
    [InlineData(new byte[] { 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0 })]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd })]
    public void Compressed_archives_are_recognised(byte[] start) =>
        Assert.Equal(CpioError.Compressed, ReadAll([.. start, .. new byte[200]]).Error);

    [Fact]
    public void Random_damage_and_truncation_never_throw_or_loop()
    {
        var random = new Random(20260102);
        byte[] good = Build(("bin", 0x41ed, ""), ("bin/sh", 0x81ed, new string('x', 300)), ("etc/motd", 0x81a4, "hello"));
        for (int round = 0; round < 50_000; round++)
        {
            byte[] damaged = (byte[])good.Clone();
            for (int i = random.Next(1, 6); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                damaged = damaged[..random.Next(damaged.Length)];

            Assert.True(ReadAll(damaged).Entries.Count <= 3 + damaged.Length / 110);
        }
    }

    private static (List<(string Name, uint Mode, string Contents)> Entries, CpioError Error, int Position) ReadAll(byte[] data)
    {
        var entries = new List<(string, uint, string)>();
        var archive = new CpioArchive(data);
        while (archive.MoveNext())
            entries.Add((Encoding.Latin1.GetString(archive.Current.Name), archive.Current.Mode, Encoding.Latin1.GetString(archive.Current.Contents)));
        return (entries, archive.Error, archive.Position);
    }

    /// <summary>An archive as "cpio -o -H newc" writes it.</summary>
    private static byte[] Build(params (string Name, uint Mode, string Contents)[] files)
    {
        var archive = new List<byte>();
        foreach ((string name, uint mode, string contents) in (IEnumerable<(string, uint, string)>)[.. files, ("TRAILER!!!", 0u, "")])
        {
            uint[] fields = [1, mode, 0, 0, 1, 0, (uint)contents.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0];
            archive.AddRange(Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(static field => field.ToString("X8")))));
            archive.AddRange(Encoding.ASCII.GetBytes(name + "\0"));
            Pad(archive);
            archive.AddRange(Encoding.ASCII.GetBytes(contents));
            Pad(archive);
        }
        return [.. archive];
    }

    private static void Pad(List<byte> bytes)
    {
        while (bytes.Count % 4 != 0)
            bytes.Add(0);
    }
}
