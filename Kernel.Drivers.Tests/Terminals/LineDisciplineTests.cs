using System;
using System.Runtime.InteropServices;
using System.Text;
using Kernel.Drivers.Terminals;
using Xunit;

namespace Kernel.Drivers.Tests.Terminals;

public sealed class LineDisciplineTests
{
    private readonly LineDiscipline _line = new(TerminalSettings.Default);

    [Fact]
    public void Settings_have_the_layout_of_Linux()
    {
        TerminalSettings settings = TerminalSettings.Default;
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<TerminalSettings>(in settings)).ToArray();
        Assert.Equal(TerminalSettings.LengthWithSpeeds, bytes.Length);
        Assert.Equal(
            "00050000" + "05000000" + "BF040000" + "3B8A0000" + "00" + "031C7F15040001001113" + "1A00120F171600" + "0000" + "00960000" + "00960000",
            Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData(0x0D, 9600)]
    [InlineData(0x0F, 38400)]
    [InlineData(0x1001, 57600)]
    [InlineData(0x1002, 115200)]
    [InlineData(0x100F, 4000000)]
    [InlineData(0x1000, 38400)]
    public void Speed_bits_stand_for_numbers(uint control, uint expected)
    {
        TerminalSettings settings = TerminalSettings.Default;
        settings.Control = (ControlModes)control;
        settings.UpdateSpeeds();
        Assert.Equal(expected, settings.OutputSpeed);
        Assert.Equal(expected, settings.InputSpeed);
    }

    [Fact]
    public void Line_can_be_read_only_when_it_has_ended()
    {
        Type("ls");
        Assert.False(_line.HasInput);
        Assert.False(_line.IsReadable);
        Assert.Equal(0, _line.InputCount);
        Type("\r");
        Assert.True(_line.HasInput);
        Assert.True(_line.IsReadable);
        Assert.Equal(3, _line.InputCount);
        Assert.Equal("ls\n", Read());
        Assert.Equal("ls\r\n", Output());
        Assert.False(_line.HasInput);
    }

    [Fact]
    public void Read_takes_one_line_at_most()
    {
        Type("one\rtwo\r");
        Assert.Equal("one\n", Read());
        Assert.Equal("two\n", Read());
    }

    [Fact]
    public void Short_reads_get_a_line_piece_by_piece()
    {
        Type("abcdef\r");
        Assert.Equal("abc", Read(3));
        Assert.Equal("def", Read(3));
        Assert.Equal("\n", Read(3));
    }

    [Fact]
    public void End_of_file_ends_a_read_and_is_not_seen()
    {
        Type("abc\u0004");
        Assert.Equal(3, _line.InputCount);
        Assert.Equal("abc", Read());
        Assert.False(_line.HasInput);
        Assert.Equal("abc", Output());
    }

    [Fact]
    public void End_of_file_on_an_empty_line_makes_a_read_of_nothing()
    {
        Type("\u0004");
        Assert.True(_line.HasInput);
        Assert.True(_line.Read(new byte[10], out int count));
        Assert.Equal(0, count);
        Assert.False(_line.HasInput);
    }

    [Fact]
    public void End_of_file_behind_a_read_that_is_full_goes_with_it()
    {
        Type("abc\u0004");
        Assert.Equal("abc", Read(3));
        Assert.False(_line.HasInput);
    }

    [Theory]
    [InlineData("ab\u007Fc\r", "ac\n", "ab\b \bc\r\n")]
    [InlineData("\u007F\u007Fx\r", "x\n", "x\r\n")]
    [InlineData("a\u0001\u007F\u007Fb\r", "b\n", "a^A\b \b\b \b\b \bb\r\n")]
    [InlineData("ab\u0015c\r", "c\n", "ab\b \b\b \bc\r\n")]
    [InlineData("ls -l foo_1  \u0017bar\r", "ls -l bar\n", "ls -l foo_1  \b \b\b \b\b \b\b \b\b \b\b \b\b \bbar\r\n")]
    [InlineData("a\tb\u007F\u007Fc\r", "ac\n", "a\tb\b \b\b\b\b\b\b\b\bc\r\n")]
    [InlineData("a\u0016\u0003b\r", "a\u0003b\n", "a^\b^Cb\r\n")]
    [InlineData("a\u0016\rb\r", "a\rb\n", "a^\b^Mb\r\n")]
    [InlineData("a\u0016\nb\r", "a\nb\n", "a^\b^Jb\r\n")]
    [InlineData("ab\u0012c\r", "abc\n", "ab^R\r\nabc\r\n")]
    public void Line_editing(string typed, string read, string shown)
    {
        Type(typed);
        Assert.Equal(read, Read());
        Assert.Equal(shown, Output());
    }

    [Fact]
    public void Erasing_stops_at_the_beginning_of_the_line()
    {
        Type("one\rtwo\u0015\u007F\u0017");
        Assert.Equal("one\n", Read());
        Type("\r");
        Assert.Equal("\n", Read());
    }

    [Fact]
    public void Tab_is_erased_by_the_column_that_the_line_began_in()
    {
        Write("$$$$$");
        Type("a\t\u007F");
        Assert.Equal("$$$$$a\t\b\b", Output());
    }

    [Fact]
    public void Erase_takes_whole_characters_with_IUTF8()
    {
        Change((ref TerminalSettings settings) => settings.Input |= InputModes.Utf8);
        Type("aä\u007F€\u007Fb\r");
        Assert.Equal("ab\n", Read());
        Assert.Equal("aä\b \b€\b \bb\r\n", Output());
    }

    [Fact]
    public void Kill_is_shown_as_a_new_line_without_ECHOKE()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.EchoKillErase);
        Type("ab\u0015c\r");
        Assert.Equal("c\n", Read());
        Assert.Equal("ab^U\r\nc\r\n", Output());
    }

    [Fact]
    public void Erase_is_shown_as_itself_without_ECHOE()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.EchoErase);
        Type("ab\u007F\r");
        Assert.Equal("a\n", Read());
        Assert.Equal("ab^?\r\n", Output());
    }

    [Fact]
    public void Extended_characters_are_plain_without_IEXTEN()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.Extended);
        Type("a\u0016\u0017\u0012\r");
        Assert.Equal("a\u0016\u0017\u0012\n", Read());
    }

    [Fact]
    public void Nothing_is_echoed_without_ECHO_but_line_feeds_with_ECHONL()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.Echo);
        Type("secret\u007F\u0015x\r");
        Assert.Equal("x\n", Read());
        Assert.Equal("", Output());
        Change((ref TerminalSettings settings) => settings.Local |= LocalModes.EchoLineFeed);
        Type("y\r");
        Assert.Equal("\r\n", Output());
    }

    [Fact]
    public void Control_characters_are_echoed_as_they_are_without_ECHOCTL()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.EchoControl);
        Type("\u0001\u007F");
        Assert.Equal("\u0001", Output());
    }

    [Theory]
    [InlineData((InputModes)0, "a\rb\n")]
    [InlineData(InputModes.ReturnToLineFeed, "a\nb\n")]
    [InlineData(InputModes.LineFeedToReturn, "a\rb\r")]
    [InlineData(InputModes.IgnoreReturn, "ab\n")]
    [InlineData(InputModes.IgnoreReturn | InputModes.ReturnToLineFeed, "ab\n")]
    [InlineData(InputModes.ReturnToLineFeed | InputModes.LineFeedToReturn, "a\nb\r")]
    public void Translation_of_line_ends_in_input(InputModes modes, string expected)
    {
        MakeRaw();
        Change((ref TerminalSettings settings) => settings.Input = modes);
        Type("a\rb\n");
        Assert.Equal(expected, Read());
    }

    [Theory]
    [InlineData((OutputModes)0, "a\nb\rc\td", "a\nb\rc\td")]
    [InlineData(OutputModes.Process, "a\nb\r", "a\nb\r")]
    [InlineData(OutputModes.LineFeedToReturnLineFeed, "a\n", "a\n")]
    [InlineData(OutputModes.Process | OutputModes.LineFeedToReturnLineFeed, "a\n\n", "a\r\n\r\n")]
    [InlineData(OutputModes.Process | OutputModes.ReturnToLineFeed, "a\rb", "a\nb")]
    [InlineData(OutputModes.Process | OutputModes.NoReturnAtStart, "\ra\r\rb", "a\rb")]
    [InlineData(OutputModes.Process | OutputModes.ExpandTabs, "\tab\tc\bd\t", "        ab      c\bd       ")]
    public void Output_modes(OutputModes modes, string written, string expected)
    {
        Change((ref TerminalSettings settings) => settings.Output = modes);
        Write(written);
        Assert.Equal(expected, Output());
    }

    [Theory]
    [InlineData("ab\u0003", TypedSignals.Interrupt, "ab^C")]
    [InlineData("ab\u001C", TypedSignals.Quit, "ab^\\")]
    [InlineData("ab\u001A", TypedSignals.Suspend, "ab^Z")]
    public void Typed_signals_drop_input_and_are_shown(string typed, TypedSignals expected, string shown)
    {
        var output = new StringBuilder();
        foreach (char character in typed)
        {
            Type(character.ToString());
            output.Append(Output());
        }
        Assert.Equal(expected, _line.TakeSignals());
        Assert.Equal(TypedSignals.None, _line.TakeSignals());
        Assert.Equal(shown, output.ToString());
        Type("c\r");
        Assert.Equal("c\n", Read());
    }

    [Fact]
    public void Typed_signals_keep_input_with_NOFLSH()
    {
        Change((ref TerminalSettings settings) => settings.Local |= LocalModes.KeepInput);
        Type("ab\u0003c\r");
        Assert.Equal(TypedSignals.Interrupt, _line.TakeSignals());
        Assert.Equal("abc\n", Read());
    }

    [Fact]
    public void Signal_characters_are_plain_without_ISIG()
    {
        Change((ref TerminalSettings settings) => settings.Local &= ~LocalModes.Signals);
        Type("\u0003\u001C\u001A\r");
        Assert.Equal(TypedSignals.None, _line.TakeSignals());
        Assert.Equal("\u0003\u001C\u001A\n", Read());
    }

    [Fact]
    public void Character_zero_is_none()
    {
        Change((ref TerminalSettings settings) => settings[ControlCharacter.Interrupt] = 0);
        Type("a\0\u0003b\r");
        Assert.Equal(TypedSignals.None, _line.TakeSignals());
        Assert.Equal("a\0\u0003b\n", Read());
    }

    [Fact]
    public void Extra_line_ends_end_lines_and_stay_in_them()
    {
        Change((ref TerminalSettings settings) =>
        {
            settings[ControlCharacter.EndOfLine] = (byte)';';
            settings[ControlCharacter.EndOfLine2] = (byte)'!';
        });
        Type("a;b!");
        Assert.Equal("a;", Read());
        Assert.Equal("b!", Read());
    }

    [Fact]
    public void Stop_holds_echo_and_writers_and_start_lets_them_go()
    {
        Type("a\u0013b");
        Assert.True(_line.IsStopped);
        Assert.Equal("", Output());
        Assert.Equal(2, _line.OutputCount);
        Assert.False(_line.IsWritable);
        Assert.Equal(0, _line.Write("cd"u8));
        Type("\u0011");
        Assert.Equal("ab", Output());
        Write("cd");
        Assert.Equal("cd", Output());
        Type("\r");
        Assert.Equal("ab\n", Read());
    }

    [Fact]
    public void Any_character_starts_output_with_IXANY()
    {
        Change((ref TerminalSettings settings) => settings.Input |= InputModes.AnyStarts);
        Type("\u0013a");
        Assert.Equal("a", Output());
    }

    [Fact]
    public void Turning_flow_control_off_starts_output()
    {
        Type("\u0013a");
        Change((ref TerminalSettings settings) => settings.Input &= ~InputModes.FlowControl);
        Assert.Equal("a", Output());
        Type("\u0013\r");
        Assert.Equal("a\u0013\n", Read());
    }

    [Fact]
    public void Suspended_output_is_not_started_by_what_is_typed()
    {
        _line.Suspend();
        Type("\u0013a\u0011");
        Assert.Equal("", Output());
        _line.Resume();
        Assert.Equal("a", Output());
    }

    [Fact]
    public void Typed_signal_starts_output_and_drops_what_waits()
    {
        Type("\u0013old");
        Type("\u0003");
        Assert.Equal("^C", Output());
    }

    [Fact]
    public void Output_that_nobody_fetches_fills_the_buffer_and_no_more()
    {
        byte[] bytes = new byte[10_000];
        Array.Fill(bytes, (byte)'x');
        int taken = _line.Write(bytes);
        Assert.InRange(taken, LineDiscipline.OutputCapacity - 16, LineDiscipline.OutputCapacity);
        Assert.False(_line.IsWritable);
        Assert.Equal(0, _line.Write(bytes));
        Type("echo that is lost must do no harm");
        Assert.StartsWith(new string('x', taken), Output());
        Assert.True(_line.IsWritable);
    }

    [Fact]
    public void Flushed_output_is_gone()
    {
        Write("old");
        _line.FlushOutput();
        Write("new");
        Assert.Equal("new", Output());
    }

    [Fact]
    public void Raw_input_can_be_read_at_once_and_as_it_is()
    {
        MakeRaw();
        Type("a\u007F\u0015\u0004");
        Assert.True(_line.HasInput);
        Assert.Equal(4, _line.InputCount);
        Assert.Equal("a\u007F", Read(2));
        Assert.Equal("\u0015\u0004", Read());
        Assert.Equal("", Output());
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 1, 1)]
    [InlineData(0, 0, 1)]
    public void Poll_waits_for_the_minimum_when_there_is_no_time(byte minimum, byte time, int needed)
    {
        MakeRaw();
        Change((ref TerminalSettings settings) =>
        {
            settings[ControlCharacter.Minimum] = minimum;
            settings[ControlCharacter.Time] = time;
        });
        for (int count = 1; count <= 3; count++)
        {
            Type("x");
            Assert.Equal(count >= needed, _line.IsReadable);
        }
    }

    [Fact]
    public void Raw_input_is_refused_when_the_buffer_is_full_and_nothing_is_lost()
    {
        MakeRaw();
        int taken = 0;
        while (_line.Receive((byte)taken))
            taken++;
        Assert.Equal(LineDiscipline.InputCapacity - 1, taken);
        Assert.Equal("\0\u0001", Read(2));
        Assert.True(_line.Receive(0xEE));
        byte[] rest = new byte[LineDiscipline.InputCapacity];
        _line.Read(rest, out int count);
        Assert.Equal(taken - 1, count);
        Assert.Equal(2, rest[0]);
        Assert.Equal(0xEE, rest[count - 1]);
    }

    [Fact]
    public void Line_that_is_too_long_keeps_its_beginning_and_its_end()
    {
        Type(new string('a', 4095) + "bcd");
        Assert.False(_line.HasInput);
        Type("\r");
        Assert.Equal(new string('a', 4095) + "\n", Read(5000));
    }

    [Fact]
    public void Line_that_is_too_long_can_still_be_erased()
    {
        Type(new string('a', 5000) + "\u0015b\r");
        Assert.Equal("b\n", Read());
    }

    [Fact]
    public void Whole_lines_are_not_overwritten_by_what_follows()
    {
        Type("first\r");
        int taken = 0;
        while (_line.Receive((byte)'x'))
            taken++;
        Assert.Equal(LineDiscipline.InputCapacity - 1 - 6, taken);
        Assert.Equal("first\n", Read());
        Assert.True(_line.Receive((byte)'\r'));
        Assert.Equal(new string('x', taken) + "\n", Read(5000));
    }

    [Fact]
    public void Turning_canonical_mode_off_lets_the_unfinished_line_be_read()
    {
        Type("one\rtw");
        MakeRaw();
        Assert.Equal("one\ntw", Read());
    }

    [Fact]
    public void Turning_canonical_mode_on_makes_one_line_of_what_waits()
    {
        MakeRaw();
        Type("ab");
        Change((ref TerminalSettings settings) => settings.Local |= LocalModes.Canonical);
        Type("\u007Fcd\n");
        Assert.Equal("ab", Read());
        Assert.Equal("cd\n", Read());
    }

    [Fact]
    public void Flushed_input_is_gone()
    {
        Type("one\rtwo");
        _line.FlushInput();
        Assert.False(_line.HasInput);
        Type("x\r");
        Assert.Equal("x\n", Read());
    }

    [Fact]
    public void Reset_discipline_is_as_new()
    {
        MakeRaw();
        Type("old");
        Change((ref TerminalSettings settings) => settings.Input = InputModes.FlowControl);
        Write("old");
        Type("\u0013");
        _line.Suspend();
        _line.Reset(TerminalSettings.Default);
        Type("new\r");
        Assert.Equal("new\r\n", Output());
        Assert.Equal("new\n", Read());
        Assert.Equal(TypedSignals.None, _line.TakeSignals());
    }

    [Fact]
    public void High_bit_is_cleared_with_ISTRIP()
    {
        Change((ref TerminalSettings settings) => settings.Input |= InputModes.StripHighBit);
        Assert.True(_line.Receive('a' | 0x80));
        Type("\r");
        Assert.Equal("a\n", Read());
    }

    [Fact]
    public void Random_input_and_settings_leave_counts_that_agree()
    {
        var random = new Random(7);
        byte[] buffer = new byte[300];
        for (int step = 0; step < 300_000; step++)
        {
            switch (random.Next(40))
            {
                case 0:
                    TerminalSettings settings = TerminalSettings.Default;
                    settings.Input = (InputModes)random.Next();
                    settings.Output = (OutputModes)random.Next();
                    settings.Local = (LocalModes)random.Next();
                    _line.Change(settings);
                    break;
                case < 4:
                    int before = _line.InputCount;
                    _line.Read(buffer.AsSpan(0, random.Next(1, 300)), out int count);
                    Assert.Equal(before - count, _line.InputCount);
                    break;
                case 4:
                    _line.Write(buffer.AsSpan(0, random.Next(300)));
                    break;
                case 5:
                    _line.TakeOutput(_line.PendingOutput.Length);
                    break;
                default:
                    _line.Receive((byte)random.Next(random.Next(2) == 0 ? 33 : 256));
                    break;
            }
            Assert.InRange(_line.InputCount, 0, LineDiscipline.InputCapacity);
            Assert.InRange(_line.OutputCount, 0, LineDiscipline.OutputCapacity);
        }
    }

    private delegate void SettingsChange(ref TerminalSettings settings);

    private void Change(SettingsChange change)
    {
        TerminalSettings settings = _line.Settings;
        change(ref settings);
        _line.Change(settings);
    }

    private void MakeRaw() => Change((ref TerminalSettings settings) =>
    {
        settings.Input = 0;
        settings.Output = 0;
        settings.Local = 0;
    });

    private void Type(string text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes(text))
            Assert.True(_line.Receive(value));
    }

    private void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes.Length, _line.Write(bytes));
    }

    private string Read(int length = 100)
    {
        byte[] bytes = new byte[length];
        _line.Read(bytes, out int count);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    private string Output()
    {
        byte[] bytes = new byte[LineDiscipline.OutputCapacity];
        int count = 0;
        while (!_line.PendingOutput.IsEmpty)
        {
            int length = _line.PendingOutput.Length;
            _line.PendingOutput.CopyTo(bytes.AsSpan(count));
            _line.TakeOutput(length);
            count += length;
        }
        return Encoding.UTF8.GetString(bytes, 0, count);
    }
}
