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
    private const int OperationsOfRound = 300;
    private const ulong ScratchBlock = 32;

    // Far more faults in a row than forks by others can cause.
    private const int MostRepeats = 10_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly TestMachine _machine = new(8192);
    private readonly SharedSlot[] _slots = new SharedSlot[Slots];
    private readonly SharedAnonymousObject _shared;
    private Exception? _failure;

    public Threads()
    {
        _shared = SharedAnonymousObject.Create(_machine.Manager, SharedSlot.SharedPages)!;
        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new SharedSlot();
            _slots[i].Fill(_machine, _shared);
        }
    }

    [Theory]
    [InlineData(1, 120)]
    [InlineData(2, 120)]
    [InlineData(3, 120)]
    [InlineData(4, 120)]
    public void Four_processors_in_the_same_spaces_keep_everything_right(int seed, int rounds)
    {
        using var barrier = new Barrier(SharedSlot.Threads, _ => Check());
        var threads = new Thread[SharedSlot.Threads];
        for (int i = 0; i < threads.Length; i++)
        {
            int index = i;
            threads[i] = new Thread(() => Run(index, seed, rounds, barrier)) { IsBackground = true };
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
        Close();
        _machine.Dispose();
    }

    private void Run(int thread, int seed, int rounds, Barrier barrier)
    {
        try
        {
            TestHardware.RunAs(thread);
            var worker = new Worker(this, thread, new Random(seed * 1000 + thread));
            for (int round = 0; round < rounds && _failure is null; round++)
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
        _machine.Verify();
        foreach (SharedSlot slot in _slots)
            slot.CheckContents();
        Assert.Equal(Slots, _machine.Spaces.InUse);
    }

    private void Close()
    {
        foreach (SharedSlot slot in _slots)
            Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(slot.Space));
        _shared.Release();
        _machine.Verify();
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal((0, 0, 0, 0, 0), (_machine.Spaces.InUse, _machine.Areas.InUse, _machine.PrivateObjects.InUse,
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
                    Assert.Equal(Status.Success, slot.Space.SetLocked(SharedSlot.RangeOf(group), random.Next(2) == 0));
                    break;
                case < 88:
                    Assert.Equal(Status.Success, slot.Space.Advise(SharedSlot.RangeOf(group), Advice.WillNeed));
                    break;
                case < 90:
                    Assert.Equal(Status.Success, slot.Space.Advise(SharedSlot.RangeOf(CommonGroup()), Advice.DontNeed));
                    break;
                case < 94:
                    Pin(slot, group);
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
            if (slot.IsReadOnly[group])
            {
                Assert.Equal(FaultResult.NotAllowed, Load(slot).Write(address, BitConverter.GetBytes(word)));
                return;
            }
            Interlocked.Increment(ref slot.Stamps[group]);
            if (random.Next(4) == 0)
                Assert.Equal(Status.Success, slot.Space.Write(address, BitConverter.GetBytes(word)));
            else
                Load(slot).WriteWord(address, word);
            slot.Words[page] = word;
            Interlocked.Increment(ref slot.Stamps[group]);
            Assert.Equal(word, Load(slot).ReadWord(address));
            CheckPinned();
        }

        private void ReadOwn(SharedSlot slot, int group)
        {
            int page = PageOf(group);
            ulong word = Load(slot).ReadWord(AddressOf(page));
            Assert.True(word == slot.Words[page], $"page {page} holds {word:x} instead of {slot.Words[page]:x}");
        }

        private void UseCommon(SharedSlot slot)
        {
            int page = PageOf(CommonGroup());
            TestProcessor processor = Load(slot);
            if (random.Next(2) == 0)
                processor.WriteWord(AddressOf(page), SharedSlot.WordFor(thread, page, ++_sequence));
            SharedSlot.AssertPlausible(processor.ReadWord(AddressOf(page)), page);
        }

        private void UseShared(SharedSlot slot)
        {
            // The words are as if they were of a page that belongs to all.
            ulong index = (ulong)random.Next((int)SharedSlot.SharedPages);
            int page = SharedSlot.Threads * SharedSlot.PagesOfGroup;
            VirtualAddress address = SharedSlot.SharedStart + index * Page.Size;
            TestProcessor processor = Load(slot);
            if (random.Next(2) == 0)
                processor.WriteWord(address, SharedSlot.WordFor(thread, page, ++_sequence));
            SharedSlot.AssertPlausible(processor.ReadWord(address), page);
        }

        private static void Drop(SharedSlot slot, int group)
        {
            Status status = slot.Space.Advise(SharedSlot.RangeOf(group), Advice.DontNeed);
            // Locked pages stay.
            if (status == Status.Success)
                Array.Clear(slot.Words, group * SharedSlot.PagesOfGroup, SharedSlot.PagesOfGroup);
            else
                Assert.Equal(Status.InvalidArgument, status);
        }

        private static void Protect(SharedSlot slot, int group)
        {
            bool isReadOnly = !slot.IsReadOnly[group];
            if (isReadOnly)
                Assert.Equal(Status.Success, slot.Space.Protect(SharedSlot.RangeOf(group), Protection.None));
            Assert.Equal(Status.Success, slot.Space.Protect(SharedSlot.RangeOf(group), isReadOnly ? TestMachine.ReadOnly : TestMachine.ReadWrite));
            slot.IsReadOnly[group] = isReadOnly;
        }

        private static void MapAgain(SharedSlot slot, int group)
        {
            PageRange range = SharedSlot.RangeOf(group);
            Assert.Equal(Status.Success, slot.Space.Unmap(range));
            slot.Space.MapAt(range.Start, range.Pages);
            Array.Clear(slot.Words, group * SharedSlot.PagesOfGroup, SharedSlot.PagesOfGroup);
            slot.IsReadOnly[group] = false;
        }

        private void MoveAndBack(SharedSlot slot, int group)
        {
            PageRange range = SharedSlot.RangeOf(group);
            VirtualAddress scratch = SharedSlot.SharedStart + (ScratchBlock + 2 * (ulong)thread) * Page.LargeSize + (ulong)random.Next(2) * 510 * Page.Size;
            Assert.Equal(Status.Success, slot.Space.Move(range, range.Pages, MoveMode.Fixed, ref scratch));
            int page = PageOf(group);
            Assert.Equal(slot.Words[page], Load(slot).ReadWord(scratch + (AddressOf(page) - range.Start)));
            VirtualAddress back = range.Start;
            Assert.Equal(Status.Success, slot.Space.Move(new PageRange(scratch, range.Pages), range.Pages, MoveMode.Fixed, ref back));
        }

        private void Pin(SharedSlot slot, int group)
        {
            Unpin();
            if (slot.IsReadOnly[group])
                return;
            int page = PageOf(group);
            Assert.Equal(Status.Success, slot.Space.Pin(AddressOf(page), true, out _pinnedFrame));
            _pinnedIn = slot;
            _pinnedSpace = slot.Space;
            _pinnedPage = page;
            CheckPinned();
        }

        /// <summary>A device must see what the program last wrote, whatever was forked meanwhile.</summary>
        private unsafe void CheckPinned()
        {
            if (_pinnedIn is not { } slot || slot.Space != _pinnedSpace)
                return;
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
                Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(target.Space));
                if (source is not null)
                    target.Fork(source);
                else
                    target.Fill(_machine, test._shared);
            }
            finally
            {
                target.Gate.ExitWriteLock();
            }
        }
    }
}
