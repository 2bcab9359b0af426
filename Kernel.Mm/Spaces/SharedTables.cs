using System.Runtime.CompilerServices;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>Leaf tables that a fork has just made shared, linked with each other until the backup takes them all at once.</summary>
internal unsafe ref struct SharedTables(BackupSpace backup)
{
    private uint _first = FrameDescriptor.NoFrame;
    private uint _last = FrameDescriptor.NoFrame;
    private FrameDescriptor* _firstDescriptor;
    private uint _count;

    /// <summary>Adds a table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FrameDescriptor* descriptor, uint table)
    {
        descriptor->Next = _first;
        if (_count++ == 0)
            _last = table;
        else
            _firstDescriptor->Previous = table;
        _first = table;
        _firstDescriptor = descriptor;
    }

    /// <summary>Gives all tables to the backup.</summary>
    public readonly void Flush(in FrameTable frames)
    {
        if (_count != 0)
            backup.Add(frames, new FrameNumber(_first), new FrameNumber(_last), _count);
    }
}
