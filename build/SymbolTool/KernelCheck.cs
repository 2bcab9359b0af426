using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosVm.SymbolTool;

/// <summary>What the build promises of a linked kernel.</summary>
public static class KernelCheck
{
    private const string TableSection = ".ksyms";
    private const string UnwindSection = ".unwind";

    /// <summary>Bytes that the image takes in memory, .bss included, without its symbol and line tables.</summary>
    public static ulong KernelSize(ElfFile elf) =>
        elf.Sections.Where(section => section.IsLoaded && section.Name != TableSection)
            .Aggregate(0UL, (sum, section) => sum + section.Size);

    /// <summary>Bytes that the symbol and line tables take.</summary>
    public static ulong TableSize(ElfFile elf) =>
        elf.Sections.Where(section => section.Name == TableSection).Aggregate(0UL, (sum, section) => sum + section.Size);

    /// <summary>
    /// Says which symbols of <paramref name="first"/>, from which the tables were made, stand elsewhere in
    /// <paramref name="final"/>. What lies behind the tables' start may move: symbols of the tables and the image's end.
    /// </summary>
    public static List<string> MovedSymbols(ElfFile first, ElfFile final)
    {
        ulong tableStart = final.Sections.Where(section => section.Name is TableSection or UnwindSection).Select(section => section.Address).Append(ulong.MaxValue).Min();
        var expected = new Dictionary<string, List<ulong>>();
        foreach (ElfSymbol symbol in first.Symbols)
        {
            if (!expected.TryGetValue(symbol.Name, out List<ulong>? values))
                expected.Add(symbol.Name, values = []);
            values.Add(symbol.Value);
        }

        var moved = new List<string>();
        foreach (ElfSymbol symbol in final.Symbols)
        {
            if (symbol.Value < tableStart
                && expected.TryGetValue(symbol.Name, out List<ulong>? values) && !values.Contains(symbol.Value))
                moved.Add(symbol.Name);
        }

        return moved;
    }
}
