using System;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Stress;

/// <summary>
/// Four processors that fault, write, unmap, protect, advise, move, pin, fork and exit in the same few spaces at once.
/// </summary>
[Collection(nameof(SimulatedMemory))]
public sealed class Threads
{
    private const int Slots = 4;
    private const int Rounds = 60;
    private const int OperationsOfRound = 300;

    // What is left for each round.
    private const int FramesWhenShort = 100;
    private const ulong ScratchBlock = 32;

    // Far more faults in a row than forks by others can cause.
    private const int MostRepeats = 10_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly TestMachine _machine = new(8192);
    private readonly SharedSlot[] _slots = new SharedSlot[Slots];
    private readonly SharedAnonymousObject _shared;
    private readonly AddressSpace _frozen;
    private readonly FileObject _file;
    private readonly Lock _fileLock = new();
    private bool _isShort;
    private int _refusals;
    private MemoryHog? _hog;
    private Exception? _failure;

    public Threads()
    {
        _shared = SharedAnonymousObject.Create(_machine.Manager, SharedSlot.SharedPages)!;
        _file = FileObject.Create(_machine.Manager)!;
        _frozen = _machine.CreateSpace();
        _frozen.MapAt(SharedSlot.Guests.Start, SharedSlot.Guests.Pages);
        for (ulong page = 0; page < SharedSlot.Guests.Pages; page++)
            Assert.Equal(Status.Success, _frozen.Write(SharedSlot.Guests.PageAt(page), BitConverter.GetBytes(SharedSlot.WordFor(0, SharedSlot.CommonPage, 0))));
        Assert.Equal(Status.Success, _frozen.Freeze());
        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new SharedSlot();
            Assert.True(_slots[i].TryFill(_machine, _shared, _frozen, _file));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Four_processors_in_the_same_spaces_keep_everything_right(int seed)
    {
        RunAll(seed);
        Close();
        _machine.Dispose();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Four_processors_keep_everything_right_when_memory_is_short(int seed)
    {
        _isShort = true;
        TakeMemory();
        RunAll(seed);
        Assert.InRange(_refusals, 1, int.MaxValue);
        _hog!.Dispose();
        Close();
        _machine.Dispose();
    }

    private void RunAll(int seed)
    {
        using var barrier = new Barrier(SharedSlot.Threads, _ => Check());
        var threads = new Thread[SharedSlot.Threads];
        for (int i = 0; i < threads.Length; i++)
        {
            int index = i;
            threads[i] = new Thread(() => Run(index, seed, barrier)) { IsBackground = true };
            threads[i].Start();
        }
        DateTime deadline = DateTime.UtcNow + s_patience;
        foreach (Thread thread in threads)
        {
            TimeSpan left = deadline - DateTime.UtcNow;
            // The machine stays: the threads go on using it.
            Assert.True(thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero), $"No end; first failure: {_failure}");
        }
        Assert.True(_failure is null, _failure?.ToString());
    }

    private void Run(int thread, int seed, Barrier barrier)
    {
        try
        {
            TestHardware.RunAs(thread);
            var worker = new Worker(this, thread, new Random(seed * 1000 + thread));
            for (int round = 0; round < Rounds && _failure is null; round++)
            {
                for (int i = 0; i < OperationsOfRound && _failure is null; i++)
                    worker.Step();
                worker.EndRound();
                barrier.SignalAndWait();
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
        }
        finally
        {
            barrier.RemoveParticipant();
        }
    }

    /// <summary>While all threads wait.</summary>
    private void Check()
    {
        if (_failure is not null)
            return;
        // Verify needs a run of frames.
        _hog?.Dispose();
        _machine.Verify();
        if (_isShort)
            TakeMemory();
        foreach (SharedSlot slot in _slots)
            slot.CheckContents();
        Assert.Equal(Slots + 1, _machine.Spaces.InUse);
    }

    private void TakeMemory() => _hog = new MemoryHog(_machine.Frames, AllocationPriority.Reserve, FramesWhenShort);

    /// <summary>Whether something succeeded; when memory is short it may also have run out of it.</summary>
    private bool IsDone(Status status)
    {
        if (status == Status.Success)
            return true;
        Assert.True(_isShort && status == Status.OutOfMemory, status.ToString());
        Interlocked.Increment(ref _refusals);
        return false;
    }

    private bool IsDone(FaultResult result)
    {
        if (result == FaultResult.Resolved)
            return true;
        Assert.True(_isShort && result == FaultResult.OutOfMemory, result.ToString());
        Interlocked.Increment(ref _refusals);
        return false;
    }

    private void Close()
    {
        foreach (SharedSlot slot in _slots)
            Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(slot.Space));
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(_frozen));
        _shared.Release();
        _file.Release();
        _machine.Verify();
        Assert.Equal((0ul, 0, 0), (_machine.Frames.UsedBy(FrameOwner.PageCache), _machine.Files.InUse, _machine.FileMappings.InUse));
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal((0, 0, 0, 0, 0), (_machine.Spaces.InUse, _machine.AreasInUse, _machine.PrivateObjects.InUse,
            _machine.Backups.InUse, _machine.SharedObjects.InUse));
    }

    /// <summary>What one thread does.</summary>
    private sealed class Worker(Threads test, int thread, Random random)
    {
        private readonly TestMachine _machine = test._machine;
        private uint _sequence;

        // A pinned page: its slot, and its frame as a device knows it.
        private SharedSlot? _pinnedIn;
        private AddressSpace? _pinnedSpace;
        private int _pinnedPage;
        private FrameNumber _pinnedFrame;

        /// <summary>One operation in one space.</summary>
        public void Step()
        {
            SharedSlot slot = test._slots[random.Next(Slots)];
            if (random.Next(100) < 2)
            {
                TryReplace(slot, null);
                return;
            }
            slot.Gate.EnterReadLock();
            try
            {
                Operate(slot);
            }
            finally
            {
                _machine.Unload(slot.Space);
                slot.Gate.ExitReadLock();
            }
        }

        /// <summary>Ends what spans several operations.</summary>
        public void EndRound() => Unpin();

        private void Operate(SharedSlot slot)
        {
            int group = OwnGroup();
            switch (random.Next(100))
            {
                case < 35:
                    WriteOwn(slot, group);
                    break;
                case < 50:
                    ReadOwn(slot, group);
                    break;
                case < 62:
                    UseCommon(slot);
                    break;
                case < 67:
                    UseShared(slot);
                    break;
                case < 72:
                    Change(slot, group, () => Drop(slot, group));
                    break;
                case < 78:
                    Change(slot, group, () => Protect(slot, group));
                    break;
                case < 81:
                    Change(slot, group, () => MapAgain(slot, group));
                    break;
                case < 84:
                    Change(slot, group, () => MoveAndBack(slot, group));
                    break;
                case < 86:
                    test.IsDone(slot.Space.SetLocked(SharedSlot.RangeOf(group), random.Next(2) == 0));
                    break;
                case < 87:
                    test.IsDone(slot.Space.Advise(SharedSlot.RangeOf(group), Advice.WillNeed));
                    break;
                case < 88:
                    slot.Space.JoinLargePages(SharedSlot.LargeBlock);
                    break;
                case < 89:
                    test.IsDone(slot.Space.Advise(SharedSlot.RangeOf(CommonGroup()), Advice.DontNeed));
                    break;
                case < 91:
                    UseGuest(slot);
                    break;
                case < 93:
                    Pin(slot, group);
                    break;
                case < 96:
                    UseFile(slot);
                    break;
                default:
                    TryReplace(test._slots[random.Next(Slots)], slot);
                    break;
            }
        }

        private int OwnGroup() => random.Next(SharedSlot.Groups / (SharedSlot.Threads + 1)) * (SharedSlot.Threads + 1) + thread;

        private int CommonGroup() => OwnGroup() - thread + SharedSlot.Threads;

        private TestProcessor Load(SharedSlot slot)
        {
            _machine.Load(slot.Space);
            return new TestProcessor(_machine.Hardware.Mmu, thread, slot.Space.Fault) { MostRepeats = MostRepeats };
        }

        private static VirtualAddress AddressOf(int page) =>
            SharedSlot.RangeOf(page / SharedSlot.PagesOfGroup).PageAt((ulong)(page % SharedSlot.PagesOfGroup));

        private int PageOf(int group) => group * SharedSlot.PagesOfGroup + random.Next(SharedSlot.PagesOfGroup);

        /// <summary>Tells forks that a group is being changed.</summary>
        private void Change(SharedSlot slot, int group, Action change)
        {
            if (_pinnedIn == slot && _pinnedPage / SharedSlot.PagesOfGroup == group)
                Unpin();
            Interlocked.Increment(ref slot.Stamps[group]);
            change();
            Interlocked.Increment(ref slot.Stamps[group]);
        }

        private void WriteOwn(SharedSlot slot, int group)
        {
            int page = PageOf(group);
            ulong word = SharedSlot.WordFor(thread, page, ++_sequence);
            VirtualAddress address = AddressOf(page);
            byte[] bytes = BitConverter.GetBytes(word);
            if (slot.IsReadOnly[group])
            {
                Assert.Equal(FaultResult.NotAllowed, Load(slot).Write(address, bytes));
                return;
            }
            Interlocked.Increment(ref slot.Stamps[group]);
            bool isDone = random.Next(4) == 0 ? test.IsDone(slot.Space.Write(address, bytes)) : test.IsDone(Load(slot).Write(address, bytes));
            if (isDone)
                slot.Words[page] = word;
            Interlocked.Increment(ref slot.Stamps[group]);
            Check(slot, page, address);
            CheckPinned();
        }

        private void ReadOwn(SharedSlot slot, int group)
        {
            int page = PageOf(group);
            Check(slot, page, AddressOf(page));
        }

        /// <summary>Reads a page of this thread's own, which may have been moved elsewhere.</summary>
        private void Check(SharedSlot slot, int page, VirtualAddress address)
        {
            if (TryRead(slot, address) is { } word)
                Assert.True(word == slot.Words[page], $"page {page} holds {word:x} instead of {slot.Words[page]:x}");
        }

        /// <summary>Reads a word; null if memory ran out, which also reading may need.</summary>
        private ulong? TryRead(SharedSlot slot, VirtualAddress address)
        {
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            return test.IsDone(Load(slot).Read(address, bytes)) ? BitConverter.ToUInt64(bytes) : null;
        }

        private void UseCommon(SharedSlot slot)
        {
            int page = PageOf(CommonGroup());
            Use(slot, AddressOf(page), page);
        }

        private void UseShared(SharedSlot slot) =>
            Use(slot, SharedSlot.SharedStart + (ulong)random.Next((int)SharedSlot.SharedPages) * Page.Size, SharedSlot.CommonPage);

        private void UseGuest(SharedSlot slot)
        {
            VirtualAddress address = SharedSlot.Guests.PageAt((ulong)random.Next((int)SharedSlot.Guests.Pages));
            Use(slot, address, SharedSlot.CommonPage);
            // What was frozen has no page of zeros.
            Assert.NotEqual(0ul, TryRead(slot, address));
        }

        /// <summary>Changes the file, or uses it through a mapping, where it may have ended meanwhile.</summary>
        private void UseFile(SharedSlot slot)
        {
            ulong page = (ulong)random.Next((int)SharedSlot.File.Pages);
            VirtualAddress address = SharedSlot.File.PageAt(page) + (random.Next(3) == 0 ? Page.LargeSize : 0);
            byte[] bytes = BitConverter.GetBytes(SharedSlot.WordFor(thread, SharedSlot.CommonPage, ++_sequence));
            switch (random.Next(8))
            {
                case 0:
                    lock (test._fileLock)
                        test._file.SetSize(page << Page.Shift);
                    break;
                case 1:
                    lock (test._fileLock)
                        test._file.PunchHole(page << Page.Shift, (ulong)random.Next(1, 5) << Page.Shift);
                    break;
                case 2 or 3:
                    lock (test._fileLock)
                        test.IsDone(test._file.Write(page << Page.Shift, bytes, out _));
                    break;
                case 4 or 5:
                    FaultResult result = Load(slot).Write(address, bytes);
                    _ = result == FaultResult.BusError || test.IsDone(result);
                    break;
                case 6:
                    if (slot.Space.Pin(address, false, out FrameNumber frame) == Status.Success)
                        slot.Space.Unpin(frame);
                    break;
                default:
                    if (slot.Space.Read(address, bytes) == Status.Success)
                        SharedSlot.AssertPlausible(BitConverter.ToUInt64(bytes), SharedSlot.CommonPage);
                    break;
            }
        }

        /// <summary>Reads, and sometimes writes before, what belongs to all.</summary>
        private void Use(SharedSlot slot, VirtualAddress address, int page)
        {
            if (random.Next(2) == 0)
                test.IsDone(Load(slot).Write(address, BitConverter.GetBytes(SharedSlot.WordFor(thread, page, ++_sequence))));
            if (TryRead(slot, address) is { } word)
                SharedSlot.AssertPlausible(word, page);
        }

        private void Drop(SharedSlot slot, int group)
        {
            Status status = slot.Space.Advise(SharedSlot.RangeOf(group), Advice.DontNeed);
            // Locked pages stay.
            if (status != Status.InvalidArgument && test.IsDone(status))
                Array.Clear(slot.Words, group * SharedSlot.PagesOfGroup, SharedSlot.PagesOfGroup);
        }

        private void Protect(SharedSlot slot, int group)
        {
            PageRange range = SharedSlot.RangeOf(group);
            bool isReadOnly = !slot.IsReadOnly[group];
            if (!isReadOnly)
            {
                if (test.IsDone(slot.Space.Protect(range, TestMachine.ReadWrite)))
                    slot.IsReadOnly[group] = false;
                return;
            }
            if (!test._isShort)
                Assert.Equal(Status.Success, slot.Space.Protect(range, Protection.None));
            if (test.IsDone(slot.Space.Protect(range, TestMachine.ReadOnly)))
                slot.IsReadOnly[group] = true;
        }

        private void MapAgain(SharedSlot slot, int group)
        {
            PageRange range = SharedSlot.RangeOf(group);
            if (!test.IsDone(slot.Space.Unmap(range)))
                return;
            slot.Space.MapAt(range.Start, range.Pages);
            Array.Clear(slot.Words, group * SharedSlot.PagesOfGroup, SharedSlot.PagesOfGroup);
            slot.IsReadOnly[group] = false;
        }

        private void MoveAndBack(SharedSlot slot, int group)
        {
            // All could wait for memory to move back.
            if (test._isShort)
                return;
            PageRange range = SharedSlot.RangeOf(group);
            VirtualAddress scratch = SharedSlot.SharedStart + (ScratchBlock + 2 * (ulong)thread) * Page.LargeSize + (ulong)random.Next(2) * 510 * Page.Size;
            Assert.Equal(Status.Success, slot.Space.Move(range, range.Pages, MoveMode.Fixed, ref scratch));
            int page = PageOf(group);
            Check(slot, page, scratch + (AddressOf(page) - range.Start));
            VirtualAddress back = range.Start;
            Assert.Equal(Status.Success, slot.Space.Move(new PageRange(scratch, range.Pages), range.Pages, MoveMode.Fixed, ref back));
        }

        private void Pin(SharedSlot slot, int group)
        {
            Unpin();
            if (slot.IsReadOnly[group])
                return;
            int page = PageOf(group);
            if (!test.IsDone(slot.Space.Pin(AddressOf(page), true, out _pinnedFrame)))
                return;
            _pinnedIn = slot;
            _pinnedSpace = slot.Space;
            _pinnedPage = page;
            CheckPinned();
        }

        /// <summary>A device must see what the program last wrote, whatever was forked meanwhile.</summary>
        private void CheckPinned()
        {
            if (_pinnedIn is not { } slot)
                return;
            // Without the gate another thread may put another space in the slot just now.
            bool isHeld = slot.Gate.IsReadLockHeld;
            if (!isHeld && !slot.Gate.TryEnterReadLock(0))
                return;
            try
            {
                if (slot.Space == _pinnedSpace)
                    CheckPinned(slot);
            }
            finally
            {
                if (!isHeld)
                    slot.Gate.ExitReadLock();
            }
        }

        private unsafe void CheckPinned(SharedSlot slot)
        {
            ulong word = *(ulong*)DirectMap.Pointer(_pinnedFrame.Address);
            Assert.True(word == slot.Words[_pinnedPage], $"a device sees {word:x} in page {_pinnedPage} instead of {slot.Words[_pinnedPage]:x}");
        }

        private void Unpin()
        {
            if (_pinnedIn is null)
                return;
            _pinnedSpace!.Unpin(_pinnedFrame);
            _pinnedIn = null;
            _pinnedSpace = null;
        }

        /// <summary>Ends the space in a slot, unless others use it just now, and puts a fork of another one there, or a new one.</summary>
        private void TryReplace(SharedSlot target, SharedSlot? source)
        {
            if (target == source || target.Gate.IsReadLockHeld || !target.Gate.TryEnterWriteLock(0))
                return;
            try
            {
                bool isDone = source is not null ? target.TryFork(_machine, source) : target.TryFill(_machine, test._shared, test._frozen, test._file);
                Assert.True(isDone || test._isShort);
            }
            finally
            {
                target.Gate.ExitWriteLock();
            }
        }
    }
}
