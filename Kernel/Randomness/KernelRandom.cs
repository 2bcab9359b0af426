using System;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers;

namespace Kernel.Randomness;

/// <summary>Unpredictable bytes: ChaCha20 (RFC 8439) with a key from the processor's generator and from time, renewed with each use.</summary>
/// <remarks>One lock. Where the processor has no RDRAND, what seeds it is only when things happened: said once in the log.</remarks>
internal static unsafe class KernelRandom
{
    private const int KeyWords = 8;
    private const int BlockWords = ChaCha20.BlockWords;
    private const int BlockSize = BlockWords * sizeof(uint);

    private static InterruptLock s_lock;
    private static Block s_key;
    private static ulong s_counter;
    private static bool s_isSeeded;

    /// <summary>Whether the processor's own generator seeded it.</summary>
    public static bool HasHardwareSource => CpuFeatures.Current.HasRdrand;

    /// <summary>Fills a span.</summary>
    public static void Fill(Span<byte> bytes)
    {
        Block block = default;
        while (!bytes.IsEmpty)
        {
            using (InterruptLock.Scope _ = s_lock.Enter())
            {
                Stir();
                Generate(ref block);
                // The first half of each block is the next key: what was given out can't be found again.
                for (int word = 0; word < KeyWords; word++)
                    s_key[word] = block[word];
            }
            int count = Math.Min(bytes.Length, BlockSize / 2);
            new ReadOnlySpan<byte>((byte*)Unsafe.AsPointer(ref block) + BlockSize / 2, count).CopyTo(bytes);
            bytes = bytes[count..];
        }
    }

    /// <summary>A number of 64 bits.</summary>
    public static ulong Next()
    {
        ulong value;
        Fill(new Span<byte>(&value, sizeof(ulong)));
        return value;
    }

    /// <summary>Mixes in something that nobody can know exactly, such as when an interrupt came.</summary>
    public static void Add(ulong value)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        int word = (int)(s_counter++ % (KeyWords / 2)) * 2;
        s_key[word] ^= (uint)value;
        s_key[word + 1] ^= (uint)(value >> 32);
    }

    private static void Stir()
    {
        ulong time = Instructions.ReadTimestamp();
        s_key[0] ^= (uint)time;
        s_key[1] ^= (uint)(time >> 32);
        if (!HasHardwareSource || (s_isSeeded && s_counter % 64 != 0))
            return;
        for (int word = 0; word < KeyWords; word += 2)
        {
            ulong value = Instructions.ReadRandom();
            s_key[word] ^= (uint)value;
            s_key[word + 1] ^= (uint)(value >> 32);
        }
        s_isSeeded = true;
    }

    private static void Generate(ref Block output)
    {
        uint* state = stackalloc uint[BlockWords];
        ChaCha20.SetConstants(state);
        for (int word = 0; word < KeyWords; word++)
            state[4 + word] = s_key[word];
        s_counter++;
        state[12] = (uint)s_counter;
        state[13] = (uint)(s_counter >> 32);
        state[14] = state[15] = 0;
        ChaCha20.Generate(state, (uint*)Unsafe.AsPointer(ref output));
    }

    [InlineArray(BlockWords)]
    private struct Block
    {
        private uint _first;
    }
}
