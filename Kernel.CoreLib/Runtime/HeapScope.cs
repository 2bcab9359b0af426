namespace System.Runtime;

/// <summary>Where the heap stood when a scope began.</summary>
public readonly unsafe struct HeapScope
{
    internal readonly HeapChunk* Chunk;
    internal readonly nuint Next;
    internal readonly long Sequence;

    internal HeapScope(HeapChunk* chunk, nuint next, long sequence)
    {
        Chunk = chunk;
        Next = next;
        Sequence = sequence;
    }
}
