using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Console;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.Monitor;

/// <summary><c>pt</c>: walks the page table as the processor does, and says what each entry means.</summary>
internal sealed class PtCommand : MonitorCommand
{
    // CR3 (Intel SDM vol. 3, 4.5.2): bits 51 to 12 are the root table's address.
    private const ulong RootMask = 0x000f_ffff_ffff_f000;

    // Intel SDM vol. 3, tables 4-17 and 4-18: PAT of a large page is bit 12, and of a small page bit 7.
    private const ulong LargePat = 1UL << 12;
    private const ulong SmallPat = 1UL << 7;
    private const int PatIndexBit = 4;

    // Bits that the processor leaves to software: 11 to 9 and 58 to 52 (Intel SDM vol. 3, table 4-20).
    private const ulong SoftwareBits = 0x07f0_0000_0000_0e00;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "pt"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "ADDRESS"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "walks and explains an address's page-table entries"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "ADDRESS is virtual and hexadecimal, with or without 0x; _ may group its digits.\n"u8;

    // Memory types (Intel SDM vol. 3, 11.3, table 11-10).
    private enum MemoryType : byte
    {
        Uncached = 0,
        WriteCombining = 1,
        WriteThrough = 4,
        WriteProtected = 5,
        WriteBack = 6,
        UncachedMinus = 7,
    }

    // What processors without the table do is what the table holds after reset.
    private static ulong PageAttributeTable =>
        CpuFeatures.Current.HasPat ? Instructions.ReadMsr(Msr.PageAttributeTable) : 0x0007_0406_0007_0406;

    private static PhysicalAddress Root => new(Instructions.ReadCr3() & RootMask);

    /// <summary>Walks the page table that the processor uses.</summary>
    public static PageTableWalk Walk(VirtualAddress address) => new(Root, address);

    /// <summary>Says why an address that is not canonical can't be walked.</summary>
    public static void ExplainNotCanonical(VirtualAddress address, TextSink output)
    {
        output.Write($"0x{address.Value:x16} is not canonical: with 4-level paging bits 63 to 47\n");
        output.Write("must all be equal; the processor refuses it with a general protection exception\n"u8);
    }

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count != 1)
            return CommandResult.WrongArguments;
        if (!NumberParser.TryHexadecimal(arguments[0], out ulong value))
        {
            output.Write($"{arguments[0]}: not a hexadecimal number of at most 64 bits\n");
            return CommandResult.WrongArguments;
        }
        var address = new VirtualAddress(value);
        if (address.IsCanonical)
            Explain(address, output);
        else
            ExplainNotCanonical(address, output);
        return CommandResult.Done;
    }

    private static void Explain(VirtualAddress address, TextSink output)
    {
        PhysicalAddress table = Root;
        PageTableWalk walk = Walk(address);
        output.Write($"0x{address.Value:x16}, table root at 0x{table.Value:x16} (cr3)\n");
        for (int level = PageTableWalk.Levels; level >= walk.LastLevel; level--)
        {
            PageTableEntry entry = walk.Entry(level);
            int index = PageTableWalk.IndexOf(address, level);
            ulong entryAddress = table.Value + (ulong)index * sizeof(ulong);
            output.Write($"{LevelName(level),-4}[{index,3}] at 0x{entryAddress:x} = 0x{entry.Bits:x16}\n");
            bool isLeaf = walk.IsMapped && level == walk.LastLevel;
            WriteMeaning(entry, level, isLeaf, output);
            table = entry.Target;
        }
        WriteResult(walk, output);
    }

    private static void WriteMeaning(PageTableEntry entry, int level, bool isLeaf, TextSink output)
    {
        output.Write("           "u8);
        if (!entry.IsPresent)
        {
            output.Write("not present"u8);
            output.Write(entry.Bits == 0 ? ": nothing here\n"u8 : "; the processor ignores the other bits\n"u8);
            return;
        }
        PageFlags flags = entry.Flags;
        if (isLeaf)
            output.Write($"{PageSizeName(level)} page of memory at 0x{LeafTarget(entry, level):x}\n           ");
        else
            output.Write($"table at 0x{entry.Target.Value:x}\n           ");
        output.Write("present"u8);
        output.Write((flags & PageFlags.Writable) != 0 ? ", writable"u8 : ", read-only"u8);
        output.Write((flags & PageFlags.User) != 0 ? ", user"u8 : ", supervisor"u8);
        output.Write((flags & PageFlags.NoExecute) != 0 ? ", no-execute"u8 : ", executable"u8);
        output.Write((flags & PageFlags.Accessed) != 0 ? ", accessed"u8 : ", not accessed"u8);
        if (isLeaf)
            WriteLeafFlags(entry, level, output);
        else
            output.Write(CacheName(entry, level, isLeaf));
        ulong software = entry.Bits & SoftwareBits;
        if (software != 0)
            output.Write($", software bits 0x{software:x}");
        output.WriteLine();
    }

    private static void WriteLeafFlags(PageTableEntry entry, int level, TextSink output)
    {
        PageFlags flags = entry.Flags;
        output.Write((flags & PageFlags.Dirty) != 0 ? ", dirty"u8 : ", clean"u8);
        output.Write("\n           "u8);
        output.Write((flags & PageFlags.Global) != 0 ? "global"u8 : "not global"u8);
        output.Write(CacheName(entry, level, isLeaf: true));
    }

    /// <summary>The last line: what all levels together allow.</summary>
    private static void WriteResult(PageTableWalk walk, TextSink output)
    {
        if (!walk.IsMapped)
        {
            output.Write($"not mapped: the walk ends in the {LevelName(walk.LastLevel)}; an access raises a page fault\n");
            return;
        }
        output.Write($"=> physical 0x{walk.Physical.Value:x16}, ");
        output.Write(walk.IsUser ? "user and kernel may read"u8 : "kernel may read"u8);
        if (walk.IsWritable)
            output.Write(walk.IsExecutable ? ", write"u8 : " and write"u8);
        if (walk.IsExecutable)
            output.Write(" and execute"u8);
        output.WriteLine();
    }

    /// <summary>The cache policy that an entry selects in the page-attribute table.</summary>
    private static ReadOnlySpan<byte> CacheName(PageTableEntry entry, int level, bool isLeaf)
    {
        ulong patBit = !isLeaf ? 0 : level == 1 ? SmallPat : LargePat;
        int index = (entry.Bits & patBit) != 0 ? PatIndexBit : 0;
        index |= (entry.Flags & PageFlags.CacheDisable) != 0 ? 2 : 0;
        index |= (entry.Flags & PageFlags.WriteThrough) != 0 ? 1 : 0;
        return (MemoryType)(byte)(PageAttributeTable >> (index * 8)) switch
        {
            MemoryType.Uncached => ", uncached"u8,
            MemoryType.WriteCombining => ", write-combining"u8,
            MemoryType.WriteThrough => ", write-through"u8,
            MemoryType.WriteProtected => ", write-protected"u8,
            MemoryType.WriteBack => ", write-back"u8,
            MemoryType.UncachedMinus => ", uncached unless MTRRs say write-combining"u8,
            _ => ", reserved cache policy"u8,
        };
    }

    private static ulong LeafTarget(PageTableEntry entry, int level) =>
        entry.Target.AlignDown(PageTableWalk.PageSizeAt(level)).Value;

    private static ReadOnlySpan<byte> LevelName(int level) => level switch
    {
        4 => "PML4"u8,
        3 => "PDPT"u8,
        2 => "PD"u8,
        _ => "PT"u8,
    };

    private static ReadOnlySpan<byte> PageSizeName(int level) => level switch
    {
        3 => "1 GiB"u8,
        2 => "2 MiB"u8,
        _ => "4 KiB"u8,
    };
}
