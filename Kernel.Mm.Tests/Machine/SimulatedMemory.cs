using System;
using System.Runtime.InteropServices;

namespace Kernel.Mm.Tests;

/// <summary>An array that plays physical memory from address zero; <see cref="DirectMap"/> points to it while it lives.</summary>
public sealed unsafe class SimulatedMemory : IDisposable
{
    private static ulong s_bytes;

    private readonly void* _memory;

    public SimulatedMemory(ulong bytes)
    {
        _memory = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Page.Size);
        // Not zeros: whoever needs them must clear.
        NativeMemory.Fill(_memory, (nuint)bytes, 0xa5);
        DirectMap.Initialize((nuint)_memory);
        s_bytes = bytes;
    }

    /// <summary>Whether the memory that lives now has an address.</summary>
    public static bool Contains(PhysicalAddress address) => address.Value < s_bytes;

    /// <summary>Copies bytes out of one frame. Where there is no memory the bus answers with ones.</summary>
    public static void Read(PhysicalAddress address, Span<byte> bytes)
    {
        if (Contains(address))
            new ReadOnlySpan<byte>(DirectMap.Pointer(address), bytes.Length).CopyTo(bytes);
        else
            bytes.Fill(byte.MaxValue);
    }

    /// <summary>Copies bytes into one frame. Where there is no memory they get lost.</summary>
    public static void Write(PhysicalAddress address, ReadOnlySpan<byte> bytes)
    {
        if (Contains(address))
            bytes.CopyTo(new Span<byte>(DirectMap.Pointer(address), bytes.Length));
    }

    public void Dispose()
    {
        s_bytes = 0;
        DirectMap.Initialize(0);
        NativeMemory.AlignedFree(_memory);
    }
}
