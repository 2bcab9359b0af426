using Kernel.Drivers.Input;
using Xunit;

namespace Kernel.Drivers.Tests.Input;

public sealed class InputQueueTests
{
    private readonly InputQueue _queue = new();

    [Fact]
    public void Empty_queue_gives_nothing()
    {
        Assert.False(_queue.TryRead(out _));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Order_is_kept_over_many_turns()
    {
        byte next = 0;
        byte expected = 0;
        for (int round = 0; round < 100; round++)
        {
            for (int count = 0; count < 999; count++)
                _queue.Write(next++);
            for (int count = 0; count < 999; count++)
            {
                Assert.True(_queue.TryRead(out byte value));
                Assert.Equal(expected++, value);
            }
        }

        Assert.Equal(0ul, _queue.LostCount);
    }

    [Fact]
    public void Full_queue_drops_the_newest_and_counts()
    {
        for (int count = 0; count < InputQueue.Capacity; count++)
            _queue.Write(1);
        _queue.Write(2);
        Assert.Equal(1ul, _queue.LostCount);
        Assert.Equal(InputQueue.Capacity, _queue.Count);
        Assert.True(_queue.TryRead(out byte value));
        Assert.Equal(1, value);
    }

    [Fact]
    public void Sequence_that_does_not_fit_is_not_split()
    {
        for (int count = 0; count < InputQueue.Capacity - 2; count++)
            _queue.Write(1);
        _queue.Write("\e[A"u8);
        Assert.Equal(3ul, _queue.LostCount);
        Assert.Equal(InputQueue.Capacity - 2, _queue.Count);
        _queue.Write("ab"u8);
        Assert.Equal(InputQueue.Capacity, _queue.Count);
    }
}
