using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <content>madvise, msync, mincore, mlock and its like, and the memory of other processes.</content>
internal static unsafe partial class MemoryCalls
{
    private const int CopyChunk = 512;
    private const int MaximumVectors = 1024;

    /// <summary>Advice numbers of madvise(2).</summary>
    private enum AdviceNumber : uint
    {
        Normal = 0,
        Random = 1,
        Sequential = 2,
        WillNeed = 3,
        DontNeed = 4,
        Free = 8,
        Remove = 9,
        DontFork = 10,
        DoFork = 11,
        Mergeable = 12,
        Unmergeable = 13,
        HugePage = 14,
        NoHugePage = 15,
        DontDump = 16,
        DoDump = 17,
        WipeOnFork = 18,
        KeepOnFork = 19,
        Cold = 20,
        PageOut = 21,
        PopulateRead = 22,
        PopulateWrite = 23,
    }

    /// <summary>madvise(address, bytes, advice).</summary>
    public static SysResult Advise(SystemCallFrame* frame)
    {
        ulong address = frame->Argument0, bytes = frame->Argument1;
        var advice = (AdviceNumber)frame->Argument2;
        if (!IsKnown(advice) || (address & Page.OffsetMask) != 0 || bytes > ulong.MaxValue - Page.OffsetMask)
            return Errno.EINVAL;
        ulong pages = (bytes + Page.OffsetMask) >> Page.Shift;
        if (address + (pages << Page.Shift) < address)
            return Errno.EINVAL;
        if (pages == 0)
            return 0;
        if (!UserMemory.IsUser(address, pages << Page.Shift))
            return Errno.ENOMEM;
        var range = new PageRange(new VirtualAddress(address), pages);
        if (advice is AdviceNumber.PopulateRead or AdviceNumber.PopulateWrite)
            return Populate(range, advice == AdviceNumber.PopulateWrite);
        return AdviseMapped(range, advice);
    }

    /// <summary>msync(address, bytes, flags): files are in memory, so that there is nothing to write; the range is checked.</summary>
    public static SysResult Synchronize(SystemCallFrame* frame)
    {
        const ulong asynchronous = 1, invalidate = 2, synchronous = 4;
        ulong address = frame->Argument0, flags = frame->Argument2;
        if ((address & Page.OffsetMask) != 0 || (flags & ~(asynchronous | invalidate | synchronous)) != 0
            || (flags & (asynchronous | synchronous)) == (asynchronous | synchronous))
            return Errno.EINVAL;
        ulong pages = (frame->Argument1 + Page.OffsetMask) >> Page.Shift;
        if (pages == 0)
            return frame->Argument1 == 0 ? 0 : Errno.ENOMEM;
        if (!UserMemory.IsUser(address, pages << Page.Shift))
            return Errno.ENOMEM;
        var range = new PageRange(new VirtualAddress(address), pages);
        bool isWhole = IsMapped(range, out VAreaFlags flagsOfAny);
        if ((flagsOfAny & VAreaFlags.Locked) != 0 && (flags & invalidate) != 0)
            return Errno.EBUSY;
        return isWhole ? 0 : Errno.ENOMEM;
    }

    /// <summary>mincore(address, bytes, vector): bit 0 of a byte for each page says whether it is in memory.</summary>
    public static SysResult Residency(SystemCallFrame* frame)
    {
        ulong address = frame->Argument0, to = frame->Argument2;
        if ((address & Page.OffsetMask) != 0)
            return Errno.EINVAL;
        ulong pages = (frame->Argument1 + Page.OffsetMask) >> Page.Shift;
        if (!UserMemory.IsUser(address, frame->Argument1))
            return Errno.ENOMEM;
        if (!UserMemory.IsUser(to, pages))
            return Errno.EFAULT;
        Span<byte> bytes = stackalloc byte[CopyChunk];
        for (ulong done = 0; done < pages; done += CopyChunk)
        {
            int count = (int)Math.Min(CopyChunk, pages - done);
            var range = new PageRange(new VirtualAddress(address + (done << Page.Shift)), (ulong)count);
            if (!VirtualMemory.UserRange.Contains(range) || Space.GetResidency(range, bytes) != Status.Success)
                return Errno.ENOMEM;
            if (!UserMemory.CopyOut(to + done, bytes[..count]))
                return Errno.EFAULT;
        }
        return 0;
    }

    /// <summary>mlock(address, bytes).</summary>
    public static SysResult Lock(SystemCallFrame* frame) => SetLocked(frame->Argument0, frame->Argument1, true, false);

    /// <summary>mlock2(address, bytes, flags).</summary>
    public static SysResult LockWithFlags(SystemCallFrame* frame)
    {
        const ulong onFault = 1;
        return (frame->Argument2 & ~onFault) != 0 ? Errno.EINVAL
            : SetLocked(frame->Argument0, frame->Argument1, true, (frame->Argument2 & onFault) != 0);
    }

    /// <summary>munlock(address, bytes).</summary>
    public static SysResult Unlock(SystemCallFrame* frame) => SetLocked(frame->Argument0, frame->Argument1, false, false);

    /// <summary>mlockall(flags).</summary>
    public static SysResult LockAll(SystemCallFrame* frame)
    {
        const ulong current = 1, future = 2, onFault = 4;
        ulong flags = frame->Argument0;
        if (flags == 0 || (flags & ~(current | future | onFault)) != 0 || flags == onFault)
            return Errno.EINVAL;
        ProcessMemory memory = Memory;
        Process process = Thread.Current.Process;
        if (!process.User.IsPrivileged && process.Limits[(int)Resource.LockedMemory].Current == 0)
            return Errno.EPERM;
        if ((flags & current) != 0 && !process.User.IsPrivileged
            && memory.Space.MappedPages << Page.Shift > process.Limits[(int)Resource.LockedMemory].Current)
            return Errno.ENOMEM;
        memory.LocksNewMappings = (flags & future) != 0;
        memory.LocksOnFault = (flags & onFault) != 0;
        if ((flags & current) != 0)
            SetAllLocked(memory.Space, true, (flags & onFault) == 0);
        return 0;
    }

    /// <summary>munlockall().</summary>
    public static SysResult UnlockAll(SystemCallFrame* frame)
    {
        Memory.LocksNewMappings = false;
        Memory.LocksOnFault = false;
        SetAllLocked(Space, false, false);
        return 0;
    }

    /// <summary>process_vm_readv(process, local, localCount, remote, remoteCount, flags).</summary>
    public static SysResult ReadProcess(SystemCallFrame* frame) => CopyProcess(frame, false);

    /// <summary>process_vm_writev: as <see cref="ReadProcess"/>, the other way.</summary>
    public static SysResult WriteProcess(SystemCallFrame* frame) => CopyProcess(frame, true);

    /// <summary>Whether so many pages more may be locked.</summary>
    internal static bool MayLock(ulong pages)
    {
        Process process = Thread.Current.Process;
        ulong limit = process.Limits[(int)Resource.LockedMemory].Current;
        return process.User.IsPrivileged || limit == ResourceLimit.Unlimited || process.Space!.LockedPages + pages <= limit >> Page.Shift;
    }

    private static bool IsKnown(AdviceNumber advice) =>
        advice <= AdviceNumber.DontNeed || advice is >= AdviceNumber.Free and <= AdviceNumber.PopulateWrite;

    private static SysResult Populate(PageRange range, bool isForWrite)
    {
        for (VirtualAddress at = range.Start; at < range.End; at += Page.Size)
        {
            FaultResult result = Space.Fault(at, FaultAccess.User | (isForWrite ? FaultAccess.Write : FaultAccess.Read));
            switch (result)
            {
                case FaultResult.NotMapped:
                    return Errno.ENOMEM;
                case FaultResult.NotAllowed:
                    return Errno.EINVAL;
                case FaultResult.OutOfMemory:
                    return Errno.ENOMEM;
                case FaultResult.BusError:
                    return Errno.EFAULT;
            }
            Scheduler.YieldIfNeeded();
        }
        return 0;
    }

    /// <summary>Advises each mapped part of a range; holes are skipped and reported at the end.</summary>
    private static SysResult AdviseMapped(PageRange range, AdviceNumber advice)
    {
        bool hasHole = false;
        VirtualAddress at = range.Start;
        while (at < range.End)
        {
            if (Space.FindAtOrAfter(at) is not { } area || area.Start >= range.End)
            {
                hasHole = true;
                break;
            }
            hasHole |= area.Start > at;
            VirtualAddress start = area.Start > at ? area.Start : at;
            VirtualAddress end = area.End < range.End ? area.End : range.End;
            Errno error = AdvisePart(area, PageRange.Between(start, end), advice);
            if (error != Errno.None)
                return error;
            at = end;
        }
        return hasHole ? Errno.ENOMEM : 0;
    }

    private static Errno AdvisePart(VArea area, PageRange part, AdviceNumber number)
    {
        Advice advice;
        switch (number)
        {
            case AdviceNumber.Remove:
                return Space.RemoveContent(part).ToErrno();
            case AdviceNumber.DontNeed when (area.Flags & VAreaFlags.Locked) != 0:
                return Errno.EINVAL;
            case AdviceNumber.Free when !area.IsAnonymous:
                return Errno.EINVAL;
            case AdviceNumber.WipeOnFork when !area.IsAnonymous:
                return Errno.EINVAL;
            case AdviceNumber.Cold or AdviceNumber.PageOut:
                return (area.Flags & VAreaFlags.Locked) != 0 ? Errno.EINVAL : Errno.None;
            case AdviceNumber.Mergeable or AdviceNumber.Unmergeable:
                return Errno.EINVAL;
            case AdviceNumber.DontDump or AdviceNumber.DoDump:
                return Errno.None;
            default:
                advice = number switch
                {
                    AdviceNumber.Random => Advice.Random,
                    AdviceNumber.Sequential => Advice.Sequential,
                    AdviceNumber.WillNeed => Advice.WillNeed,
                    AdviceNumber.DontNeed => Advice.DontNeed,
                    AdviceNumber.Free => Advice.Free,
                    AdviceNumber.DontFork => Advice.DontFork,
                    AdviceNumber.DoFork => Advice.DoFork,
                    AdviceNumber.HugePage => Advice.HugePages,
                    AdviceNumber.NoHugePage => Advice.NoHugePages,
                    AdviceNumber.WipeOnFork => Advice.WipeOnFork,
                    AdviceNumber.KeepOnFork => Advice.KeepOnFork,
                    _ => Advice.Normal,
                };
                break;
        }
        // Nothing is read ahead for anonymous memory: it would only take frames.
        if (advice == Advice.WillNeed)
            return Errno.None;
        return Space.Advise(part, advice).ToErrno();
    }

    private static SysResult SetLocked(ulong address, ulong bytes, bool isLocked, bool onFault)
    {
        ulong start = address & ~Page.OffsetMask;
        ulong length = bytes + (address - start);
        ulong pages = (length + Page.OffsetMask) >> Page.Shift;
        if (length < bytes || start + (pages << Page.Shift) < start)
            return Errno.EINVAL;
        if (pages == 0)
            return 0;
        if (!UserMemory.IsUser(start, pages << Page.Shift))
            return Errno.ENOMEM;
        if (isLocked && !Thread.Current.Process.User.IsPrivileged && Thread.Current.Process.Limits[(int)Resource.LockedMemory].Current == 0)
            return Errno.EPERM;
        var range = new PageRange(new VirtualAddress(start), pages);
        if (isLocked && !MayLock(pages) && !MayLock(pages - CountLocked(range)))
            return Errno.ENOMEM;
        if (!VirtualMemory.UserRange.Contains(range) || !IsMapped(range, out VAreaFlags _))
            return Errno.ENOMEM;
        Status status = isLocked && onFault ? Space.SetLockedOnFault(range) : Space.SetLocked(range, isLocked);
        return status is Status.BeyondEnd ? Errno.EAGAIN : status.ToErrno();
    }

    /// <summary>How many pages of a range are locked already.</summary>
    private static ulong CountLocked(PageRange range)
    {
        ulong count = 0;
        AddressSpace space = Space;
        for (VirtualAddress at = range.Start; at < range.End && space.FindAtOrAfter(at) is { } area && area.Start < range.End; at = area.End)
        {
            VirtualAddress start = area.Start > at ? area.Start : at;
            if ((area.Flags & VAreaFlags.Locked) != 0)
                count += PageRange.Between(start, area.End < range.End ? area.End : range.End).Pages;
        }
        return count;
    }

    private static void SetAllLocked(AddressSpace space, bool isLocked, bool isPopulated)
    {
        VirtualAddress at = space.Range.Start;
        while (space.FindAtOrAfter(at) is { } area)
        {
            at = area.End;
            if (isLocked && !isPopulated)
                space.SetLockedOnFault(area.Range);
            else
                space.SetLocked(area.Range, isLocked);
        }
    }

    private static bool IsMapped(PageRange range, out VAreaFlags flagsOfAny)
    {
        flagsOfAny = VAreaFlags.None;
        AddressSpace space = Space;
        VirtualAddress at = range.Start;
        while (at < range.End && space.FindAtOrAfter(at) is { } area && area.Start <= at)
        {
            flagsOfAny |= area.Flags;
            at = area.End;
        }
        return at >= range.End;
    }

    private static SysResult RemapKeeping(ulong address, ulong oldPages, ulong newPages, ulong flags, ulong target)
    {
        const ulong isFixed = 2;
        AddressSpace space = Space;
        if (space.Find(new VirtualAddress(address)) is not { } area)
            return Errno.EFAULT;
        if (oldPages == 0)
        {
            // An old length of zero: the same shared pages once more.
            if (area.IsPrivate)
                return Errno.EINVAL;
            var request = new MapRequest(newPages, area.Protection, area.Object)
            {
                Offset = area.PageAt(new VirtualAddress(address)),
                Address = new VirtualAddress((flags & isFixed) != 0 ? target : 0),
                Placement = (flags & isFixed) != 0 ? Placement.FixedReplace : Placement.Anywhere,
                Highest = new VirtualAddress((flags & isFixed) != 0 ? 0 : Memory.MapTop),
            };
            return MapPages(ref request, 0);
        }
        return MoveAndKeep(area, new PageRange(new VirtualAddress(address), oldPages), (flags & isFixed) != 0, target);
    }

    /// <summary>MREMAP_DONTUNMAP: the pages move, the mapping stays, empty.</summary>
    private static SysResult MoveAndKeep(VArea area, PageRange range, bool isFixed, ulong target)
    {
        if (!area.IsAnonymous || !area.Range.Contains(range))
            return Errno.EINVAL;
        AddressSpace space = Space;
        Protection protection = area.Protection;
        VAreaFlags areaFlags = area.Flags & ~VAreaFlags.CallerProvided;
        var result = new VirtualAddress(target);
        if (!isFixed)
        {
            // The move replaces what holds the place.
            var holder = new MapRequest(range.Pages, Protection.None) { Highest = new VirtualAddress(Memory.MapTop) };
            Status held = space.Map(holder, out result);
            if (held != Status.Success)
                return held.ToErrno();
        }
        VirtualAddress moved = result;
        Status status = space.Move(range, range.Pages, MoveMode.Fixed, ref moved);
        if (status != Status.Success)
        {
            if (!isFixed)
                space.Unmap(new PageRange(result, range.Pages));
            return status.ToErrno();
        }
        var kept = new MapRequest(range.Pages, protection) { Placement = Placement.Fixed, Address = range.Start, Flags = areaFlags };
        status = space.Map(kept, out VirtualAddress _);
        if (status == Status.Success)
            return moved.Value;
        VirtualAddress back = range.Start;
        space.Move(new PageRange(moved, range.Pages), range.Pages, MoveMode.Fixed, ref back);
        return status.ToErrno();
    }

    private static SysResult CopyProcess(SystemCallFrame* frame, bool isWrite)
    {
        ulong localCount = frame->Argument2, remoteCount = frame->Argument4;
        if (frame->Argument5 != 0 || localCount > MaximumVectors || remoteCount > MaximumVectors)
            return Errno.EINVAL;
        Process? target = ProcessTree.Find((int)frame->Argument0);
        if (target?.Memory is not { } memory)
            return Errno.ESRCH;
        if (!Thread.Current.Process.MayAccess(target))
            return Errno.EPERM;
        var local = new VectorCursor(frame->Argument1, localCount);
        var remote = new VectorCursor(frame->Argument3, remoteCount);
        long done = 0;
        byte* buffer = stackalloc byte[CopyChunk];
        memory.AddReference();
        Errno error = Errno.None;
        while (error == Errno.None && local.TryAdvance(ref error) && remote.TryAdvance(ref error))
        {
            // Not across a page's end: what lies before a hole is copied.
            ulong count = Math.Min(Math.Min(CopyChunk, Page.Size - (remote.Address & Page.OffsetMask)), Math.Min(local.Left, remote.Left));
            error = CopyPiece(memory.Space, local.Address, remote.Address, buffer, (int)count, isWrite);
            if (error != Errno.None)
                break;
            local.Take(count);
            remote.Take(count);
            done += (long)count;
        }
        memory.Release();
        return done == 0 && error != Errno.None ? error : done;
    }

    private static Errno CopyPiece(AddressSpace remote, ulong localAddress, ulong remoteAddress, byte* buffer, int count, bool isWrite)
    {
        if (!UserMemory.IsUser(remoteAddress, (ulong)count))
            return Errno.EFAULT;
        var bytes = new Span<byte>(buffer, count);
        if (isWrite)
            return UserMemory.CopyIn(bytes, localAddress) && remote.Write(new VirtualAddress(remoteAddress), bytes) == Status.Success ? Errno.None : Errno.EFAULT;
        return remote.Read(new VirtualAddress(remoteAddress), bytes) == Status.Success && UserMemory.CopyOut(localAddress, bytes) ? Errno.None : Errno.EFAULT;
    }

    /// <summary>Goes through an array of struct iovec.</summary>
    private struct VectorCursor(ulong vectors, ulong count)
    {
        private ulong _next = vectors;
        private ulong _count = count;

        public ulong Address { get; private set; }

        public ulong Left { get; private set; }

        /// <summary>Makes sure that something is left; false at the end.</summary>
        public bool TryAdvance(ref Errno error)
        {
            while (Left == 0)
            {
                if (_count == 0)
                    return false;
                if (!UserMemory.Read(_next, out Vector vector))
                {
                    error = Errno.EFAULT;
                    return false;
                }
                (Address, Left) = (vector.Start, vector.Length);
                _next += (ulong)sizeof(Vector);
                _count--;
            }
            return true;
        }

        public void Take(ulong bytes)
        {
            Address += bytes;
            Left -= bytes;
        }

        [StructLayout(LayoutKind.Sequential)]
        private struct Vector
        {
            public readonly ulong Start, Length;
        }
    }
}
