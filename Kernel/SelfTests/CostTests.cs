using System;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Memory;

namespace Kernel.SelfTests;

/// <summary>How many instructions short paths take. Means something only where a tick is an instruction: QEMU with <c>-icount shift=0</c>.</summary>
internal static class CostTests
{
    private const int Rounds = 64;

    private static readonly Pool<Item> s_pool = new("costs");

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("costs", onlyWhenNamed: true);
        suite.Add("taking and returning an object of 96 bytes"u8, TakeAndReturn);
        suite.Add("the same when the pool is empty"u8, TakeAndReturnTheOnlyOne);
        return suite;
    }

    private static void TakeAndReturn()
    {
        Item? kept = s_pool.Take();
        ulong ticks = MeasurePool();
        s_pool.Return(kept!);
        CheckCost("pool, take and return"u8, 160, ticks);
    }

    private static void TakeAndReturnTheOnlyOne() => CheckCost("empty pool, take and return"u8, 600, MeasurePool());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong MeasurePool()
    {
        ulong start = Instructions.ReadTimestamp();
        for (int i = 0; i < Rounds; i++)
            s_pool.Return(s_pool.Take()!);
        return Instructions.ReadTimestamp() - start;
    }

    private static void CheckCost(ReadOnlySpan<byte> what, ulong limit, ulong ticks)
    {
        ulong cost = ticks / Rounds;
        Log.Info($"costs: {what} {cost} ticks (limit {limit})");
        Check.True(cost <= limit);
    }

    private sealed class Item
    {
        public Payload Fields { get; set; }
    }

    /// <summary>With the two words in front of an object's fields 96 bytes.</summary>
    [InlineArray(10)]
    private struct Payload
    {
        private ulong _first;
    }
}
