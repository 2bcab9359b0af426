using System;
using System.Text;
using Kernel.Drivers.Console;
using Xunit;

namespace Kernel.Drivers.Tests;

/// <summary>The log is one for the whole process, so no other class may use it.</summary>
public sealed unsafe class LogTests : IDisposable
{
    private readonly Recorder _recorder = new();

    public LogTests() => Log.Initialize();

    public void Dispose()
    {
        Log.RemoveSink(_recorder);
        Log.NanosecondSource = null;
    }

    [Fact]
    public void Lines_have_time_and_severity()
    {
        Log.AddSink(_recorder);
        _recorder.Text.Clear();
        Log.Info($"before the {"clock"} runs");
        Log.NanosecondSource = &TwelveSeconds;
        Log.Warn($"{0xAB:x4}");
        Log.Error($"broken");
        Log.WriteRaw("raw"u8);
        Assert.Equal(
            "[    0.000000] before the clock runs\n[   12.000345] warning: 00ab\n[   12.000345] error: broken\nraw",
            _recorder.Text.ToString());
    }

    [Fact]
    public void Late_sink_gets_what_was_logged_before()
    {
        Log.Info($"early bird {1}");
        Log.AddSink(_recorder);
        Assert.EndsWith("[    0.000000] early bird 1\n", _recorder.Text.ToString());
    }

    [Fact]
    public void Removed_sink_gets_nothing_more_and_others_go_on()
    {
        var other = new Recorder();
        Log.AddSink(other);
        Log.AddSink(_recorder);
        Log.RemoveSink(other);
        _recorder.Text.Clear();
        other.Text.Clear();
        Log.Info($"x");
        Assert.Equal("[    0.000000] x\n", _recorder.Text.ToString());
        Assert.Equal("", other.Text.ToString());
    }

    [Fact]
    public void Log_can_be_read_from_a_position()
    {
        ulong position = Log.End;
        Log.Info($"to be read");
        byte[] bytes = new byte[100];
        int length = Log.Read(ref position, bytes);
        Assert.Equal("[    0.000000] to be read\n", Encoding.UTF8.GetString(bytes, 0, length));
        Assert.Equal(Log.End, position);
    }

    [Fact]
    public void Too_long_line_is_cut_but_ends()
    {
        Log.AddSink(_recorder);
        _recorder.Text.Clear();
        Log.Info($"{new string('x', 1000)}");
        string line = _recorder.Text.ToString();
        Assert.InRange(line.Length, 256, 300);
        Assert.EndsWith("x\n", line);
    }

    private static ulong TwelveSeconds() => 12_000_345_678;

    private sealed class Recorder : TextSink
    {
        public StringBuilder Text { get; } = new();

        public override void Write(ReadOnlySpan<byte> utf8) => Text.Append(Encoding.UTF8.GetString(utf8));
    }
}
