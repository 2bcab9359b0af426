using System;
using System.Text;
using Xunit;

namespace Kernel.Drivers.Tests;

public sealed class LogRingTests
{
    private LogRing _ring;

    public LogRingTests() => _ring.Allocate();

    [Fact]
    public void Empty_ring_gives_nothing()
    {
        ulong position = 0;
        Assert.Equal(0, _ring.Read(ref position, new byte[10]));
        Assert.Equal(0ul, position);
    }

    [Fact]
    public void Reading_goes_on_where_it_stopped()
    {
        Append("one\ntwo\n");
        ulong position = 0;
        byte[] chunk = new byte[5];
        Assert.Equal(5, _ring.Read(ref position, chunk));
        Assert.Equal("one\nt", Encoding.ASCII.GetString(chunk));
        Append("three\n");
        Assert.Equal("wo\nthree\n", ReadFrom(position));
    }

    [Fact]
    public void Old_text_gives_way_and_reading_starts_at_a_whole_line()
    {
        var all = new StringBuilder();
        for (int line = 0; all.Length < 3 * LogRing.Capacity; line++)
        {
            string text = $"this is line {line}\n";
            all.Append(text);
            Append(text);
        }

        string kept = ReadFrom(0);
        Assert.EndsWith(kept, all.ToString());
        Assert.InRange(kept.Length, LogRing.Capacity - 30, LogRing.Capacity);
        Assert.StartsWith("this is line ", kept);
        Assert.Equal((ulong)all.Length, _ring.End);
    }

    [Fact]
    public void Text_longer_than_the_ring_keeps_its_end()
    {
        Append("before\n");
        byte[] text = new byte[LogRing.Capacity + 100];
        new Random(5).NextBytes(text);
        _ring.Append(text);
        byte[] kept = new byte[LogRing.Capacity];
        ulong position = _ring.Start;
        Assert.Equal(LogRing.Capacity, _ring.Read(ref position, kept));
        Assert.Equal(text[100..], kept);
    }

    [Fact]
    public void Position_beyond_the_end_reads_nothing()
    {
        Append("x\n");
        ulong position = 1000;
        Assert.Equal(0, _ring.Read(ref position, new byte[10]));
        Assert.Equal(2ul, position);
    }

    private void Append(string text) => _ring.Append(Encoding.ASCII.GetBytes(text));

    private string ReadFrom(ulong position)
    {
        byte[] chunk = new byte[1000];
        var text = new StringBuilder();
        for (int length; (length = _ring.Read(ref position, chunk)) > 0;)
            text.Append(Encoding.ASCII.GetString(chunk, 0, length));
        return text.ToString();
    }
}
