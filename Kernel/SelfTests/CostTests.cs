using System;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>How many instructions short paths take. Means something only where a tick is an instruction: QEMU with <c>-icount shift=0</c>.</summary>
internal static unsafe class CostTests
{
    private const int Rounds = 64;

    private static readonly Pool<Item> s_pool = new("costs");
    private static PageTableEntry s_mapping;
    private static ulong s_handlerStart, s_handlerEnd;

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("costs", onlyWhenNamed: true);
        suite.Add("taking and returning an object of 96 bytes"u8, TakeAndReturn);
        suite.Add("the same when the pool is empty"u8, TakeAndReturnTheOnlyOne);
        suite.Add("a page fault without its handler"u8, PageFault);
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

    /// <summary>From a read to the handler's first instruction, and from its last to the instruction behind the read.</summary>
    private static void PageFault()
    {
        using var page = new UserPage();
        s_mapping = page.EntryFor(PageFlags.Writable);
        PageFaults.Handler = &MapPage;
        ulong entered = 0, left = 0, read = 0;
        for (int i = 0; i < Rounds; i++)
        {
            UserPage.Clear();
            ulong start = Instructions.ReadTimestamp();
            UserAccess.Read(UserPage.Address, out _);
            ulong end = Instructions.ReadTimestamp();
            entered += s_handlerStart - start;
            left += end - s_handlerEnd;
            start = Instructions.ReadTimestamp();
            UserAccess.Read(UserPage.Address, out _);
            read += Instructions.ReadTimestamp() - start;
        }
        PageFaults.Handler = VirtualMemory.FaultHandler;
        CheckCost("page fault, entry and exit"u8, 120, entered + left - read);
    }

    private static FaultResult MapPage(VirtualAddress address, FaultAccess access)
    {
        s_handlerStart = Instructions.ReadTimestamp();
        *UserPage.Entry = s_mapping;
        s_handlerEnd = Instructions.ReadTimestamp();
        return FaultResult.Resolved;
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
