using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>Flags of mmap (mmap(2)).</summary>
[Flags]
internal enum MapFlags : ulong
{
    Shared = 0x01,
    Private = 0x02,
    SharedValidate = 0x03,
    TypeMask = 0x0f,
    Fixed = 0x10,
    Anonymous = 0x20,
    Below4GiB = 0x40,
    GrowsDown = 0x0100,
    DenyWrite = 0x0800,
    Executable = 0x1000,
    Locked = 0x2000,
    NoReserve = 0x4000,
    Populate = 0x8000,
    NonBlock = 0x1_0000,
    Stack = 0x2_0000,
    HugeTables = 0x4_0000,
    Sync = 0x8_0000,
    FixedNoReplace = 0x10_0000,
}

/// <summary>mmap, munmap, mprotect, brk and mremap. MemoryCalls.Advice.cs has advice, locks and queries.</summary>
internal static unsafe partial class MemoryCalls
{
    private const ulong ProtectionMask = 0x7;
    private const ulong ProtectGrowsDown = 0x0100_0000;
    private const ulong ProtectGrowsUp = 0x0200_0000;
    private const ulong End32Bit = 0x8000_0000;
    private const MapFlags KnownFlags = MapFlags.TypeMask | MapFlags.Fixed | MapFlags.Anonymous | MapFlags.Below4GiB | MapFlags.GrowsDown
        | MapFlags.DenyWrite | MapFlags.Executable | MapFlags.Locked | MapFlags.NoReserve | MapFlags.Populate | MapFlags.NonBlock
        | MapFlags.Stack | MapFlags.FixedNoReplace;

    private static ProcessMemory Memory => Thread.Current.Process.Memory!;

    private static AddressSpace Space => Thread.Current.Process.Memory!.Space;

    /// <summary>mmap(address, bytes, protection, flags, file, offset).</summary>
    public static SysResult Map(SystemCallFrame* frame)
    {
        ulong address = frame->Argument0, bytes = frame->Argument1, offset = frame->Argument5;
        var flags = (MapFlags)frame->Argument3;
        MapFlags type = flags & MapFlags.TypeMask;
        if (bytes == 0 || (offset & Page.OffsetMask) != 0 || type is not (MapFlags.Shared or MapFlags.Private or MapFlags.SharedValidate))
            return Errno.EINVAL;
        if (type == MapFlags.SharedValidate && ((flags & ~KnownFlags) != 0 || (flags & MapFlags.Anonymous) != 0))
            return (flags & MapFlags.Anonymous) != 0 ? Errno.EINVAL : Errno.EOPNOTSUPP;
        if ((flags & MapFlags.HugeTables) != 0)
            return (flags & MapFlags.Anonymous) != 0 ? Errno.ENOMEM : Errno.EINVAL;
        if (!TryPages(bytes, out ulong pages) || offset + bytes < offset)
            return bytes > ulong.MaxValue - Page.Size ? Errno.ENOMEM : offset + bytes < offset ? Errno.EOVERFLOW : Errno.ENOMEM;
        bool isFixed = (flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0;
        if (isFixed && ((address & Page.OffsetMask) != 0))
            return Errno.EINVAL;
        if (isFixed && address < VirtualMemory.UserRange.Start.Value)
            return Errno.EPERM;
        if (isFixed && !UserMemory.IsUser(address, pages << Page.Shift))
            return Errno.ENOMEM;

        var request = new MapRequest(pages, ToProtection(frame->Argument2))
        {
            Address = new VirtualAddress(address & ~Page.OffsetMask),
            Flags = ToAreaFlags(flags, type),
            Placement = (flags & MapFlags.FixedNoReplace) != 0 ? Placement.Fixed : (flags & MapFlags.Fixed) != 0 ? Placement.FixedReplace : Placement.Anywhere,
            Highest = new VirtualAddress((flags & MapFlags.Below4GiB) != 0 ? End32Bit : Memory.MapTop),
            Offset = offset >> Page.Shift,
        };
        // A hint above the zone is taken all the same, as long as the place is free.
        if (request.Placement == Placement.Anywhere && request.Address + (pages << Page.Shift) > request.Highest && (flags & MapFlags.Below4GiB) == 0
            && UserMemory.IsUser(request.Address.Value, pages << Page.Shift))
            request.Highest = new VirtualAddress(UserMemory.End);
        if (isFixed)
            request.Highest = default;
        return (flags & MapFlags.Anonymous) != 0 ? MapAnonymous(ref request, flags) : FileMapping.Map(ref request, flags, (int)frame->Argument4);
    }

    /// <summary>munmap(address, bytes).</summary>
    public static SysResult Unmap(SystemCallFrame* frame)
    {
        ulong address = frame->Argument0, bytes = frame->Argument1;
        if ((address & Page.OffsetMask) != 0 || !UserMemory.IsUser(address, bytes) || !TryPages(bytes, out ulong pages))
            return Errno.EINVAL;
        if (!TryClamp(address, pages, out PageRange range))
            return 0;
        return Space.Unmap(range).ToErrno();
    }

    /// <summary>mprotect(address, bytes, protection).</summary>
    public static SysResult Protect(SystemCallFrame* frame)
    {
        ulong address = frame->Argument0, bytes = frame->Argument1, wanted = frame->Argument2;
        if ((address & Page.OffsetMask) != 0 || (wanted & ~(ProtectionMask | ProtectGrowsDown | ProtectGrowsUp)) != 0)
            return Errno.EINVAL;
        if ((wanted & (ProtectGrowsDown | ProtectGrowsUp)) == (ProtectGrowsDown | ProtectGrowsUp))
            return Errno.EINVAL;
        if (bytes == 0)
            return 0;
        if (!TryPages(bytes, out ulong pages) || !UserMemory.IsUser(address, pages << Page.Shift)
            || !VirtualMemory.UserRange.Contains(new PageRange(new VirtualAddress(address), pages)))
            return Errno.ENOMEM;
        var range = new PageRange(new VirtualAddress(address), pages);
        if ((wanted & ProtectGrowsDown) != 0)
        {
            if (Space.Find(range.Start) is not { } area || (area.Flags & VAreaFlags.GrowsDown) == 0)
                return Errno.EINVAL;
            range = PageRange.Between(area.Start, range.End);
        }
        if ((wanted & ProtectGrowsUp) != 0)
            return Errno.EINVAL;
        Status status = Space.Protect(range, ToProtection(wanted));
        return status == Status.NotFound ? ProtectUpToHole(range, ToProtection(wanted)) : status.ToErrno();
    }

    /// <summary>brk(address): the break afterwards, moved or not.</summary>
    public static SysResult Break(SystemCallFrame* frame)
    {
        ProcessMemory memory = Memory;
        ulong wanted = frame->Argument0;
        memory.Lock.Lock();
        if (wanted >= memory.BreakStart && wanted < UserMemory.End)
            MoveBreak(memory, wanted);
        ulong result = memory.Break;
        memory.Lock.Unlock();
        return result;
    }

    /// <summary>mremap(old, oldBytes, newBytes, flags, new).</summary>
    public static SysResult Remap(SystemCallFrame* frame)
    {
        const ulong mayMove = 1, isFixed = 2, dontUnmap = 4;
        ulong address = frame->Argument0, oldBytes = frame->Argument1, newBytes = frame->Argument2;
        ulong flags = frame->Argument3, target = frame->Argument4;
        if ((address & Page.OffsetMask) != 0 || (flags & ~(mayMove | isFixed | dontUnmap)) != 0 || newBytes == 0
            || ((flags & isFixed) != 0 && (flags & mayMove) == 0)
            || ((flags & dontUnmap) != 0 && ((flags & mayMove) == 0 || oldBytes != newBytes)))
            return Errno.EINVAL;
        if ((flags & isFixed) != 0 && ((target & Page.OffsetMask) != 0 || !UserMemory.IsUser(target, newBytes)))
            return Errno.EINVAL;
        if (oldBytes > UserMemory.End)
            return Errno.EINVAL;
        if (!TryPages(newBytes, out ulong newPages))
            return Errno.ENOMEM;
        ulong oldPages = (oldBytes + Page.OffsetMask) >> Page.Shift;
        if (!UserMemory.IsUser(address, oldPages << Page.Shift))
            return Errno.EFAULT;
        if ((flags & isFixed) != 0 && address < target + (newPages << Page.Shift) && target < address + (oldPages << Page.Shift))
            return Errno.EINVAL;
        if (oldPages == 0 || (flags & dontUnmap) != 0)
            return RemapKeeping(address, oldPages, newPages, flags, target);
        if (Space.Find(new VirtualAddress(address)) is null)
            return Errno.EFAULT;
        VirtualAddress result = (flags & isFixed) != 0 ? new VirtualAddress(target) : default;
        var mode = (flags & isFixed) != 0 ? MoveMode.Fixed : (flags & mayMove) != 0 ? MoveMode.MayMove : MoveMode.InPlace;
        Status status = Space.Move(new PageRange(new VirtualAddress(address), oldPages), newPages, mode, ref result);
        return status == Status.Success ? result.Value : status == Status.BadAddress ? Errno.EFAULT : status.ToErrno();
    }

    internal static SysResult MapAnonymous(ref MapRequest request, MapFlags flags)
    {
        request.Offset = 0;
        if ((flags & MapFlags.TypeMask) != MapFlags.Private)
        {
            bool isTooMuch = (flags & MapFlags.NoReserve) == 0 && request.Pages > VirtualMemory.Manager.Frames.TotalFrames;
            if (isTooMuch || FileObject.Create(VirtualMemory.Manager) is not { } shared)
                return Errno.ENOMEM;
            if (shared.SetSize(request.Pages << Page.Shift) != Status.Success)
            {
                shared.Release();
                return Errno.ENOMEM;
            }
            request.Object = shared;
            SysResult mapped = MapPages(ref request, flags);
            shared.Release();
            return mapped;
        }
        return MapPages(ref request, flags);
    }

    /// <summary>The last step of every mmap.</summary>
    internal static SysResult MapPages(ref MapRequest request, MapFlags flags)
    {
        ProcessMemory memory = Memory;
        if (memory.LocksNewMappings)
            request.Flags |= VAreaFlags.Locked | (memory.LocksOnFault ? 0 : VAreaFlags.Prefetch);
        if ((request.Flags & VAreaFlags.Locked) != 0 && !MayLock(request.Pages))
            return Errno.EAGAIN;
        Status status = Space.Map(request, out VirtualAddress address);
        return status == Status.Success ? address.Value : status.ToErrno();
    }

    /// <summary>Linux changes what lies before a hole, and then says that there is one.</summary>
    private static Errno ProtectUpToHole(PageRange range, Protection protection)
    {
        VirtualAddress end = range.Start;
        while (end < range.End && Space.Find(end) is { } area)
            end = area.End;
        Status status = end > range.Start && end < range.End ? Space.Protect(PageRange.Between(range.Start, end), protection) : Status.Success;
        return status == Status.Success ? Errno.ENOMEM : status.ToErrno();
    }

    private static void MoveBreak(ProcessMemory memory, ulong wanted)
    {
        ulong oldEnd = (memory.Break + Page.OffsetMask) & ~Page.OffsetMask;
        ulong newEnd = (wanted + Page.OffsetMask) & ~Page.OffsetMask;
        Process process = Thread.Current.Process;
        ulong limit = process.Limits[(int)Resource.Data].Current;
        if (limit != ResourceLimit.Unlimited && wanted - memory.BreakStart + (memory.DataEnd - memory.DataStart) > limit)
            return;
        if (newEnd < oldEnd)
        {
            if (memory.Space.Unmap(PageRange.Between(new VirtualAddress(newEnd), new VirtualAddress(oldEnd))) != Status.Success)
                return;
        }
        else if (newEnd > oldEnd)
        {
            var request = new MapRequest((newEnd - oldEnd) >> Page.Shift, Protection.Read | Protection.Write | Protection.User)
            {
                Placement = Placement.Fixed,
                Address = new VirtualAddress(oldEnd),
            };
            if (MapPages(ref request, 0).IsError)
                return;
        }
        memory.Break = wanted;
    }

    private static VAreaFlags ToAreaFlags(MapFlags flags, MapFlags type)
    {
        VAreaFlags result = type == MapFlags.Private ? VAreaFlags.Private : VAreaFlags.None;
        if ((flags & MapFlags.GrowsDown) != 0)
            result |= VAreaFlags.GrowsDown;
        if ((flags & MapFlags.Locked) != 0)
            result |= VAreaFlags.Locked;
        if ((flags & MapFlags.NoReserve) != 0)
            result |= VAreaFlags.NoReserve;
        if ((flags & (MapFlags.Locked | MapFlags.Populate)) != 0 && (flags & MapFlags.NonBlock) == 0)
            result |= VAreaFlags.Prefetch;
        return result;
    }

    /// <summary>PROT_ bits as the memory manager has them; what can be written or executed can be read on x86-64.</summary>
    internal static Protection ToProtection(ulong bits)
    {
        const ulong read = 1, write = 2, execute = 4;
        Protection result = Protection.None;
        if ((bits & read) != 0)
            result |= Protection.Read;
        if ((bits & write) != 0)
            result |= Protection.Read | Protection.Write;
        if ((bits & execute) != 0)
            result |= Protection.Read | Protection.Execute;
        return result == Protection.None ? result : result | Protection.User;
    }

    /// <summary>Whole pages for a length in bytes; false for none or too many.</summary>
    private static bool TryPages(ulong bytes, out ulong pages)
    {
        pages = (bytes + Page.OffsetMask) >> Page.Shift;
        return bytes != 0 && bytes <= UserMemory.End;
    }

    /// <summary>The part of a range that can have mappings.</summary>
    private static bool TryClamp(ulong address, ulong pages, out PageRange range)
    {
        var start = new VirtualAddress(address);
        VirtualAddress end = start + (pages << Page.Shift);
        if (start < VirtualMemory.UserRange.Start)
            start = VirtualMemory.UserRange.Start;
        range = end > start ? PageRange.Between(start, end) : default;
        return end > start;
    }
}
