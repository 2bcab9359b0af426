using System;
using System.Text;
using Kernel.Drivers.Input;
using Xunit;

namespace Kernel.Drivers.Tests.Input;

public sealed class ScanCodeDecoderTests
{
    private ScanCodeDecoder _decoder;

    [Theory]
    [InlineData("23 A3 17 97", "hi")]
    [InlineData("2A 23 A3 AA 17 97", "Hi")]
    [InlineData("36 02 82 B6 02 82", "!1")]
    [InlineData("2A 36 AA 1E 9E B6 1E 9E", "Aa")]
    [InlineData("3A BA 1E 9E 02 82 2A 1E 9E AA 3A BA 1E 9E", "A1aa")]
    [InlineData("1D 2E AE 9D", "\u0003")]
    [InlineData("E0 1D 20 A0 E0 9D", "\u0004")]
    [InlineData("1D 39 B9 1A 9A 9D", "\0\e")]
    [InlineData("1D 35 B5 9D", "\u001F")]
    [InlineData("38 30 B0 B8", "\eb")]
    [InlineData("1C 9C", "\r")]
    [InlineData("0E 8E", "\u007F")]
    [InlineData("0F 8F 2A 0F 8F AA", "\t\e[Z")]
    [InlineData("01 81", "\e")]
    [InlineData("29 A9 2A 29 A9 2B AB AA", "`~|")]
    [InlineData("56 D6 2A 56 D6 AA", "\\|")]
    public void Characters(string codes, string expected) => Assert.Equal(expected, Decode(codes));

    [Theory]
    [InlineData("E0 48 E0 C8 E0 50 E0 D0 E0 4D E0 CD E0 4B E0 CB", "\e[A\e[B\e[C\e[D")]
    [InlineData("E0 47 E0 C7 E0 4F E0 CF", "\e[1~\e[4~")]
    [InlineData("E0 52 E0 D2 E0 53 E0 D3 E0 49 E0 C9 E0 51 E0 D1", "\e[2~\e[3~\e[5~\e[6~")]
    [InlineData("1D E0 4D E0 CD 9D", "\e[C")]
    [InlineData("2A E0 53 E0 D3 AA", "\e[3~")]
    [InlineData("3B BB 3F BF 40 C0 44 C4 57 D7 58 D8", "\e[[A\e[[E\e[17~\e[21~\e[23~\e[24~")]
    [InlineData("2A 3B BB 42 C2 43 C3 57 D7 AA", "\e[25~\e[34~")]
    public void Keys_that_terminals_send_sequences_for(string codes, string expected) => Assert.Equal(expected, Decode(codes));

    [Theory]
    [InlineData("47 C7 4C CC 52 D2 53 D3 4E CE 4A CA 37 B7", "750.+-*")]
    [InlineData("45 C5 47 C7 48 C8 4C CC 4E CE", "\e[1~\e[A\e[G+")]
    [InlineData("E0 35 E0 B5 E0 1C E0 9C", "/\r")]
    public void Keypad(string codes, string expected) => Assert.Equal(expected, Decode(codes));

    [Theory]
    [InlineData("E0 2A E0 37 E0 B7 E0 AA 1E 9E", "a")]
    [InlineData("E1 1D 45 E1 9D C5 1E 9E", "a")]
    [InlineData("E0 2A E0 4B E0 CB E0 AA 1E 9E", "\e[Da")]
    [InlineData("E0 5B E0 DB 1E 9E", "a")]
    [InlineData("7F FF 00 80 1E 9E", "a")]
    public void Other_keys_and_fake_shifts_leave_nothing_behind(string codes, string expected) => Assert.Equal(expected, Decode(codes));

    [Fact]
    public void Cursor_keys_of_application_mode()
    {
        _decoder.HasApplicationCursorKeys = true;
        Assert.Equal("\eOA\eOD\e[1~", Decode("E0 48 E0 C8 E0 4B E0 CB E0 47 E0 C7"));
    }

    [Fact]
    public void No_sequence_of_codes_needs_more_room_than_promised()
    {
        var random = new Random(4);
        byte[] output = new byte[ScanCodeDecoder.MaxLength];
        for (int count = 0; count < 200_000; count++)
            Assert.InRange(_decoder.Decode((byte)random.Next(256), output), 0, ScanCodeDecoder.MaxLength);
    }

    private string Decode(string codes)
    {
        var text = new StringBuilder();
        Span<byte> output = stackalloc byte[ScanCodeDecoder.MaxLength];
        foreach (byte code in Convert.FromHexString(codes.Replace(" ", "")))
            text.Append(Encoding.ASCII.GetString(output[.._decoder.Decode(code, output)]));
        return text.ToString();
    }
}
