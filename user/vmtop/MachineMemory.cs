using System;

namespace User.VmTop;

/// <summary>The machine's frames by kind, and how fast pages are faulted in.</summary>
internal sealed class MachineMemory
{
    private const int LongestFile = 8192;
    private const int BarWidth = 24;
    private const ulong Percent = 100;
    private const ulong KibibytesPerPage = 4;
    private const ulong KibibytesPerMebibyte = 1024;
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong MillisecondsPerSecond = 1000;

    private readonly byte[] _information = new byte[LongestFile];
    private readonly byte[] _counters = new byte[LongestFile];
    private int _informationLength;
    private int _countersLength;
    private ulong _total;
    private ulong _faults;
    private ulong _majorFaults;
    private ulong _faultRate;
    private ulong _majorFaultRate;
    private ulong _readAt;

    /// <summary>Looks at the machine.</summary>
    public void Read()
    {
        _informationLength = TextFile.Read("/proc/meminfo"u8, _information).Length;
        _countersLength = TextFile.Read("/proc/vmstat"u8, _counters).Length;
        _total = Information("MemTotal:"u8);
        ReadRates();
    }

    /// <summary>Shows the table.</summary>
    public void Show(LiveScreen screen)
    {
        screen.Line($"memory {_total / KibibytesPerMebibyte} MiB, available {Information("MemAvailable:"u8) / KibibytesPerMebibyte} MiB; faults {_faultRate}/s, with input {_majorFaultRate}/s");
        Show(screen, "free"u8, "nr_free_pages"u8);
        Show(screen, "  zeroed"u8, "nr_zeroed_pages"u8);
        Show(screen, "anonymous"u8, "nr_anon_pages"u8);
        Show(screen, "  frozen"u8, "nr_frozen_pages"u8);
        Show(screen, "files"u8, "nr_file_pages"u8);
        Show(screen, "  mapped"u8, "nr_mapped"u8);
        Show(screen, "  shared"u8, "nr_shmem"u8);
        Show(screen, "page tables"u8, "nr_page_table_pages"u8);
        Show(screen, "slab"u8, "nr_slab_reclaimable"u8, "nr_slab_unreclaimable"u8);
        Show(screen, "kernel"u8, "nr_kernel_pages"u8);
    }

    /// <summary>A kind of frames; no line if this kernel doesn't count it.</summary>
    private void Show(LiveScreen screen, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> second = default)
    {
        if (!TryFind(Counters, counter, out ulong pages))
            return;
        if (!second.IsEmpty && TryFind(Counters, second, out ulong morePages))
            pages += morePages;
        ulong size = pages * KibibytesPerPage;
        ulong share = _total == 0 ? 0 : ulong.Min(size * Percent / _total, Percent);
        Span<byte> bar = stackalloc byte[BarWidth];
        bar.Fill((byte)' ');
        bar[..(int)(share * BarWidth / Percent)].Fill((byte)'#');
        screen.Line($"{kind,-12} {pages,9} frames {size / KibibytesPerMebibyte,7} MiB {share,3} % |{(ReadOnlySpan<byte>)bar}|");
    }

    private ReadOnlySpan<byte> Counters => _counters.AsSpan(0, _countersLength);

    private ulong Information(ReadOnlySpan<byte> name) =>
        TryFind(_information.AsSpan(0, _informationLength), name, out ulong value) ? value : 0;

    private void ReadRates()
    {
        TryFind(Counters, "pgfault"u8, out ulong faults);
        TryFind(Counters, "pgmajfault"u8, out ulong majorFaults);
        ulong now = (ulong)SystemCalls.MonotonicTime() / NanosecondsPerMillisecond;
        if (_readAt != 0 && now > _readAt)
        {
            _faultRate = (faults - ulong.Min(faults, _faults)) * MillisecondsPerSecond / (now - _readAt);
            _majorFaultRate = (majorFaults - ulong.Min(majorFaults, _majorFaults)) * MillisecondsPerSecond / (now - _readAt);
        }
        (_faults, _majorFaults, _readAt) = (faults, majorFaults, now);
    }

    /// <summary>The number behind a name that begins a line.</summary>
    private static bool TryFind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out ulong value)
    {
        var lines = new TextScanner(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            var fields = new TextScanner(line);
            if (!fields.Word().SequenceEqual(name))
                continue;
            value = fields.Number();
            return true;
        }
        value = 0;
        return false;
    }
}
