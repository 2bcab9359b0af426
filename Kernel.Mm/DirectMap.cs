namespace Kernel.Mm;

/// <summary>
/// Where all physical memory can be reached: physical address <c>p</c> lies at <c>Base + p</c>. In the kernel that
/// is the direct map in the higher half, in host tests an array that plays physical memory.
/// </summary>
/// <remarks>Written once at start-up, before any other processor or interrupt runs.</remarks>
public static unsafe class DirectMap
{
    /// <summary>Where physical address zero is, in bytes.</summary>
    public static nuint Base { get; private set; }

    /// <summary>Sets the base. Everything handed out before stays valid only if the old base keeps its mapping.</summary>
    public static void Initialize(nuint directMapBase) => Base = directMapBase;

    /// <summary>A pointer to physical memory; valid only for addresses that the memory map names.</summary>
    public static void* Pointer(PhysicalAddress address) => (void*)(Base + (nuint)address.Value);

    /// <summary>The physical address behind a pointer that <see cref="Pointer"/> gave.</summary>
    public static PhysicalAddress AddressOf(void* pointer) => new((ulong)((nuint)pointer - Base));
}
