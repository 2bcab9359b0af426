using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

/// <summary>What frozen spaces had in memory when they were first seen: it never changes as long as they live.</summary>
public sealed class FrozenContent
{
    private Dictionary<AddressSpace, ulong> _sums = [];
    private readonly byte[] _page = new byte[Page.Size];

    /// <summary>Compares all frozen spaces with what was there before, and takes note of new ones.</summary>
    public void Check(MemoryManager manager)
    {
        var sums = new Dictionary<AddressSpace, ulong>();
        for (AddressSpace? space = manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            if (!space.IsFrozen)
                continue;
            ulong sum = SumOf(space);
            sums[space] = sum;
            Assert.True(!_sums.TryGetValue(space, out ulong before) || before == sum, $"the frozen space {space.Translations.Root} has changed");
        }
        _sums = sums;
    }

    /// <summary>A sum of private anonymous memory; what a frozen space shows of a file may change.</summary>
    private ulong SumOf(AddressSpace space)
    {
        ulong sum = 0;
        foreach (VArea area in space)
            for (ulong page = 0; area.IsAnonymous && page < area.Pages; page++)
            {
                VirtualAddress address = area.Start + (page << Page.Shift);
                // A page that never was reads as zeros, and so does the zero page. Where nothing may be read nobody sees anything.
                if (IsResident(space, address) && space.Read(address, _page) == Status.Success)
                    Add(address.Value, ref sum);
            }
        return sum;
    }

    private void Add(ulong address, ref ulong sum)
    {
        const ulong Prime = 1_099_511_628_211;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(_page))
        {
            address += sizeof(ulong);
            if (word != 0)
                sum = ((sum ^ address) * Prime) + word;
        }
    }

    private static bool IsResident(AddressSpace space, VirtualAddress address)
    {
        Span<PageState> state = stackalloc PageState[1];
        return space.GetPageStates(new PageRange(address, 1), state) == Status.Success && (state[0] & PageState.Resident) != 0;
    }
}
