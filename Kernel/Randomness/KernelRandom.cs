using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers;

namespace Kernel.Randomness;

/// <summary>Unpredictable bytes: ChaCha20 (RFC 8439) with a key from the processor's generator and from time, renewed with each use.</summary>
/// <remarks>One lock. Where the processor has no RDRAND, what seeds it is only when things happened: said once in the log.</remarks>
internal static unsafe class KernelRandom
{
    private const int KeyWords = 8;
    private const int BlockWords = 16;
    private const int BlockSize = BlockWords * sizeof(uint);
    private const int Rounds = 10;

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
        Block state = default;
        state[0] = 0x6170_7865;
        state[1] = 0x3320_646e;
        state[2] = 0x7962_2d32;
        state[3] = 0x6b20_6574;
        for (int word = 0; word < KeyWords; word++)
            state[4 + word] = s_key[word];
        s_counter++;
        state[12] = (uint)s_counter;
        state[13] = (uint)(s_counter >> 32);
        output = state;
        for (int round = 0; round < Rounds; round++)
        {
            Quarter(ref output, 0, 4, 8, 12);
            Quarter(ref output, 1, 5, 9, 13);
            Quarter(ref output, 2, 6, 10, 14);
            Quarter(ref output, 3, 7, 11, 15);
            Quarter(ref output, 0, 5, 10, 15);
            Quarter(ref output, 1, 6, 11, 12);
            Quarter(ref output, 2, 7, 8, 13);
            Quarter(ref output, 3, 4, 9, 14);
        }
        for (int word = 0; word < BlockWords; word++)
            output[word] += state[word];
    }

    private static void Quarter(ref Block x, int a, int b, int c, int d)
    {
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
    }

    [InlineArray(BlockWords)]
    private struct Block
    {
        private uint _first;
    }
}
