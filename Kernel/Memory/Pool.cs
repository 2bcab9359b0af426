using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>
/// Objects of one class that come and go. They live in whole frames; a frame whose objects have all been returned
/// goes back to the frame allocator at once.
/// </summary>
/// <remarks>
/// <para>
/// A frame begins with a <see cref="FrameHeader"/>, then come slots of one object each. A free slot keeps where the
/// next free one is in the word of the object header, in front of the method table, so that an object's fields are
/// not touched while it is free. Slots that were never taken are in no list: a new frame costs nothing for each slot.
/// </para>
/// <para>
/// Any thread or interrupt handler may call once the frame allocator has started: the pool's lock turns interrupts
/// off. Nothing under the lock throws, so it is given back by hand.
/// </para>
/// </remarks>
/// <typeparam name="T">Its parameterless constructor runs at every <see cref="Take"/>, on cleared memory.</typeparam>
internal sealed unsafe class Pool<T> : ObjectPool<T>
    where T : class, new()
{
    private const uint FreeMark = 0xf4ee_0000;
    private const uint FreeMarkMask = 0xffff_0000;

    /// <summary>In place of a slot, which never lies at a frame's beginning.</summary>
    private const int NoSlot = 0;

    private readonly ObjectMaker _maker = ObjectMaker.Of<T>();
    private readonly int _slotSize;
    private readonly int _slotsPerFrame;
    private InterruptLock _lock;
    private FrameHeader* _withFreeSlots;

    /// <summary>A pool without any frame yet.</summary>
    /// <param name="name">Shown by the monitor's <c>mem</c>.</param>
    public Pool(string name)
    {
        _slotSize = _maker.Size;
        _slotsPerFrame = ((int)Page.Size - sizeof(FrameHeader)) / _slotSize;
        if (_slotsPerFrame == 0)
            Panic.Fail("a pool's object must fit into a frame");
        Statistics = new PoolStatistics(name);
    }

    /// <summary>What the pool has.</summary>
    public PoolStatistics Statistics { get; }

    /// <inheritdoc/>
    public override T? Take()
    {
        InterruptLock.Scope scope = _lock.Enter();
        FrameHeader* frame = _withFreeSlots;
        if (frame == null)
        {
            frame = Grow();
            if (frame == null)
            {
                scope.Dispose();
                return null;
            }
        }
        byte* slot = (byte*)frame + frame->FirstFree;
        if (frame->FirstFree != NoSlot)
        {
            frame->FirstFree = *(ushort*)slot;
        }
        else
        {
            slot += frame->Untouched;
            frame->Untouched += _slotSize;
        }
        frame->FreeCount--;
        if (frame->FreeCount == 0)
            Unlink(frame);
        Statistics.ObjectsInUse++;
        scope.Dispose();
        if (Poison.IsOn)
            Poison.Check(slot + sizeof(ulong), _slotSize - sizeof(ulong));
        return Unsafe.As<T>(_maker.Construct(slot));
    }

    /// <inheritdoc/>
    /// <remarks>Panics when it is free already or never came from a pool.</remarks>
    public override void Return(T item)
    {
        byte* slot = ObjectMaker.StorageOf(item);
        InterruptLock.Scope scope = _lock.Enter();
        var frame = (FrameHeader*)((nuint)slot & ~(nuint)Page.OffsetMask);
        uint* link = (uint*)slot;
        if ((*link & FreeMarkMask) == FreeMark)
            Panic.Fail("a pool object was returned twice");
        if (Poison.IsOn)
            Poison.Fill(slot + sizeof(ulong), _slotSize - sizeof(ulong));
        *link = FreeMark | (uint)frame->FirstFree;
        frame->FirstFree = (int)((nuint)slot & (nuint)Page.OffsetMask);
        Statistics.ObjectsInUse--;
        frame->FreeCount++;
        if (frame->FreeCount == 1)
            Link(frame);
        if (frame->FreeCount == _slotsPerFrame)
            Shrink(frame);
        scope.Dispose();
    }

    /// <summary>A frame more, linked; null when memory has run out.</summary>
    private FrameHeader* Grow()
    {
        if (PhysicalMemory.Frames.Allocate(FrameOwner.Pool) is not { } number)
            return null;
        var frame = (FrameHeader*)DirectMap.Pointer(number.Address);
        if (Poison.IsOn)
            Poison.Fill((byte*)(frame + 1), _slotsPerFrame * _slotSize);
        frame->FirstFree = NoSlot;
        frame->FreeCount = _slotsPerFrame;
        frame->Untouched = sizeof(FrameHeader);
        Statistics.FrameCount++;
        Link(frame);
        return frame;
    }

    private void Shrink(FrameHeader* frame)
    {
        Unlink(frame);
        Statistics.FrameCount--;
        PhysicalMemory.Free(DirectMap.AddressOf(frame).Frame);
    }

    private void Link(FrameHeader* frame)
    {
        frame->Previous = null;
        frame->Next = _withFreeSlots;
        if (_withFreeSlots != null)
            _withFreeSlots->Previous = frame;
        _withFreeSlots = frame;
    }

    private void Unlink(FrameHeader* frame)
    {
        if (frame->Previous != null)
            frame->Previous->Next = frame->Next;
        else
            _withFreeSlots = frame->Next;
        if (frame->Next != null)
            frame->Next->Previous = frame->Previous;
    }

    /// <summary>At the start of each of the pool's frames; linked while the frame has free slots.</summary>
    private struct FrameHeader
    {
        public FrameHeader* Next;
        public FrameHeader* Previous;

        /// <summary>Head of the frame's list of free slots: bytes from the frame's beginning, or <see cref="NoSlot"/>.</summary>
        public int FirstFree;

        /// <summary>Length of that list, and the slots that were never taken.</summary>
        public int FreeCount;

        /// <summary>The first slot that was never taken: bytes from the frame's beginning.</summary>
        public int Untouched;
    }
}
