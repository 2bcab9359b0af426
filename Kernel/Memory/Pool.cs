using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Boot;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>What all pools have in common: their name, their counters, poison mode.</summary>
internal abstract class Pool(string name)
{
    private static readonly List<Pool> s_all = [];

    /// <summary>Every pool, in the order of creation.</summary>
    public static IReadOnlyList<Pool> All => s_all;

    /// <summary>
    /// Whether objects are overwritten when they are returned and checked when they are taken again (<c>poison</c> on
    /// the command line). Set before the first pool is used, not changed afterwards.
    /// </summary>
    public static bool IsPoisoning { get; set; }

    /// <summary>What the pool is for.</summary>
    public string Name { get; } = name;

    /// <summary>Objects taken and not returned.</summary>
    public int ObjectsInUse { get; protected set; }

    /// <summary>Frames that the pool has.</summary>
    public int FrameCount { get; protected set; }

    /// <summary>Adds a pool to <see cref="All"/>; at start-up only.</summary>
    protected static void Register(Pool pool) => s_all.Add(pool);
}

/// <summary>
/// Objects of one class that come and go. They live in whole frames; a frame whose objects have all been returned
/// goes back to the frame allocator at once.
/// </summary>
/// <remarks>
/// <para>
/// A frame begins with a <see cref="FrameHeader"/>, then come slots of one object each. A free slot keeps the number
/// of the next free one in the word of the object header, in front of the method table, so that an object's fields
/// are not touched while it is free.
/// </para>
/// <para>Any thread or interrupt handler may call: the pool's lock turns interrupts off.</para>
/// </remarks>
/// <typeparam name="T">Its parameterless constructor runs at every <see cref="Take"/>, on cleared memory.</typeparam>
internal sealed unsafe class Pool<T> : Pool
    where T : class, new()
{
    private const uint FreeMark = 0xf4ee_0000;
    private const uint FreeMarkMask = 0xffff_0000;
    private const ushort NoSlot = 0xffff;

    private readonly int _slotSize;
    private readonly int _slotsPerFrame;
    private InterruptLock _lock;
    private FrameHeader* _withFreeSlots;

    /// <summary>A pool without any frame yet.</summary>
    /// <param name="name">Shown by the monitor's <c>mem</c>.</param>
    public Pool(string name)
        : base(name)
    {
        _slotSize = ManagedHeap.ObjectSize<T>();
        _slotsPerFrame = ((int)Page.Size - sizeof(FrameHeader)) / _slotSize;
        if (_slotsPerFrame == 0)
            Panic.Fail("a pool's object must fit into a frame");
        Register(this);
    }

    /// <summary>Takes an object, as new.</summary>
    /// <returns>The object, or null when memory has run out.</returns>
    public T? Take()
    {
        byte* slot;
        using (_lock.Enter())
        {
            if (_withFreeSlots == null && !Grow())
                return null;
            slot = TakeSlot(_withFreeSlots);
            ObjectsInUse++;
        }
        if (IsPoisoning)
            Poison.Check(slot + sizeof(ulong), _slotSize - sizeof(ulong));
        new Span<byte>(slot, _slotSize).Clear();
        return ManagedHeap.ConstructIn<T>(slot);
    }

    /// <summary>Gives an object back. Nothing may refer to it any more.</summary>
    /// <remarks>Panics when it is free already or never came from a pool.</remarks>
    public void Return(T item)
    {
        byte* slot = ManagedHeap.StorageOf(item);
        var frame = (FrameHeader*)((nuint)slot & ~(nuint)Page.OffsetMask);
        using InterruptLock.Scope _ = _lock.Enter();
        uint* link = (uint*)slot;
        if ((*link & FreeMarkMask) == FreeMark)
            Panic.Fail("a pool object was returned twice");
        if (IsPoisoning)
            Poison.Fill(slot + sizeof(ulong), _slotSize - sizeof(ulong));
        *link = FreeMark | frame->FirstFree;
        frame->FirstFree = (ushort)((slot - (byte*)(frame + 1)) / _slotSize);
        ObjectsInUse--;
        if (frame->FreeCount++ == 0)
            Link(frame);
        if (frame->FreeCount == _slotsPerFrame)
            Shrink(frame);
    }

    private byte* SlotAt(FrameHeader* frame, int slot) => (byte*)(frame + 1) + slot * _slotSize;

    private byte* TakeSlot(FrameHeader* frame)
    {
        byte* slot = SlotAt(frame, frame->FirstFree);
        frame->FirstFree = (ushort)*(uint*)slot;
        if (--frame->FreeCount == 0)
            Unlink(frame);
        return slot;
    }

    private bool Grow()
    {
        if (PhysicalMemory.AllocateZeroed(FrameOwner.Pool) is not { } number)
            return false;
        var frame = (FrameHeader*)DirectMap.Pointer(number.Address);
        for (int slot = _slotsPerFrame - 1; slot >= 0; slot--)
        {
            *(uint*)SlotAt(frame, slot) = FreeMark | (slot == _slotsPerFrame - 1 ? NoSlot : (uint)(slot + 1));
            if (IsPoisoning)
                Poison.Fill(SlotAt(frame, slot) + sizeof(ulong), _slotSize - sizeof(ulong));
        }
        frame->FirstFree = 0;
        frame->FreeCount = (ushort)_slotsPerFrame;
        FrameCount++;
        Link(frame);
        return true;
    }

    private void Shrink(FrameHeader* frame)
    {
        Unlink(frame);
        FrameCount--;
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

        /// <summary>Head of the frame's list of free slots.</summary>
        public ushort FirstFree;

        /// <summary>Length of that list.</summary>
        public ushort FreeCount;
    }
}
