using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System.Runtime;

/// <summary>The memory of <c>new</c>: pages from the kernel, handed out upwards and not collected.</summary>
/// <remarks>
/// Guarded by a spin lock of its own with nothing called inside but the kernel's page source. See Runtime/README.md
/// for what gives memory back.
/// </remarks>
public static unsafe partial class ManagedHeap
{
    /// <summary>Size of a page of the kernel's page source, in bytes.</summary>
    public const int PageSize = 4096;

    private const int PagesPerChunk = 16;

    private static byte* s_next;
    private static byte* s_end;

    internal static object NewObject(MethodTable* type, AllocationKind kind)
    {
        byte* memory = Allocate(type->BaseSize, kind);
        return Construct(memory, type);
    }

    internal static object NewArray(MethodTable* type, nint length, AllocationKind kind)
    {
        if ((nuint)length > (nuint)Array.MaxLength)
            ThrowHelper.Overflow();
        nuint size = type->BaseSize + (nuint)length * type->ComponentSize;
        byte* memory = Allocate(size, kind);
        object array = Construct(memory, type);
        Unsafe.As<RawArrayData>(array).Length = (uint)length;
        return array;
    }

    /// <summary>Makes cleared memory an object: the method table goes behind the header.</summary>
    private static object Construct(byte* memory, MethodTable* type)
    {
        byte* start = memory + ObjectLayout.HeaderSize;
        *(MethodTable**)start = type;
        return Unsafe.AsObject(start);
    }

    private static byte* Allocate(nuint size, AllocationKind kind)
    {
        size = (size + (ObjectLayout.Alignment - 1)) & ~(nuint)(ObjectLayout.Alignment - 1);
        if (size > (nuint)(s_end - s_next))
            Grow(size);
        byte* memory = s_next;
        s_next += size;
        return memory;
    }

    private static void Grow(nuint size)
    {
        nuint pages = (size + PageSize - 1) / PageSize;
        if (pages < PagesPerChunk)
            pages = PagesPerChunk;
        byte* start = (byte*)KernelHooks.AllocatePages(pages);
        if (start is null)
            throw new OutOfMemoryException();
        s_next = start;
        s_end = start + pages * PageSize;
    }
}
