using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Device memory.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Maps a range of physical addresses, shared and without counting its frames.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="policy">How the processor may cache it.</param>
    /// <param name="request">Length, protection and place; its object and flags are set here.</param>
    /// <param name="address">Where it is now.</param>
    /// <returns>As <see cref="Map"/> and <see cref="PhysicalRangeObject.Create"/>.</returns>
    public Status MapPhysical(PhysicalAddress start, CachePolicy policy, MapRequest request, out VirtualAddress address)
    {
        address = default;
        Status status = PhysicalRangeObject.Create(_manager, start, request.Pages, out PhysicalRangeObject? range);
        if (status != Status.Success)
            return status;
        request.Object = range;
        request.Offset = 0;
        request.Flags = (request.Flags & ~(VAreaFlags.Private | PolicyFlags)) | FlagsOf(policy);
        // The same offset in a block as in memory lets 2 MiB and 1 GiB pages be used.
        if (request.Placement == Placement.Anywhere && request.Pages >= LargePage.Frames && (start.Value & (Page.LargeSize - 1)) == 0)
        {
            bool isHuge = Hardware.Current.HasHugePages && request.Pages >= HugeFrames && (start.Value & (Page.HugeSize - 1)) == 0;
            request.Alignment = ulong.Max(request.Alignment, isHuge ? Page.HugeSize : Page.LargeSize);
        }
        status = Map(request, out address);
        range!.Release();
        return status;
    }

    /// <summary>Maps device registers for the kernel: uncached or as asked, with an unmapped page before and behind.</summary>
    /// <param name="start">Any address.</param>
    /// <param name="bytes">How many are needed.</param>
    /// <param name="policy">How the processor may cache it.</param>
    /// <param name="address">Where <paramref name="start"/> is now.</param>
    /// <returns>As <see cref="MapPhysical"/>; <see cref="Status.InvalidArgument"/> for no bytes, or more than there are addresses.</returns>
    public Status MapDevice(PhysicalAddress start, ulong bytes, CachePolicy policy, out VirtualAddress address)
    {
        address = default;
        if (bytes == 0 || bytes > _range.Bytes)
            return Status.InvalidArgument;
        PhysicalAddress first = start.AlignDown(Page.Size);
        var request = new MapRequest(Page.CountFor(bytes + start.PageOffset), Protection.Read | Protection.Write) { GuardPages = 1 };
        Status status = MapPhysical(first, policy, request, out address);
        if (status == Status.Success)
            address += start.PageOffset;
        return status;
    }

    /// <summary>Maps what lies in a varea of the block around an address: a 2 MiB page if it fits.</summary>
    internal PageAnswer MapPhysicalBlock(VArea area, VirtualAddress address, PhysicalRangeObject device)
    {
        PageTableEntry* block = _table.FindBlock(address);
        BlockPart part = PartOf(address, area.Range);
        LeafTable leaf = _table.LeafOf(Read(block));
        leaf.Lock();
        if (Read(block).Target.Frame != leaf.Frame)
        {
            leaf.Unlock();
            return PageAnswer.Retry;
        }
        if (leaf.Users > 1)
        {
            leaf.Unlock();
            return PageAnswer.Retry;
        }
        PageFlags flags = FlagsFor(area) | PageFlags.Uncounted | (area.IsWritable ? PageFlags.Writable | PageFlags.Dirty : PageFlags.None);
        int mapped = 0;
        for (int index = part.First; index < part.End; index++)
        {
            ulong page = area.PageAt(part.AddressOf(index));
            if (!leaf.Entries[index].IsEmpty || page >= device.Pages)
                continue;
            Write(leaf.Entries + index, new PageTableEntry(device.Start + (page << Page.Shift), flags));
            mapped++;
        }
        leaf.CountEntries(mapped);
        leaf.Unlock();
        Interlocked.Add(ref _residentPages, mapped);
        return PageAnswer.Mapped;
    }

    /// <summary>Maps a 2 MiB page of a device where a block is empty, if it fits.</summary>
    private bool TryMapLargeDevice(VArea area, VirtualAddress address, PageTableEntry* block, PhysicalRangeObject device)
    {
        if (!Covers(area, address))
            return false;
        ulong page = area.PageAt(address.AlignDown(Page.LargeSize));
        PhysicalAddress start = device.Start + (page << Page.Shift);
        if ((start.Value & (Page.LargeSize - 1)) != 0 || page + LargePage.Frames > device.Pages)
            return false;
        if (Interlocked.CompareExchange(ref *(ulong*)block, LargeDeviceEntry(area, start).Bits, 0) == 0)
        {
            _table.CountInTable(block, 1);
            Interlocked.Add(ref _residentPages, (long)LargePage.Frames);
        }
        return true;
    }

    /// <summary>An entry of any level for a large page of a device that allows what its varea does.</summary>
    private PageTableEntry LargeDeviceEntry(VArea area, PhysicalAddress start) =>
        new(start, FlagsFor(area) | PageFlags.Uncounted | PageFlags.Large
            | (area.IsWritable ? PageFlags.Writable | PageFlags.Dirty : PageFlags.None));

    private static VAreaFlags FlagsOf(CachePolicy policy) => policy switch
    {
        CachePolicy.WriteCombining => VAreaFlags.WriteCombining,
        CachePolicy.Uncached => VAreaFlags.Uncached,
        _ => VAreaFlags.None,
    };
}
