using System.Runtime.CompilerServices;
using System.Threading;

namespace System.Runtime;

/// <summary>The memory of <c>new</c>: chunks of pages from the kernel, cut into objects upwards and not collected.</summary>
/// <remarks>
/// Lock-free: any processor, and an interrupt handler that cannot do without, may allocate at any time. What gives
/// memory back: scopes (<see cref="BeginScope"/>), and pools, whose objects (<see cref="ObjectMaker"/>) are not in the
/// heap at all.
/// </remarks>
public static unsafe class ManagedHeap
{
    /// <summary>Size of a page of the kernel's page source, in bytes.</summary>
    public const int PageSize = 4096;

    private const int PagesPerChunk = 16;

    // An object that needs more than a quarter of a chunk gets its own: the rest of the current chunk stays in use.
    private const int LargeObject = PagesPerChunk * PageSize / 4;

    // Each the newest HeapChunk* of a list, as an integer because that can be exchanged atomically.
    private static nint s_permanentChunk;
    private static nint s_scopeChunk;
    private static nint s_freeChunks;

    private static long s_sequence;
    private static int s_scopeDepth;
    private static int s_permanentDepth;
    private static HeapStatistics s_statistics;

    // An OutOfMemoryException, kept as an address because static references are not there yet when it is made.
    private static nint s_outOfMemory;

    /// <summary>The counters now.</summary>
    public static HeapStatistics Statistics => s_statistics;

    /// <summary>Makes what must exist before memory runs out.</summary>
    internal static void Prepare()
    {
        var exception = new OutOfMemoryException();
        s_outOfMemory = *(nint*)&exception;
    }

    internal static object NewObject(MethodTable* type, AllocationKind kind) => Construct(Allocate(type->BaseSize, kind), type);

    internal static object NewArray(MethodTable* type, nint length, AllocationKind kind)
    {
        if ((nuint)length > (nuint)Array.MaxLength)
            ThrowHelper.Overflow();
        nuint size = type->BaseSize + (nuint)length * type->ComponentSize;
        object array = Construct(Allocate(size, kind), type);
        Unsafe.As<RawArrayData>(array).Length = (uint)length;
        return array;
    }

    /// <summary>Memory for the runtime itself, zeroed, that no scope gives back.</summary>
    internal static void* AllocatePermanent(nuint size)
    {
        EnterPermanent();
        byte* memory = Allocate(size, AllocationKind.Runtime);
        LeavePermanent();
        return memory;
    }

    /// <summary>From here on allocations outlive the scope: what static constructors make is for all time.</summary>
    internal static void EnterPermanent() => Interlocked.Increment(ref s_permanentDepth);

    /// <summary>Ends what <see cref="EnterPermanent"/> began.</summary>
    internal static void LeavePermanent() => Interlocked.Decrement(ref s_permanentDepth);

    /// <summary>Begins a scope: what is allocated from now on is given back by <see cref="EndScope"/>, on every processor.</summary>
    /// <remarks>
    /// For repeated test runs. Nothing allocated inside may be used afterwards, hence no static field may have been made to
    /// refer to it. What static constructors and the runtime allocate doesn't belong to the scope. Scopes nest.
    /// </remarks>
    public static HeapScope BeginScope()
    {
        var chunk = (HeapChunk*)s_scopeChunk;
        var scope = new HeapScope(chunk, chunk is null ? 0 : chunk->Next, s_sequence);
        s_scopeDepth++;
        return scope;
    }

    /// <summary>Gives back everything that was allocated since the scope began.</summary>
    public static void EndScope(in HeapScope scope)
    {
        s_scopeDepth--;
        // A large object's chunk stands behind the one that was current, which may be older than the scope.
        fixed (nint* newest = &s_scopeChunk)
        {
            nint* link = newest;
            while (*link != 0)
            {
                var chunk = (HeapChunk*)*link;
                if (chunk->Sequence <= scope.Sequence)
                {
                    link = (nint*)&chunk->Previous;
                    continue;
                }
                *link = (nint)chunk->Previous;
                Clear(chunk, (nuint)(chunk + 1));
                s_statistics.FreePages += chunk->Pages(chunk);
                Free(chunk);
            }
        }
        if (scope.Chunk is not null)
            Clear(scope.Chunk, scope.Next);
    }

    private static void Clear(HeapChunk* chunk, nuint from)
    {
        nuint used = chunk->Next < chunk->End ? chunk->Next : chunk->End;
        if (from < used)
            SpanHelpers.ClearWithoutReferences(ref *(byte*)from, used - from);
        chunk->Next = from;
    }

    /// <summary>Makes cleared memory an object: the method table goes behind the header.</summary>
    internal static object Construct(byte* memory, MethodTable* type)
    {
        byte* start = memory + ObjectLayout.HeaderSize;
        *(MethodTable**)start = type;
        return Unsafe.AsObject(start);
    }

    internal static nuint AlignUp(nuint size) => (size + (ObjectLayout.Alignment - 1)) & ~(nuint)(ObjectLayout.Alignment - 1);

    private static byte* Allocate(nuint size, AllocationKind kind)
    {
        size = AlignUp(size);
        Count(size, kind);
        bool isPermanent = s_scopeDepth == 0 || s_permanentDepth != 0;
        var chunk = (HeapChunk*)(isPermanent ? s_permanentChunk : s_scopeChunk);
        if (chunk is not null && size <= LargeObject)
        {
            byte* memory = HeapChunk.TryTake(chunk, size);
            if (memory is not null)
                return memory;
        }
        return AllocateInNewChunk(ref isPermanent ? ref s_permanentChunk : ref s_scopeChunk, size);
    }

    private static void Count(nuint size, AllocationKind kind)
    {
        Interlocked.Increment(ref s_statistics.CallsByKind[(int)kind]);
        Interlocked.Add(ref s_statistics.BytesByKind[(int)kind], size);
    }

    private static byte* AllocateInNewChunk(ref nint newest, nuint size)
    {
        HeapChunk* chunk = NewChunk((nuint)sizeof(HeapChunk) + size);
        byte* memory = HeapChunk.TryTake(chunk, size);
        while (true)
        {
            nint old = newest;
            // A large object's chunk is full: it goes behind the current one when there is one.
            if (size > LargeObject && old != 0)
            {
                InsertBehind((HeapChunk*)old, chunk);
                return memory;
            }
            chunk->Previous = (HeapChunk*)old;
            if (Interlocked.CompareExchange(ref newest, (nint)chunk, old) == old)
                return memory;
        }
    }

    private static void InsertBehind(HeapChunk* current, HeapChunk* chunk)
    {
        ref nint link = ref *(nint*)&current->Previous;
        nint old;
        do
        {
            old = link;
            chunk->Previous = (HeapChunk*)old;
        }
        while (Interlocked.CompareExchange(ref link, (nint)chunk, old) != old);
    }

    private static HeapChunk* NewChunk(nuint size)
    {
        nuint pages = (size + PageSize - 1) / PageSize;
        if (pages < PagesPerChunk)
            pages = PagesPerChunk;
        HeapChunk* chunk = TakeFree(pages);
        if (chunk is null)
        {
            chunk = (HeapChunk*)KernelHooks.AllocatePages(pages);
            if (chunk is null)
                ThrowOutOfMemory();
            chunk->End = (nuint)chunk + pages * PageSize;
            s_statistics.Pages += pages;
        }
        chunk->Next = (nuint)(chunk + 1);
        chunk->Sequence = Interlocked.Increment(ref s_sequence);
        return chunk;
    }

    private static void Free(HeapChunk* chunk)
    {
        chunk->Previous = (HeapChunk*)s_freeChunks;
        s_freeChunks = (nint)chunk;
    }

    /// <summary>
    /// The smallest free chunk that is large enough: repeated work finds the same chunks again, and the heap stops growing.
    /// Takes the whole list meanwhile, so that nobody else sees it change.
    /// </summary>
    private static HeapChunk* TakeFree(nuint pages)
    {
        var list = (HeapChunk*)Interlocked.Exchange(ref s_freeChunks, 0);
        HeapChunk* best = null;
        while (list is not null)
        {
            HeapChunk* next = list->Previous;
            nuint size = list->Pages(list);
            HeapChunk* unwanted = list;
            if (size >= pages && (best is null || size < best->Pages(best)))
            {
                unwanted = best;
                best = list;
            }
            if (unwanted is not null)
                Free(unwanted);
            list = next;
        }
        if (best is not null)
            s_statistics.FreePages -= best->Pages(best);
        return best;
    }

    private static void ThrowOutOfMemory()
    {
        if (s_outOfMemory == 0)
            FatalHooks.FailFast("there is no memory for the managed heap");
        throw Unsafe.As<OutOfMemoryException>(Unsafe.AsObject((void*)s_outOfMemory));
    }
}
