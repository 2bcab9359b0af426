using System;
using System.Runtime.InteropServices;

namespace Kernel.Mm.Tests;

/// <summary>An array that plays physical memory from address zero; <see cref="DirectMap"/> points to it while it lives.</summary>
public sealed unsafe class SimulatedMemory : IDisposable
{
    private readonly void* _memory;

    public SimulatedMemory(ulong bytes)
    {
        _memory = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Page.Size);
        // Not zeros: whoever needs them must clear.
        NativeMemory.Fill(_memory, (nuint)bytes, 0xa5);
        DirectMap.Initialize((nuint)_memory);
    }

    public void Dispose()
    {
        DirectMap.Initialize(0);
        NativeMemory.AlignedFree(_memory);
    }
}
