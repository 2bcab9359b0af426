using System;
using System.Runtime.InteropServices;
using Kernel.Mm;

namespace Kernel.Drivers.Tests.Acpi;

/// <summary>
/// Physical memory of a machine. What is mapped is a copy that ends right before a page without access: reading
/// one byte too many ends the test run.
/// </summary>
internal sealed unsafe class GuardedMemory : DeviceMemory, IDisposable
{
    public const ulong TablesStart = 0x7fe_0000;
    public const int TablesLength = 0x1_0000;
    public const int LowLength = 0x10_0000;

    private const int PageSize = 4096;
    private const int SlotLength = TablesLength + PageSize;
    private const int Slots = 1024;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _low = Allocate(LowLength + PageSize);
    private readonly byte* _slots = Allocate((nuint)SlotLength * Slots);
    private int _usedSlots;

    public GuardedMemory()
    {
        Forbid(_low + LowLength);
        for (int i = 0; i < Slots; i++)
            Forbid(_slots + (nint)SlotLength * i + TablesLength);
    }

    /// <summary>The first megabyte.</summary>
    public Span<byte> Low => new(_low, LowLength);

    /// <summary>The memory from <see cref="TablesStart"/> on.</summary>
    public byte[] Tables { get; } = new byte[TablesLength];

    /// <summary>Forgets all mappings.</summary>
    public void Reset() => _usedSlots = 0;

    public override nint Map(PhysicalAddress start, nuint bytes, CachePolicy policy)
    {
        Assert(policy == CachePolicy.WriteBack && bytes > 0);
        ReadOnlySpan<byte> source;
        if (start.Value < LowLength && bytes <= LowLength - start.Value)
            source = Low.Slice((int)start.Value, (int)bytes);
        else if (start.Value >= TablesStart && start.Value < TablesStart + TablesLength && bytes <= TablesStart + TablesLength - start.Value)
            source = Tables.AsSpan((int)(start.Value - TablesStart), (int)bytes);
        else
            return 0;
        if (source.Length > TablesLength || _usedSlots == Slots)
            return 0;
        byte* at = _slots + (nint)SlotLength * _usedSlots++ + TablesLength - source.Length;
        source.CopyTo(new Span<byte>(at, source.Length));
        return (nint)at;
    }

    public override nint DirectMap(PhysicalAddress address)
    {
        Assert(address.Value < LowLength);
        return (nint)(_low + address.Value);
    }

    public void Dispose()
    {
        _ = Unmap(_low, LowLength + PageSize);
        _ = Unmap(_slots, (nuint)SlotLength * Slots);
    }

    private static void Assert(bool condition)
    {
        if (!condition)
            throw new InvalidOperationException("The driver asks for memory in a way that it must not.");
    }

    private static byte* Allocate(nuint bytes)
    {
        void* at = Map(null, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        Assert(at != (void*)-1);
        return (byte*)at;
    }

    private static void Forbid(byte* page) => Assert(Protect(page, PageSize, 0) == 0);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nuint length);
}
