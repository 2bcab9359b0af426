using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosVm.SymbolTool;

/// <summary>What the build promises of a linked kernel.</summary>
public static class KernelCheck
{
    private const string TableSection = ".ksyms";
    private const string UnwindSection = ".unwind";

    /// <summary>How the namespace of the in-kernel tests, Kernel.SelfTests, shows in ilc's symbol names.</summary>
    private const string TestNamespace = "Kernel_SelfTests_";

    /// <summary>
    /// Bytes that the image takes in memory, .bss and in-kernel tests included, without its symbol and line tables.
    /// </summary>
    public static ulong KernelSize(ElfFile elf) =>
        elf.Sections.Where(section => section.IsLoaded && section.Name != TableSection)
            .Aggregate(0UL, (sum, section) => sum + section.Size);

    /// <summary>
    /// Bytes of <see cref="KernelSize"/> that are there for the in-kernel tests: methods, method tables, statics,
    /// dictionaries and dispatch cells whose names name the tests' namespace, generic code over the tests' types
    /// included. String literals have no such names and count as kernel.
    /// </summary>
    public static ulong TestSize(ElfFile elf)
    {
        ulong size = 0;
        for (int index = 0; index < elf.Sections.Count; index++)
        {
            ElfSection section = elf.Sections[index];
            if (section.IsLoaded && section.Name != TableSection)
                size += TestSize(elf, section, index);
        }

        return size;
    }

    /// <summary>
    /// A symbol reaches to the next one: ilc gives no sizes. Of several at one address, one that names no test makes
    /// the place part of the kernel.
    /// </summary>
    private static ulong TestSize(ElfFile elf, ElfSection section, int index)
    {
        ulong size = 0;
        ulong start = section.Address;
        bool isTest = false;
        foreach (IGrouping<ulong, ElfSymbol> place in elf.Symbols
            .Where(symbol => symbol.SectionIndex == index)
            .GroupBy(symbol => symbol.Value)
            .OrderBy(place => place.Key))
        {
            if (isTest)
                size += place.Key - start;
            start = place.Key;
            isTest = place.All(symbol => symbol.Name.Contains(TestNamespace, StringComparison.Ordinal));
        }

        return isTest ? size + section.Address + section.Size - start : size;
    }

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
