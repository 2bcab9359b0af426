using System;
using System.Runtime;
using System.Text;
using System.Text.Unicode;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Monitor;

namespace Kernel.SelfTests;

/// <summary>The monitor's commands, run without a terminal.</summary>
internal static class MonitorTests
{
    private const int Rounds = 100;
    private const ulong EnoughFrames = (80UL << 20) >> Page.Shift;

    private static readonly CountingSink s_sink = new();
    private static readonly Shell s_shell = new(s_sink, new InputQueue(), static () => { });

    private delegate void SpaceTest(VirtualAddress address);

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("monitor");
        suite.Add("help 100 times allocates nothing"u8, () => AllocatesNothing("help"u8));
        suite.Add("cpu allocates nothing"u8, () => AllocatesNothing("cpu"u8));
        suite.Add("memmap allocates nothing"u8, () => AllocatesNothing("memmap"u8));
        suite.Add("mem allocates nothing"u8, () => AllocatesNothing("mem"u8));
        suite.Add("frames allocates nothing"u8, () => AllocatesNothing("frames"u8));
        suite.Add("aspace allocates nothing"u8, () => AllocatesNothing("aspace"u8));
        suite.Add("aspace 0 allocates nothing"u8, () => WithSpace(static _ => AllocatesNothing("aspace 0"u8)));
        suite.Add("forkdemo allocates nothing"u8, () => AllocatesNothing("forkdemo"u8));
        suite.Add("bench allocates nothing"u8, BenchAllocatesNothing);
        suite.Add("aspace shows vareas, their objects and resident pages"u8, () => WithSpace(AspaceShowsVareas));
        suite.Add("pt allocates nothing"u8, () => AllocatesNothing("pt 0xffffffff80200000"u8));
        suite.Add("peek allocates nothing"u8, () => AllocatesNothing("peek 0xffffffff80200000 100"u8));
        suite.Add("pci allocates nothing"u8, () => AllocatesNothing("pci"u8));
        suite.Add("acpi allocates nothing"u8, () => AllocatesNothing("acpi"u8));
        suite.Add("irq allocates nothing"u8, () => AllocatesNothing("irq"u8));
        suite.Add("time allocates nothing"u8, () => AllocatesNothing("time"u8));
        suite.Add("log allocates nothing"u8, () => AllocatesNothing("log 10"u8));
        suite.Add("an unknown command allocates nothing"u8, () => AllocatesNothing("hlep me"u8));
        suite.Add("no argument of pt and peek faults"u8, NoArgumentFaults);
        suite.Add("wrong arguments are answered"u8, WrongArgumentsAreAnswered);
        return suite;
    }

    private static void AllocatesNothing(ReadOnlySpan<byte> line, int rounds = Rounds)
    {
        // The first run may initialize static data.
        s_shell.Execute(line);
        ulong before = ManagedHeap.Statistics.TotalCalls;
        for (int round = 0; round < rounds; round++)
        {
            s_sink.Length = 0;
            s_shell.Execute(line);
            Check.True(s_sink.Length > 0);
        }
        Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
    }

    private static void BenchAllocatesNothing()
    {
        // It touches 64 MiB.
        if (VirtualMemory.Manager.Frames.FreeFrames > EnoughFrames)
            AllocatesNothing("bench"u8, 2);
    }

    /// <summary>Does something while there is a space, the first of the list, with four private pages, two of them resident.</summary>
    private static void WithSpace(SpaceTest test)
    {
        const Protection readWrite = Protection.Read | Protection.Write | Protection.User;
        AddressSpace space = VirtualMemory.Manager.CreateSpace(VirtualMemory.UserRange)!;
        Check.True(VirtualMemory.Manager.FirstSpace == space);
        Check.True(space.Map(new MapRequest(4, readWrite), out VirtualAddress address) == Status.Success);
        Check.True(space.Fault(address, FaultAccess.Write | FaultAccess.User) == FaultResult.Resolved);
        Check.True(space.Fault(address + Page.Size, FaultAccess.User) == FaultResult.Resolved);
        test(address);
        Check.True(VirtualMemory.Manager.DeleteSpace(space) == Status.Success);
    }

    private static void AspaceShowsVareas(VirtualAddress address)
    {
        s_sink.Length = 0;
        s_shell.Execute("aspace 0"u8);
        Span<byte> expected = stackalloc byte[128];
        // The zero page is resident too, and everybody's.
        Utf8.TryWrite(
            expected, $"{address.Value:x16}  {(address + 4 * Page.Size).Value:x16}        16 rw-p anonymous          2        1        1\n", out int length);
        Check.True(s_sink.Text.EndsWith(expected[..length]));
        Check.True(s_sink.Text.StartsWith("from              to                     KiB prot object      resident  private   shared\n"u8));
    }

    private static void NoArgumentFaults()
    {
        ReadOnlySpan<ulong> addresses =
        [
            0, 1, 0xfff, 0x1000, 0x7fff_ffff_ffff, 0x8000_0000_0000, 0x8000_0000_0000_0000, 0xffff_7fff_ffff_ffff,
            0xffff_8000_0000_0000, 0xffff_bfff_ffff_ffff, 0xffff_c000_0000_0000, 0xffff_c800_0000_0fff,
            0xffff_ffff_7fff_ffff, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_ffff,
        ];
        Span<byte> line = stackalloc byte[64];
        foreach (ulong address in addresses)
        {
            Utf8.TryWrite(line, $"pt {address:x}", out int length);
            Answers(line[..length]);
            Utf8.TryWrite(line, $"peek {address:x} 4096", out length);
            Answers(line[..length]);
        }
    }

    private static void WrongArgumentsAreAnswered()
    {
        ReadOnlySpan<string> lines = ["help nonsense", "peek", "peek x", "peek 0 0", "pt", "pt 1 2", "log x", "panic", "panic x", "selftest x"];
        foreach (string line in lines)
            Answers(Encoding.UTF8.GetBytes(line));
    }

    private static void Answers(ReadOnlySpan<byte> line)
    {
        s_sink.Length = 0;
        s_shell.Execute(line);
        Check.True(s_sink.Length > 0);
    }

    /// <summary>Counts what is written, and keeps its beginning.</summary>
    private sealed class CountingSink : TextSink
    {
        /// <summary>Bytes written since it was set to zero.</summary>
        public long Length;

        private readonly byte[] _text = new byte[1024];

        /// <summary>What was written, if it isn't longer than that.</summary>
        public ReadOnlySpan<byte> Text => _text.AsSpan(0, (int)Math.Min(Length, _text.Length));

        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<byte> utf8)
        {
            if (Length + utf8.Length <= _text.Length)
                utf8.CopyTo(_text.AsSpan((int)Length));
            Length += utf8.Length;
        }
    }
}
