using System.Runtime.InteropServices;
using System.Threading;

namespace System.Runtime;

/// <summary>Pages that objects are cut from, upwards. Lies at their beginning.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HeapChunk
{
    /// <summary>The chunk that was made before, or the next in a list of free ones.</summary>
    internal HeapChunk* Previous;

    /// <summary>Where the chunk ends.</summary>
    internal nuint End;

    /// <summary>Where the next object goes; beyond the end when the chunk is full.</summary>
    internal nuint Next;

    /// <summary>Counts up with each chunk, so that a scope tells its chunks from older ones.</summary>
    internal long Sequence;

    internal readonly nuint Pages(HeapChunk* self) => (End - (nuint)self) / ManagedHeap.PageSize;

    /// <summary>Cuts memory off, or returns null when too little is left. Any processor and interrupt may do it at once.</summary>
    internal static byte* TryTake(HeapChunk* chunk, nuint size)
    {
        nuint start = (nuint)Interlocked.Add(ref *(long*)&chunk->Next, (long)size) - size;
        return start <= chunk->End && size <= chunk->End - start ? (byte*)start : null;
    }
}
