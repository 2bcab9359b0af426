using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CosmosVm.SymbolTool;

/// <summary>Writes the table that the kernel embeds. README.md beside this file describes the format.</summary>
public static class SymbolTableWriter
{
    /// <summary>The table's first 8 bytes; the last digits are the version of the format.</summary>
    public static ReadOnlySpan<byte> Magic => "CVMSYM01"u8;

    private const int HeaderSize = 40;
    private const int GroupSize = 16;

    /// <summary>Makes the table of <paramref name="methods"/>, which are ascending and don't overlap.</summary>
    public static byte[] Write(IReadOnlyList<Method> methods)
    {
        List<string> names = [.. methods.Select(method => method.Name).Distinct().Order(StringComparer.Ordinal)];
        List<string> files = [.. methods.SelectMany(method => method.Lines).Select(line => line.File).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> nameIndex = Index(names);
        Dictionary<string, int> fileIndex = Index(files);

        ulong origin = methods.Count == 0 ? 0 : methods[0].Start;
        int groupCount = (methods.Count + GroupSize - 1) / GroupSize;
        var table = new List<byte>(new byte[HeaderSize + (groupCount * 8)]);
        for (int group = 0; group < groupCount; group++)
        {
            Put32(table, HeaderSize + (group * 8), (uint)(methods[group * GroupSize].Start - origin));
            Put32(table, HeaderSize + (group * 8) + 4, (uint)table.Count);
            ulong previousEnd = methods[group * GroupSize].Start;
            foreach (Method method in methods.Skip(group * GroupSize).Take(GroupSize))
            {
                byte[] lines = WriteLines(method, fileIndex);
                table.AddUnsigned(method.Start - previousEnd);
                table.AddUnsigned(method.Length);
                table.AddUnsigned((ulong)nameIndex[method.Name]);
                table.AddUnsigned((ulong)lines.Length);
                table.AddRange(lines);
                previousEnd = method.Start + method.Length;
            }
        }

        int nameTable = AddStrings(table, names);
        int fileTable = AddStrings(table, files);
        for (int index = 0; index < Magic.Length; index++)
            table[index] = Magic[index];
        Put32(table, 8, (uint)origin);
        Put32(table, 12, (uint)(origin >> 32));
        Put32(table, 16, (uint)table.Count);
        Put32(table, 20, (uint)methods.Count);
        Put32(table, 24, HeaderSize);
        Put32(table, 28, (uint)nameTable);
        Put32(table, 32, (uint)fileTable);
        return [.. table];
    }

    private static byte[] WriteLines(Method method, Dictionary<string, int> fileIndex)
    {
        var bytes = new List<byte>();
        ulong address = method.Start;
        int file = -1;
        int line = 0;
        foreach (MethodLine row in method.Lines)
        {
            int nextFile = fileIndex[row.File];
            bool changesFile = nextFile != file;
            bytes.AddUnsigned(((row.Address - address) << 1) | (changesFile ? 1UL : 0UL));
            if (changesFile)
                bytes.AddUnsigned((ulong)nextFile);
            int delta = row.Line - line;
            bytes.AddUnsigned((uint)((delta << 1) ^ (delta >> 31)));
            (address, file, line) = (row.Address, nextFile, row.Line);
        }

        return [.. bytes];
    }

    /// <summary>Adds a string table and returns where it begins.</summary>
    private static int AddStrings(List<byte> table, List<string> strings)
    {
        while (table.Count % 4 != 0)
            table.Add(0);
        int start = table.Count;
        int groupCount = (strings.Count + GroupSize - 1) / GroupSize;
        table.AddRange(new byte[4 + (groupCount * 4)]);
        Put32(table, start, (uint)strings.Count);
        byte[] previous = [];
        for (int index = 0; index < strings.Count; index++)
        {
            if (index % GroupSize == 0)
            {
                Put32(table, start + 4 + (index / GroupSize * 4), (uint)table.Count);
                previous = [];
            }

            byte[] text = Encoding.UTF8.GetBytes(strings[index]);
            int shared = text.AsSpan().CommonPrefixLength(previous);
            table.AddUnsigned((ulong)shared);
            table.AddUnsigned((ulong)(text.Length - shared));
            table.AddRange(text.AsSpan(shared));
            previous = text;
        }

        return start;
    }

    private static Dictionary<string, int> Index(List<string> strings)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in strings)
            index.Add(text, index.Count);
        return index;
    }

    private static void Put32(List<byte> bytes, int offset, uint value)
    {
        Span<byte> raw = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(raw, value);
        for (int index = 0; index < raw.Length; index++)
            bytes[offset + index] = raw[index];
    }
}
