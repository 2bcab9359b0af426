using System;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>A range of physical addresses: device registers, framebuffers. Its frames aren't counted and never freed.</summary>
public sealed class PhysicalRangeObject : CountedObject
{
    // No x86-64 processor has more (Intel SDM vol. 3, 4.1.4).
    private const int LargestAddressBits = 52;

    private MemoryManager _manager = null!;

    /// <summary>Where it begins.</summary>
    public PhysicalAddress Start { get; private set; }

    /// <summary>Length in pages; accesses behind it are bus errors.</summary>
    public ulong Pages { get; private set; }

    /// <inheritdoc/>
    public override MemoryObjectKind Kind => MemoryObjectKind.PhysicalRange;

    /// <summary>Makes an object.</summary>
    /// <param name="manager">Whose pool it comes from.</param>
    /// <param name="start">Page-aligned.</param>
    /// <param name="pages">At least one.</param>
    /// <param name="created">The object, if it succeeded. The caller has a reference: <see cref="CountedObject.Release"/>.</param>
    /// <returns><see cref="Status.InvalidArgument"/> if misaligned, empty or higher than any processor's addresses; <see cref="Status.OutOfMemory"/>.</returns>
    public static Status Create(MemoryManager manager, PhysicalAddress start, ulong pages, out PhysicalRangeObject? created)
    {
        created = null;
        const ulong MostPages = 1UL << (LargestAddressBits - Page.Shift);
        if (!start.IsPageAligned || pages == 0 || start.Frame.Value >= MostPages || pages > MostPages - start.Frame.Value)
            return Status.InvalidArgument;
        created = manager.Pools.PhysicalRanges.Take();
        if (created is null)
            return Status.OutOfMemory;
        created._manager = manager;
        created.Start = start;
        created.Pages = pages;
        created.InitializeReferences();
        return Status.Success;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => "physical"u8;

    /// <inheritdoc/>
    /// <returns><see cref="Status.InvalidArgument"/> for a private varea.</returns>
    public override Status OnOpen(VArea area) => !area.IsPrivate ? base.OnOpen(area) : Status.InvalidArgument;

    /// <inheritdoc/>
    /// <remarks>Maps all of the block that lies in the varea: a device's pages cost nothing.</remarks>
    public override PageAnswer OnPageFault(ref PageRequest request) =>
        request.Page >= Pages ? PageAnswer.BeyondEnd : request.Area.Space!.MapPhysicalBlock(request.Area, request.Address, this);

    /// <inheritdoc/>
    protected override void Destroy() => _manager.Pools.PhysicalRanges.Return(this);
}
