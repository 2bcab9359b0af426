using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>How often and for how many bytes <c>new</c> has been called since start-up, and what the heap has.</summary>
public struct HeapStatistics
{
    internal const int Kinds = (int)AllocationKind.Runtime + 1;

    [InlineArray(Kinds)]
    internal struct Counters
    {
        private ulong _first;
    }

    internal Counters CallsByKind;
    internal Counters BytesByKind;

    /// <summary>Pages taken from the kernel. They are never given back to it.</summary>
    public ulong Pages { get; internal set; }

    /// <summary>Pages that scopes gave back and that nothing uses.</summary>
    public ulong FreePages { get; internal set; }

    /// <summary>Allocations of one kind.</summary>
    public readonly ulong Calls(AllocationKind kind) => CallsByKind[(int)kind];

    /// <summary>Bytes allocated for one kind, with headers.</summary>
    public readonly ulong Bytes(AllocationKind kind) => BytesByKind[(int)kind];

    /// <summary>Allocations of all kinds.</summary>
    public readonly ulong TotalCalls
    {
        get
        {
            ulong sum = 0;
            for (int kind = 0; kind < Kinds; kind++)
                sum += CallsByKind[kind];
            return sum;
        }
    }

    /// <summary>Bytes allocated for all kinds, with headers.</summary>
    public readonly ulong TotalBytes
    {
        get
        {
            ulong sum = 0;
            for (int kind = 0; kind < Kinds; kind++)
                sum += BytesByKind[kind];
            return sum;
        }
    }
}
