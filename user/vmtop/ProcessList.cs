using System;

namespace User.VmTop;

/// <summary>All processes, of this look and of the one before.</summary>
internal sealed class ProcessList
{
    private const int FolderBuffer = 4096;
    private const int FirstCapacity = 64;

    private ProcessMemory[] _processes = new ProcessMemory[FirstCapacity];
    private ProcessMemory[] _before = new ProcessMemory[FirstCapacity];
    private int _count;
    private int _countBefore;
    private bool _isFirst = true;

    /// <summary>Looks at all processes.</summary>
    public void Read()
    {
        (_before, _processes) = (_processes, _before);
        _countBefore = _count;
        _count = 0;
        var folder = new FolderReader(stackalloc byte[FolderBuffer]);
        if (folder.Open("/proc"u8) < 0)
            return;
        while (folder.TryNext(out ReadOnlySpan<byte> name))
        {
            if (name[0] is < (byte)'1' or > (byte)'9' || !ProcessMemory.TryRead(name, out ProcessMemory process))
                continue;
            process.NewFaults = _isFirst ? 0 : process.Faults - ulong.Min(process.Faults, FaultsBefore(process.Process));
            // There is no collector: the list grows to the largest number of processes seen, in steps of two.
            if (_count == _processes.Length)
                Array.Resize(ref _processes, _count * 2);
            _processes[_count++] = process;
        }
        folder.Close();
        _isFirst = false;
    }

    /// <summary>Sorts, the largest first; equal ones, and in the order of processes, by number.</summary>
    public void Sort(Order order)
    {
        for (int index = 1; index < _count; index++)
        {
            ProcessMemory process = _processes[index];
            int place = index;
            for (; place > 0 && IsBefore(process, _processes[place - 1], order); place--)
                _processes[place] = _processes[place - 1];
            _processes[place] = process;
        }
    }

    /// <summary>Shows the table.</summary>
    public void Show(LiveScreen screen, Order order)
    {
        screen.Line($"{_count} processes by {Describe(order)}; KiB; FAULTS are new since the last look");
        screen.Line($"{"PID",5} S {"VIRTUAL",9} {"RSS",8} {"SHARED",8} {"PRIVATE",8} {"FAULTS",7} {"MINOR",8} {"MAJOR",6} NAME");
        foreach (ref readonly ProcessMemory process in _processes.AsSpan(0, _count))
        {
            screen.Line(
                $"{process.Process,5} {(char)process.State} {process.Virtual,9} {process.Resident,8} {process.Shared,8} {process.Private,8} {process.NewFaults,7} {process.MinorFaults,8} {process.MajorFaults,6} {process.Name}");
        }
    }

    private static bool IsBefore(in ProcessMemory left, in ProcessMemory right, Order order)
    {
        ulong leftSize = KeyOf(left, order);
        ulong rightSize = KeyOf(right, order);
        return leftSize != rightSize ? leftSize > rightSize : left.Process < right.Process;
    }

    private static ulong KeyOf(in ProcessMemory process, Order order) => order switch
    {
        Order.Resident => process.Resident,
        Order.Shared => process.Shared,
        Order.Private => process.Private,
        Order.Faults => process.NewFaults,
        _ => 0,
    };

    private static string Describe(Order order) => order switch
    {
        Order.Resident => "resident memory",
        Order.Shared => "shared memory",
        Order.Private => "private memory",
        Order.Faults => "new faults",
        _ => "number",
    };

    private ulong FaultsBefore(int process)
    {
        foreach (ref readonly ProcessMemory other in _before.AsSpan(0, _countBefore))
            if (other.Process == process)
                return other.Faults;
        return 0;
    }
}
