using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Memory;

namespace Kernel.SelfTests;

/// <summary>Objects that are taken and returned: no growth, whole frames, errors found.</summary>
internal static class PoolTests
{
    private const int Many = 1000;

    private static readonly Pool<Item> s_pool = new("self-test");
    private static readonly Item[] s_items = new Item[Many];

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("pool");
        suite.Add("a taken object is as new"u8, TakenObjectIsNew);
        suite.Add("a returned object is used again"u8, ReturnedObjectIsUsedAgain);
        suite.Add("objects that are in use are distinct"u8, ObjectsAreDistinct);
        suite.Add("an empty pool has no frames and memory is as before"u8, EmptyPoolHasNoFrames);
        suite.Add("10,000 rounds of taking and returning grow nothing"u8, RoundsGrowNothing);
        suite.Add("taking and returning calls new not once"u8, TakingAllocatesNothing);
        return suite;
    }

    private static Item Take()
    {
        Item? item = s_pool.Take();
        Check.True(item is not null);
        return item!;
    }

    private static void TakenObjectIsNew()
    {
        Item first = Take();
        Check.Equal(Item.InitialNumber, first.Number);
        first.Number = 1;
        first.Reference = "kept";
        s_pool.Return(first);
        Item second = Take();
        Check.Equal(Item.InitialNumber, second.Number);
        Check.True(second.Reference is null);
        s_pool.Return(second);
    }

    private static void ReturnedObjectIsUsedAgain()
    {
        Item keep = Take();
        Item first = Take();
        s_pool.Return(first);
        Item second = Take();
        Check.True(ReferenceEquals(first, second));
        s_pool.Return(second);
        s_pool.Return(keep);
    }

    private static void ObjectsAreDistinct()
    {
        TakeMany();
        for (int i = 0; i < Many; i++)
            s_items[i].Number = i;
        for (int i = 0; i < Many; i++)
            Check.Equal(i, s_items[i].Number);
        Check.Equal(Many, s_pool.Statistics.ObjectsInUse);
        ReturnMany();
    }

    private static void EmptyPoolHasNoFrames()
    {
        ulong free = PhysicalMemory.FreeFrames;
        TakeMany();
        Check.True(s_pool.Statistics.FrameCount > 1);
        Check.Equal(free - (ulong)s_pool.Statistics.FrameCount, PhysicalMemory.FreeFrames);
        ReturnMany();
        Check.Equal(0, s_pool.Statistics.FrameCount);
        Check.Equal(0, s_pool.Statistics.ObjectsInUse);
        Check.Equal(free, PhysicalMemory.FreeFrames);
    }

    private static void RoundsGrowNothing()
    {
        ulong free = PhysicalMemory.FreeFrames;
        for (int round = 0; round < 10_000; round++)
        {
            Item a = Take(), b = Take();
            s_pool.Return(a);
            s_pool.Return(b);
        }
        Check.Equal(free, PhysicalMemory.FreeFrames);
    }

    private static void TakingAllocatesNothing()
    {
        ulong before = ManagedHeap.Statistics.TotalCalls;
        TakeMany();
        ReturnMany();
        Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
    }

    private static void TakeMany()
    {
        for (int i = 0; i < Many; i++)
            s_items[i] = Take();
    }

    private static void ReturnMany()
    {
        for (int i = 0; i < Many; i++)
            s_pool.Return(s_items[i]);
    }

    private sealed class Item
    {
        public const int InitialNumber = 42;

        public int Number = InitialNumber;
        public string? Reference;
    }
}
