using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosVm.SymbolTool;

/// <summary>Writes the unwind table that the kernel embeds. README.md beside this file describes the format.</summary>
public static class UnwindTableWriter
{
    /// <summary>The table's first 8 bytes; the last digits are the version of the format.</summary>
    public static ReadOnlySpan<byte> Magic => "CVMUNW01"u8;

    private const string StartSymbol = "__unwind_start";
    private const int HeaderSize = 40;
    private const int IndexEntrySize = 8;
    private const int GroupSize = 16;
    private const byte SignalFrame = 1;

    /// <summary>Makes the table of a linked file, to be placed at its symbol __unwind_start.</summary>
    /// <param name="elf">The file; its functions and constants must not move any more.</param>
    /// <param name="frames">What <see cref="FrameReader"/> read from it.</param>
    public static byte[] Write(ElfFile elf, IReadOnlyList<FunctionFrame> frames)
    {
        ulong address = elf.Symbols.Where(symbol => symbol.Name == StartSymbol).Select(symbol => symbol.Value).FirstOrDefault();
        var commonEntries = new List<byte>();
        var programs = new List<byte>();
        Dictionary<string, int> programOffsets = WritePrograms(frames, commonEntries, programs);

        // A copy is as large wherever it will be, so the first pass tells where the copies of the second begin.
        LanguageDataCopier languageData = new(elf, address);
        int groupsSize = WriteGroups(frames, programOffsets, languageData).Bytes.Count;
        int indexSize = (frames.Count + GroupSize - 1) / GroupSize * IndexEntrySize;
        int commonStart = HeaderSize + indexSize + groupsSize;
        int programStart = commonStart + commonEntries.Count;
        int languageStart = programStart + programs.Count;
        languageData = new(elf, address + (ulong)languageStart);
        (List<byte> groups, List<int> groupOffsets) = WriteGroups(frames, programOffsets, languageData);

        ulong origin = frames.Count == 0 ? 0 : frames[0].Start;
        var table = new List<byte>();
        table.AddRange(Magic);
        table.AddUInt64(origin);
        table.AddUInt32((uint)(languageStart + languageData.Bytes.Count));
        table.AddUInt32((uint)frames.Count);
        table.AddUInt32((uint)commonStart);
        table.AddUInt32((uint)programStart);
        table.AddUInt32((uint)languageStart);
        table.AddUInt32(0);
        for (int group = 0; group < groupOffsets.Count; group++)
        {
            table.AddUInt32((uint)(frames[group * GroupSize].Start - origin));
            table.AddUInt32((uint)(HeaderSize + indexSize + groupOffsets[group]));
        }

        return [.. table, .. groups, .. commonEntries, .. programs, .. languageData.Bytes];
    }

    /// <summary>Writes each different program once, the most frequent first: their offsets take fewer bytes.</summary>
    private static Dictionary<string, int> WritePrograms(IReadOnlyList<FunctionFrame> frames, List<byte> commonEntries, List<byte> programs)
    {
        var common = new Dictionary<string, int>(StringComparer.Ordinal);
        var offsets = new Dictionary<string, int>(StringComparer.Ordinal);
        IOrderedEnumerable<IGrouping<string, FunctionFrame>> byFrequency = frames
            .GroupBy(KeyOf, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, FunctionFrame> group in byFrequency)
        {
            FunctionFrame frame = group.First();
            string commonKey = KeyOf(frame.Common);
            if (!common.TryGetValue(commonKey, out int commonOffset))
            {
                common.Add(commonKey, commonOffset = commonEntries.Count);
                commonEntries.AddRange(WriteCommon(frame.Common));
            }

            offsets.Add(group.Key, programs.Count);
            var program = new List<byte>();
            program.AddUnsigned((ulong)commonOffset);
            program.AddUnsigned((ulong)frame.Instructions.Length);
            program.AddRange(frame.Instructions);
            programs.AddRange(program);
        }

        return offsets;
    }

    private static List<byte> WriteCommon(CommonFrame common)
    {
        var entry = new List<byte>();
        entry.Add(common.IsSignalFrame ? SignalFrame : (byte)0);
        entry.AddUnsigned(common.CodeAlignment);
        entry.AddSigned(common.DataAlignment);
        entry.AddUnsigned((ulong)common.Instructions.Length);
        entry.AddRange(common.Instructions);
        return entry;
    }

    private static (List<byte> Bytes, List<int> Offsets) WriteGroups(
        IReadOnlyList<FunctionFrame> frames, Dictionary<string, int> programOffsets, LanguageDataCopier languageData)
    {
        var groups = new List<byte>();
        var offsets = new List<int>();
        ulong previousEnd = 0;
        for (int index = 0; index < frames.Count; index++)
        {
            FunctionFrame frame = frames[index];
            if (frame.Start < previousEnd)
                throw new InvalidDataException($"two functions have unwind information for {frame.Start:x}");
            bool startsGroup = index % GroupSize == 0;
            if (startsGroup)
                offsets.Add(groups.Count);
            groups.AddUnsigned(startsGroup ? 0 : frame.Start - previousEnd);
            groups.AddUnsigned(frame.Length);
            groups.AddUnsigned((ulong)programOffsets[KeyOf(frame)]);
            groups.AddUnsigned(languageData.Copy(frame.LanguageData));
            previousEnd = frame.Start + frame.Length;
        }

        return (groups, offsets);
    }

    private static string KeyOf(FunctionFrame frame) => $"{KeyOf(frame.Common)} {Convert.ToHexString(frame.Instructions)}";

    private static string KeyOf(CommonFrame common) =>
        FormattableString.Invariant($"{common.IsSignalFrame} {common.CodeAlignment} {common.DataAlignment} {Convert.ToHexString(common.Instructions)}");
}
