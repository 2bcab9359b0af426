using System;
using System.Runtime.InteropServices;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests;

/// <summary>A processor that executes loads, stores and fetches, with a page-fault handler as the kernel has one.</summary>
/// <param name="mmu">The machine.</param>
/// <param name="index">Which processor.</param>
/// <param name="onPageFault">Gets the address and the error code. It is called without a lock.</param>
public sealed class TestProcessor(SoftwareMmu mmu, int index, Func<VirtualAddress, FaultAccess, FaultResult> onPageFault)
{
    /// <summary>Faults in a row that one access to one page may take; beyond that it would go on forever.</summary>
    public int MostRepeats { get; init; } = 8;

    /// <summary>Page faults so far.</summary>
    public int Faults { get; private set; }

    /// <summary>Reads bytes, across pages too.</summary>
    /// <returns><see cref="FaultResult.Resolved"/>, or why it ended at some page; the pages before were read.</returns>
    public FaultResult Read(VirtualAddress address, Span<byte> bytes, bool isUser = true)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> part = bytes[..LengthInPage(address, bytes.Length)];
            for (int repeats = 0; mmu.TryRead(index, address, part, isUser) is { } fault; repeats++)
                if (Refusal(address, fault, repeats) is { } refusal)
                    return refusal;
            address += (ulong)part.Length;
            bytes = bytes[part.Length..];
        }
        return FaultResult.Resolved;
    }

    /// <summary>Writes bytes, across pages too.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> bytes, bool isUser = true)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> part = bytes[..LengthInPage(address, bytes.Length)];
            for (int repeats = 0; mmu.TryWrite(index, address, part, isUser) is { } fault; repeats++)
                if (Refusal(address, fault, repeats) is { } refusal)
                    return refusal;
            address += (ulong)part.Length;
            bytes = bytes[part.Length..];
        }
        return FaultResult.Resolved;
    }

    /// <summary>Fetches an instruction.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public FaultResult Execute(VirtualAddress address, bool isUser = true)
    {
        for (int repeats = 0; mmu.TryExecute(index, address, isUser) is { } fault; repeats++)
            if (Refusal(address, fault, repeats) is { } refusal)
                return refusal;
        return FaultResult.Resolved;
    }

    /// <summary>Reads eight bytes that must be readable.</summary>
    public ulong ReadWord(VirtualAddress address, bool isUser = true)
    {
        ulong word = 0;
        FaultResult result = Read(address, MemoryMarshal.AsBytes(new Span<ulong>(ref word)), isUser);
        return result == FaultResult.Resolved ? word : throw new InvalidOperationException($"Reading {address}: {result}.");
    }

    /// <summary>Writes eight bytes that must be writable.</summary>
    public void WriteWord(VirtualAddress address, ulong word, bool isUser = true)
    {
        FaultResult result = Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word)), isUser);
        if (result != FaultResult.Resolved)
            throw new InvalidOperationException($"Writing {address}: {result}.");
    }

    private static int LengthInPage(VirtualAddress address, int length) => int.Min(length, (int)Page.Size - (int)address.PageOffset);

    /// <summary>Takes a page fault; null if the access can be repeated.</summary>
    private FaultResult? Refusal(VirtualAddress address, FaultAccess fault, int repeats)
    {
        if (repeats == MostRepeats)
            throw new InvalidOperationException($"Processor {index} doesn't get beyond {address} ({fault}).");
        Faults++;
        FaultResult result = onPageFault(address, fault);
        return result is FaultResult.Resolved or FaultResult.Spurious or FaultResult.ResolvedAfterInputOutput ? null : result;
    }
}
