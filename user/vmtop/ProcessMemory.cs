using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace User.VmTop;

/// <summary>What one process has; sizes in KiB.</summary>
internal struct ProcessMemory
{
    private const int LongestName = 16;
    private const int LongestFile = 1024;
    private const ulong KibibytesPerPage = 4;

    private NameStorage _name;
    private int _nameLength;

    /// <summary>Its number.</summary>
    public int Process;

    /// <summary>The letter of its state.</summary>
    public byte State;

    /// <summary>Its address space.</summary>
    public ulong Virtual;

    /// <summary>Resident memory.</summary>
    public ulong Resident;

    /// <summary>Resident memory that others have too.</summary>
    public ulong Shared;

    /// <summary>Resident memory that nobody else has.</summary>
    public ulong Private;

    /// <summary>Page faults without input, of its whole life.</summary>
    public ulong MinorFaults;

    /// <summary>Page faults with input, of its whole life.</summary>
    public ulong MajorFaults;

    /// <summary>Faults since the last look.</summary>
    public ulong NewFaults;

    /// <summary>Its name, as the kernel knows it.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Name => ((ReadOnlySpan<byte>)_name)[.._nameLength];

    /// <summary>All faults.</summary>
    public readonly ulong Faults => MinorFaults + MajorFaults;

    /// <summary>Reads what /proc says.</summary>
    /// <returns>False if the process has ended.</returns>
    public static bool TryRead(ReadOnlySpan<byte> number, out ProcessMemory process)
    {
        process = default;
        process.Process = (int)TextScanner.ParseNumber(number);
        Span<byte> buffer = stackalloc byte[LongestFile];
        ReadOnlySpan<byte> stat = ReadFile(number, "stat"u8, buffer);
        int nameStart = stat.IndexOf((byte)'(');
        int nameEnd = stat.LastIndexOf((byte)')');
        if (nameStart < 0 || nameEnd < nameStart)
            return false;
        process.SetName(stat[(nameStart + 1)..nameEnd]);
        process.ReadStat(stat[(nameEnd + 1)..]);
        process.ReadStatm(ReadFile(number, "statm"u8, buffer));
        process.ReadRollup(ReadFile(number, "smaps_rollup"u8, buffer));
        return true;
    }

    private static ReadOnlySpan<byte> ReadFile(ReadOnlySpan<byte> number, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        const int LongestPath = 64;
        var path = new Utf8Writer(stackalloc byte[LongestPath]);
        path.Append("/proc/"u8);
        path.Append(number);
        path.Append("/"u8);
        path.Append(name);
        return TextFile.Read(path.Text, buffer);
    }

    /// <summary>From the state on: fields 3, 10 and 12 of proc_pid_stat(5).</summary>
    private void ReadStat(ReadOnlySpan<byte> fields)
    {
        const int FromStateToMinorFaults = 6;
        var scanner = new TextScanner(fields);
        ReadOnlySpan<byte> state = scanner.Word();
        State = state.Length > 0 ? state[0] : (byte)'?';
        scanner.Skip(FromStateToMinorFaults);
        MinorFaults = scanner.Number();
        scanner.Skip(1);
        MajorFaults = scanner.Number();
    }

    private void ReadStatm(ReadOnlySpan<byte> text)
    {
        var scanner = new TextScanner(text);
        Virtual = scanner.Number() * KibibytesPerPage;
        Resident = scanner.Number() * KibibytesPerPage;
        Shared = scanner.Number() * KibibytesPerPage;
        Private = Resident - ulong.Min(Shared, Resident);
    }

    /// <summary>The exact figures, of those processes of which this one may read them.</summary>
    private void ReadRollup(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        ulong shared = 0, ofItsOwn = 0;
        var scanner = new TextScanner(text);
        while (scanner.TryLine(out ReadOnlySpan<byte> line))
        {
            var fields = new TextScanner(line);
            ReadOnlySpan<byte> name = fields.Word();
            if (name.SequenceEqual("Rss:"u8))
                Resident = fields.Number();
            else if (name.SequenceEqual("Shared_Clean:"u8) || name.SequenceEqual("Shared_Dirty:"u8))
                shared += fields.Number();
            else if (name.SequenceEqual("Private_Clean:"u8) || name.SequenceEqual("Private_Dirty:"u8))
                ofItsOwn += fields.Number();
        }
        Shared = shared;
        Private = ofItsOwn;
    }

    private void SetName(ReadOnlySpan<byte> name)
    {
        _nameLength = int.Min(name.Length, LongestName);
        name[.._nameLength].CopyTo(_name);
    }

    [InlineArray(LongestName)]
    private struct NameStorage
    {
        private byte _first;
    }
}
