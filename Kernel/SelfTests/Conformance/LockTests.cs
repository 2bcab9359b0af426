using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kernel.SelfTests.Conformance;

// Kernel.Monitor is a namespace.
using Monitor = System.Threading.Monitor;

/// <summary>Locks, atomic operations, and the heap's accounting.</summary>
public static unsafe class LockTests
{
    private static readonly Item s_item = new();
    private static readonly int[] s_numbers = [1, 2, 3];
    private static volatile int s_volatile;
    private static string s_text = "text";
    private static object? s_kept;

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.locks");
        AddLocks(suite);
        AddInterlocked(suite);
        AddHeap(suite);
        return suite;
    }

    private static void AddLocks(SelfTestSuite suite)
    {
        suite.Add("lock_statement_holds_and_releases"u8, static () =>
        {
            var gate = new object();
            lock (gate)
                Check.True(Monitor.IsEntered(gate));
            Check.False(Monitor.IsEntered(gate));
        });
        suite.Add("lock_recursion"u8, static () =>
        {
            var gate = new object();
            lock (gate)
            {
                lock (gate)
                    Check.True(Monitor.IsEntered(gate));
                Check.True(Monitor.IsEntered(gate));
            }
            Check.False(Monitor.IsEntered(gate));
        });
        suite.Add("exit_without_enter_throws"u8, static () => Check.Throws<SynchronizationLockException>(static () => Monitor.Exit(new object())));
        suite.Add("try_enter"u8, static () =>
        {
            var gate = new object();
            Check.True(Monitor.TryEnter(gate));
            Monitor.Exit(gate);
        });
        suite.Add("null_cannot_be_locked"u8, static () => Check.Throws<ArgumentNullException>(static () => Monitor.Enter(null!)));
        suite.Add("lock_object"u8, static () =>
        {
            var gate = new Lock();
            lock (gate)
            {
                Check.True(gate.IsHeldByCurrentThread);
                lock (gate)
                    Check.True(gate.TryEnter());
                gate.Exit();
            }
            Check.False(gate.IsHeldByCurrentThread);
        });
        suite.Add("lock_scope"u8, static () =>
        {
            var gate = new Lock();
            using (gate.EnterScope())
                Check.True(gate.IsHeldByCurrentThread);
            Check.False(gate.IsHeldByCurrentThread);
        });
        suite.Add("identity_hash_survives_locking"u8, static () =>
        {
            var gate = new object();
            int hash;
            lock (gate)
                hash = RuntimeHelpers.GetHashCode(gate);
            Check.Equal(hash, RuntimeHelpers.GetHashCode(gate));
        });
    }

    private static void AddInterlocked(SelfTestSuite suite)
    {
        suite.Add("increment_and_add"u8, static () =>
        {
            int i = 5;
            long l = 5;
            Check.Equal(6, Interlocked.Increment(ref i));
            Check.Equal(4, Interlocked.Decrement(ref l));
            Check.Equal(16, Interlocked.Add(ref i, 10));
            Check.Equal(-6, Interlocked.Add(ref l, -10));
            uint u = uint.MaxValue;
            Check.Equal(0U, Interlocked.Increment(ref u));
        });
        suite.Add("exchange"u8, static () =>
        {
            ulong u = 1;
            string text = "old";
            Check.Equal(1UL, Interlocked.Exchange(ref u, 2));
            Check.Equal("old", Interlocked.Exchange(ref text, "new"));
            Check.True(u == 2 && text == "new");
        });
        suite.Add("compare_exchange"u8, static () =>
        {
            int i = 3;
            Check.Equal(3, Interlocked.CompareExchange(ref i, 4, 2));
            Check.Equal(3, Interlocked.CompareExchange(ref i, 4, 3));
            Check.Equal(4, i);
            string? text = null;
            Check.True(Interlocked.CompareExchange(ref text, "x", null) is null && text == "x");
        });
        suite.Add("and_or"u8, static () =>
        {
            uint bits = 0xff;
            Check.Equal(0xffU, Interlocked.And(ref bits, 0x0f));
            Check.Equal(0x0fU, Interlocked.Or(ref bits, 0x100));
            Check.Equal(0x10fU, bits);
        });
        suite.Add("volatile_fields_and_accesses"u8, static () =>
        {
            s_volatile = 3;
            long variable = 4;
            Volatile.Write(ref variable, Volatile.Read(ref variable) + s_volatile);
            Interlocked.MemoryBarrier();
            Check.Equal(7, variable);
        });
    }

    private static void AddHeap(SelfTestSuite suite)
    {
        suite.Add("new_is_counted_by_kind"u8, static () =>
        {
            HeapStatistics before = ManagedHeap.Statistics;
            object[] kept = Keep(new object(), 5);
            HeapStatistics after = ManagedHeap.Statistics;
            Check.Equal(1UL, after.Calls(AllocationKind.Object) - before.Calls(AllocationKind.Object));
            Check.Equal(1UL, after.Calls(AllocationKind.Array) - before.Calls(AllocationKind.Array));
            Check.Equal(1UL, after.Calls(AllocationKind.Box) - before.Calls(AllocationKind.Box));
            Check.Equal(24UL, after.Bytes(AllocationKind.Box) - before.Bytes(AllocationKind.Box));
            Check.Equal(2, kept.Length);
        });
        suite.Add("every_way_to_allocate_is_counted"u8, static () =>
        {
            CheckCounted(AllocationKind.Object, static () => NewOf<Item>());
            CheckCounted(AllocationKind.Object, static () => new Finalized());
            CheckCounted(AllocationKind.Object, static () => new Item().Copy(), 2);
            CheckCounted(AllocationKind.Object, static () => (Func<int>)s_item.GetHashCode);
            CheckCounted(AllocationKind.Array, static () => new byte[3]);
            CheckCounted(AllocationKind.Array, static () => new string[3]);
            CheckCounted(AllocationKind.Array, static () => NewArrayOf<string>(3));
            CheckCounted(AllocationKind.Array, static () => new long[2, 3]);
            CheckCounted(AllocationKind.Array, static () => s_numbers.Clone());
            CheckCounted(AllocationKind.String, static () => new string('x', 3));
            CheckCounted(AllocationKind.String, static () => string.Concat(s_text, s_text));
            CheckCounted(AllocationKind.String, static () => s_text[1..]);
            CheckCounted(AllocationKind.Box, static () => s_volatile);
            CheckCounted(AllocationKind.Box, static () => (int?)s_volatile);
            CheckCounted(AllocationKind.Box, static () => BoxOf(new KeyValuePair<string, int>(s_text, 1)));
        });
        suite.Add("a_scope_gives_back_what_was_allocated_in_it"u8, static () =>
        {
            Fill();
            ulong pages = ManagedHeap.Statistics.Pages - ManagedHeap.Statistics.FreePages;
            for (int round = 0; round < 20; round++)
            {
                HeapScope scope = ManagedHeap.BeginScope();
                Fill();
                ManagedHeap.EndScope(scope);
            }
            Check.Equal(pages, ManagedHeap.Statistics.Pages - ManagedHeap.Statistics.FreePages);
        });
        suite.Add("an_inner_scope_gives_large_objects_back"u8, static () =>
        {
            HeapScope outer = ManagedHeap.BeginScope();
            Fill();
            ulong pages = ManagedHeap.Statistics.Pages - ManagedHeap.Statistics.FreePages;
            HeapScope inner = ManagedHeap.BeginScope();
            Fill();
            ManagedHeap.EndScope(inner);
            ulong left = ManagedHeap.Statistics.Pages - ManagedHeap.Statistics.FreePages;
            ManagedHeap.EndScope(outer);
            Check.Equal(pages, left);
        });
        suite.Add("nested_scopes"u8, static () =>
        {
            HeapScope outer = ManagedHeap.BeginScope();
            int[] kept = [1, 2, 3];
            HeapScope inner = ManagedHeap.BeginScope();
            Fill();
            ManagedHeap.EndScope(inner);
            int[] reused = new int[3];
            Check.Equal(6, kept[0] + kept[1] + kept[2] + reused[0] + reused[1] + reused[2]);
            ManagedHeap.EndScope(outer);
        });
        suite.Add("an_object_in_given_memory"u8, static () =>
        {
            ulong before = ManagedHeap.Statistics.TotalCalls;
            ObjectMaker maker = ObjectMaker.Of<Item>();
            byte* storage = stackalloc byte[64];
            new Span<byte>(storage, 64).Fill(0xee);
            Item item = (Item)maker.Construct(storage);
            Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
            Check.True(maker.Size <= 64 && item.Number == 42 && item is IItem && ObjectMaker.StorageOf(item) == storage);
        });
        suite.Add("objects_are_aligned_to_eight_bytes"u8, static () =>
        {
            for (int i = 1; i < 20; i++)
            {
                object o = new byte[i];
                Check.Equal(0UL, (ulong)ObjectMaker.StorageOf(o) % 8);
            }
        });
    }

    /// <summary>What an action allocates is of one kind, and is counted once for each object.</summary>
    private static void CheckCounted(
        AllocationKind kind, Func<object> allocate, ulong objects = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        // Once before: what the runtime makes for a call's first time is not the call's.
        s_kept = allocate();
        HeapStatistics before = ManagedHeap.Statistics;
        s_kept = allocate();
        HeapStatistics after = ManagedHeap.Statistics;
        s_kept = null;
        Check.Equal(objects, after.TotalCalls - before.TotalCalls, file, line);
        Check.Equal(objects, after.Calls(kind) - before.Calls(kind), file, line);
        Check.True(after.Bytes(kind) > before.Bytes(kind), file, line);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object NewOf<T>() where T : class, new() => new T();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object NewArrayOf<T>(int length) => new T[length];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object BoxOf<T>(T value) => value!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object[] Keep(object first, int second) => [first, second];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill()
    {
        byte[] large = new byte[100_000];
        large[^1] = 1;
        for (int i = 0; i < 3000; i++)
        {
            byte[] small = new byte[50];
            Check.Equal(0, small[49]);
            small[49] = 1;
        }
    }

    private interface IItem;

    private sealed class Item : IItem
    {
        public int Number { get; } = 42;

        public object Copy() => MemberwiseClone();
    }

    private sealed class Finalized
    {
        ~Finalized() => s_volatile++;
    }
}
