using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Makes the objects that hold static fields of reference types, one for each type that has such fields.</summary>
internal static unsafe class StaticStorage
{
    // Tags in the cell of a type's storage before it is allocated.
    private const nint Uninitialized = 1;
    private const nint HasContent = 2;
    private const nint TagMask = Uninitialized | HasContent;

    internal static void AllocateReferenceBases(byte* start, byte* end)
    {
        for (int* entry = (int*)start; entry < (int*)end; entry++)
        {
            int* cell = (int*)Follow(entry);
            nint content = (nint)Follow(cell);
            if ((content & Uninitialized) == 0)
                continue;
            MethodTable* type = (MethodTable*)(content & ~TagMask);
            object storage = ManagedHeap.NewObject(type, AllocationKind.Runtime);
            if ((content & HasContent) != 0)
                SpanHelpers.Memmove(ref storage.RawData, ref *(byte*)Follow(cell + 1), type->BaseSize - ObjectLayout.BaseSizeOverhead);
            *(void**)cell = *(void**)&storage;
        }
    }

    private static void* Follow(int* relative) => (byte*)relative + *relative;
}
