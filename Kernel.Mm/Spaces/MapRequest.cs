using System.Runtime.CompilerServices;
using Kernel.Mm.Objects;

namespace Kernel.Mm.Spaces;

/// <summary>How the address of a new mapping is chosen.</summary>
public enum Placement : byte
{
    /// <summary>At the hint if it is free, else as high as possible in the limits.</summary>
    Anywhere = 0,

    /// <summary>Exactly at the address; <see cref="Status.AlreadyExists"/> if something is there (MAP_FIXED_NOREPLACE).</summary>
    Fixed,

    /// <summary>Exactly at the address; what is there is unmapped (MAP_FIXED).</summary>
    FixedReplace,
}

/// <summary>What to map, and where. Everything that isn't set has a sensible default.</summary>
public ref struct MapRequest
{
    /// <summary>A request for pages of an object, shared unless <see cref="Flags"/> says private; anonymous memory if null.</summary>
    /// <param name="pages">How many; at most <see cref="VArea.MaximumPages"/>.</param>
    /// <param name="protection">Of all pages.</param>
    /// <param name="memoryObject">Null for private anonymous memory; <see cref="Flags"/> must then have <see cref="VAreaFlags.Private"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MapRequest(ulong pages, Protection protection, MemoryObject? memoryObject = null)
    {
        Pages = pages;
        Protection = protection;
        Object = memoryObject;
        Flags = memoryObject is null ? VAreaFlags.Private : VAreaFlags.None;
        Alignment = Page.Size;
        MaximumProtection = Protection.Read | Protection.Write | Protection.Execute | Protection.User;
    }

    /// <summary>Length in pages.</summary>
    public ulong Pages;

    /// <summary>What may be done.</summary>
    public Protection Protection;

    /// <summary>What is mapped; null for private anonymous memory.</summary>
    public MemoryObject? Object;

    /// <summary>What <see cref="AddressSpace.Protect"/> may allow later; everything unless set.</summary>
    public Protection MaximumProtection;

    /// <summary>First page of the object.</summary>
    public ulong Offset;

    /// <summary>Properties of the varea.</summary>
    public VAreaFlags Flags;

    /// <summary>How the address is chosen.</summary>
    public Placement Placement;

    /// <summary>The address, or the hint; zero is no hint.</summary>
    public VirtualAddress Address;

    /// <summary>Alignment of the address in bytes: a power of two, at least a page.</summary>
    public ulong Alignment;

    /// <summary>Pages that must stay free below and above, and belong to nobody.</summary>
    public ulong GuardPages;

    /// <summary>Lowest address allowed; zero for the space's own.</summary>
    public VirtualAddress Lowest;

    /// <summary>End of the addresses allowed; zero for the space's own.</summary>
    public VirtualAddress Highest;

    /// <summary>Whether it is for private anonymous memory, without any wish or limit.</summary>
    internal readonly bool IsPlain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Object is null && Storage is null && Flags == VAreaFlags.Private && Placement == Placement.Anywhere && Alignment == Page.Size
            && (Address.Value | Lowest.Value | Highest.Value | GuardPages | Offset) == 0;
    }

    /// <summary>Storage for the record, so that nothing is allocated; never joined with neighbours, never freed.</summary>
    public VArea? Storage;
}
