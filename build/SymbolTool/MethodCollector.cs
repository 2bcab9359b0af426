using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosVm.SymbolTool;

/// <summary>Joins the symbols of a linked kernel with its line table.</summary>
public static class MethodCollector
{
    /// <summary>ilc marks code that comes from no line with line numbers from here on.</summary>
    private const int FirstHiddenLine = 0xf00000;

    /// <summary>All methods, assembly routines and exception types of <paramref name="elf"/>, ascending and without overlap.</summary>
    public static List<Method> Collect(ElfFile elf, MethodNames names)
    {
        List<(ulong Start, ulong End, string Name)> ranges = CollectRanges(elf, names);
        List<LineRow> rows = DwarfLineReader.ReadAll(elf);
        var methods = new List<Method>(ranges.Count);
        int row = 0;
        foreach ((ulong start, ulong end, string name) in ranges)
        {
            while (row < rows.Count && rows[row].Address < start)
                row++;
            var lines = new List<MethodLine>();
            for (; row < rows.Count && rows[row].Address < end; row++)
                AddLine(lines, rows[row]);
            methods.Add(new Method(start, end - start, name, lines));
        }

        AddExceptionTypes(elf, names, methods);
        return methods;
    }

    /// <summary>
    /// Adds the method tables of exception types under the types' names: the kernel has no reflection, and a panic
    /// names the exception by looking up where its method table is.
    /// </summary>
    private static void AddExceptionTypes(ElfFile elf, MethodNames names, List<Method> methods)
    {
        foreach (ElfSymbol symbol in elf.Symbols.OrderBy(symbol => symbol.Value))
        {
            if (!names.TryResolveExceptionType(symbol.Name, out string readable))
                continue;
            Method? last = methods.Count > 0 ? methods[^1] : null;
            if (last is null || symbol.Value >= last.Start + last.Length)
                methods.Add(new Method(symbol.Value, 1, readable, []));
        }
    }

    /// <summary>Adds a row unless it says what is known: ilc often writes several rows for one line.</summary>
    private static void AddLine(List<MethodLine> lines, LineRow row)
    {
        if (row.IsEnd || row.Line is <= 0 or >= FirstHiddenLine)
            return;
        if (lines.Count > 0 && lines[^1].Address == row.Address)
            lines.RemoveAt(lines.Count - 1);
        if (lines.Count > 0 && lines[^1].Line == row.Line && lines[^1].File == row.File)
            return;
        lines.Add(new MethodLine(row.Address, row.File, row.Line));
    }

    private static List<(ulong Start, ulong End, string Name)> CollectRanges(ElfFile elf, MethodNames names)
    {
        // Of several symbols at one address, a C# method wins over its exported name, and that over a plain label.
        var candidates = elf.Symbols
            .Where(symbol => symbol.SectionIndex < elf.Sections.Count && elf.Sections[symbol.SectionIndex].IsCode)
            .Where(symbol => symbol.IsFunction || !symbol.IsTyped)
            .Select(symbol => (Symbol: symbol, IsManaged: names.TryResolve(symbol.Name, out string readable), Readable: readable))
            .GroupBy(candidate => candidate.Symbol.Value)
            .Select(group => group
                .OrderByDescending(candidate => candidate.IsManaged)
                .ThenByDescending(candidate => candidate.Symbol.IsFunction)
                .ThenByDescending(candidate => candidate.Symbol.Size)
                .ThenBy(candidate => candidate.Symbol.Name, StringComparer.Ordinal)
                .First())
            .OrderBy(candidate => candidate.Symbol.Value)
            .ToList();
        var ranges = new List<(ulong, ulong, string)>(candidates.Count);
        for (int index = 0; index < candidates.Count; index++)
        {
            ElfSymbol symbol = candidates[index].Symbol;
            ElfSection section = elf.Sections[symbol.SectionIndex];
            ulong limit = section.Address + section.Size;
            if (index + 1 < candidates.Count)
                limit = Math.Min(limit, candidates[index + 1].Symbol.Value);
            ulong end = symbol.Size == 0 ? limit : Math.Min(limit, symbol.Value + symbol.Size);
            if (end > symbol.Value)
                ranges.Add((symbol.Value, end, candidates[index].Readable));
        }

        return ranges;
    }
}
