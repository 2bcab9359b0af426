using System;

namespace Kernel.Monitor.Editing;

/// <summary>The last lines that were entered, the same line never twice in a row.</summary>
/// <remarks>All memory is taken at construction. Not locked: its editor owns it.</remarks>
internal sealed class LineHistory
{
    /// <summary>Lines kept.</summary>
    public const int Capacity = 32;

    private readonly byte[] _text = new byte[Capacity * LineEditor.Capacity];
    private readonly byte[] _lengths = new byte[Capacity];
    private int _next;

    /// <summary>Lines in it.</summary>
    public int Count { get; private set; }

    /// <summary>A line by its age: 1 is the newest, <see cref="Count"/> the oldest.</summary>
    public ReadOnlySpan<byte> this[int age]
    {
        get
        {
            int slot = (_next - age + Capacity) % Capacity;
            return new ReadOnlySpan<byte>(_text, slot * LineEditor.Capacity, _lengths[slot]);
        }
    }

    /// <summary>Keeps a line, for the oldest if there is no more room. Empty lines and repetitions are left out.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || (Count > 0 && this[1].SequenceEqual(line)))
            return;
        line.CopyTo(new Span<byte>(_text, _next * LineEditor.Capacity, LineEditor.Capacity));
        _lengths[_next] = (byte)line.Length;
        _next = (_next + 1) % Capacity;
        Count = Math.Min(Count + 1, Capacity);
    }
}
