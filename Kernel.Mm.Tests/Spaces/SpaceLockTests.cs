using System;
using System.Threading;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

[Collection(nameof(SimulatedMemory))]
public sealed class SpaceLockTests
{
    private SpaceLock _lock;

    public SpaceLockTests() => Hardware.Current = new TestHardware();

    [Fact]
    public void Many_may_read_at_once()
    {
        Assert.False(_lock.IsHeld);
        _lock.EnterRead();
        _lock.EnterRead();
        Assert.True(_lock.IsHeld);
        Assert.False(_lock.IsWriteHeld);
        _lock.ExitRead();
        Assert.True(_lock.IsHeld);
        _lock.ExitRead();
        Assert.False(_lock.IsHeld);
    }

    [Fact]
    public void A_writer_is_alone()
    {
        _lock.EnterWrite();
        Assert.True(_lock.IsWriteHeld && _lock.IsHeld);
        bool hasRead = false, hasWritten = false;
        Thread reader = Start(() => EnterAndExit(ref hasRead, isWrite: false));
        Thread writer = Start(() => EnterAndExit(ref hasWritten, isWrite: true));
        Assert.False(reader.Join(20));
        Assert.False(Volatile.Read(ref hasRead) || Volatile.Read(ref hasWritten));
        _lock.ExitWrite();
        Assert.True(reader.Join(10_000) && writer.Join(10_000));
        Assert.True(hasRead && hasWritten);
        Assert.False(_lock.IsHeld);
    }

    [Fact]
    public void A_writer_that_waits_goes_before_new_readers()
    {
        _lock.EnterRead();
        bool hasRead = false, hasWritten = false;
        Thread writer = Start(() => EnterAndExit(ref hasWritten, isWrite: true));
        Assert.False(writer.Join(20));
        Thread reader = Start(() => EnterAndExit(ref hasRead, isWrite: false));
        Assert.False(reader.Join(20));
        Assert.False(Volatile.Read(ref hasRead) || Volatile.Read(ref hasWritten));
        _lock.ExitRead();
        Assert.True(reader.Join(10_000) && writer.Join(10_000));
        Assert.False(_lock.IsHeld);
    }

    [Fact]
    public void Nothing_is_lost_among_many_threads()
    {
        const int Rounds = 20_000;
        long guarded = 0, torn = 0;
        var threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
            threads[i] = Start(() =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    if (round % 4 == 0)
                    {
                        _lock.EnterWrite();
                        guarded++;
                        guarded++;
                        _lock.ExitWrite();
                    }
                    else
                    {
                        _lock.EnterRead();
                        if (Volatile.Read(ref guarded) % 2 != 0)
                            Interlocked.Increment(ref torn);
                        _lock.ExitRead();
                    }
                }
            });
        foreach (Thread thread in threads)
            Assert.True(thread.Join(60_000));
        Assert.Equal((threads.Length * Rounds / 2, 0), (guarded, torn));
        Assert.False(_lock.IsHeld);
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void EnterAndExit(ref bool isDone, bool isWrite)
    {
        if (isWrite)
        {
            _lock.EnterWrite();
            Volatile.Write(ref isDone, true);
            _lock.ExitWrite();
        }
        else
        {
            _lock.EnterRead();
            Volatile.Write(ref isDone, true);
            _lock.ExitRead();
        }
    }
}
