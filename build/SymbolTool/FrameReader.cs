using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace CosmosVm.SymbolTool;

/// <summary>Reads .eh_frame of a linked file (Linux Standard Base 5, 10.6.1; DWARF 5, 6.4).</summary>
public static class FrameReader
{
    private const string SectionName = ".eh_frame";
    private const uint ExtendedLength = 0xffffffff;
    private const byte Version = 1;

    /// <summary>DW_EH_PE_pcrel | DW_EH_PE_sdata4: what the assembler and ilc write.</summary>
    private const byte RelativeEncoding = 0x1b;

    /// <summary>DWARF's number of the return address column of x86-64.</summary>
    private const byte ReturnAddressNumber = 16;

    /// <summary>All functions with unwind information, ascending.</summary>
    /// <exception cref="InvalidDataException">It has something that the kernel's reader would not understand.</exception>
    public static List<FunctionFrame> ReadAll(ElfFile elf)
    {
        ElfSection section = elf.Sections.FirstOrDefault(section => section.Name == SectionName);
        var reader = new ByteReader(elf.Contents(SectionName).Span);
        var common = new Dictionary<int, (CommonFrame Frame, bool HasLanguageData)>();
        var frames = new List<FunctionFrame>();
        while (!reader.IsAtEnd)
        {
            int start = reader.Position;
            uint length = reader.UInt32();
            if (length == 0)
                continue;
            if (length == ExtendedLength)
                throw new InvalidDataException("unwind information with 64-bit lengths is not supported");
            int identifierPosition = reader.Position;
            var entry = new ByteReader(reader.Take(length));
            uint distance = entry.UInt32();
            if (distance == 0)
            {
                common.Add(start, ReadCommon(ref entry));
                continue;
            }

            if (!common.TryGetValue(identifierPosition - (int)distance, out (CommonFrame Frame, bool HasLanguageData) parent))
                throw new InvalidDataException("a function's unwind information refers to no common entry");
            frames.Add(ReadFunction(ref entry, section.Address + (ulong)identifierPosition, parent.Frame, parent.HasLanguageData));
        }

        frames.Sort((left, right) => left.Start.CompareTo(right.Start));
        return frames;
    }

    private static (CommonFrame Frame, bool HasLanguageData) ReadCommon(ref ByteReader entry)
    {
        byte version = entry.Byte();
        var letters = new StringBuilder();
        for (byte letter = entry.Byte(); letter != 0; letter = entry.Byte())
            letters.Append((char)letter);
        string augmentation = letters.ToString();
        ulong codeAlignment = entry.Unsigned();
        long dataAlignment = entry.Signed();
        byte returnAddress = entry.Byte();
        if (version != Version || !augmentation.StartsWith('z') || !augmentation.Contains('R') || returnAddress != ReturnAddressNumber)
            throw new InvalidDataException($"unwind information of version {version}, kind \"{augmentation}\" is not supported");

        var data = new ByteReader(entry.Take(entry.Unsigned()));
        foreach (char letter in augmentation.AsSpan(1))
        {
            bool isSupported = letter == 'S' || (letter is 'L' or 'R' && data.Byte() == RelativeEncoding);
            if (!isSupported)
                throw new InvalidDataException($"unwind information of kind \"{augmentation}\" is not supported");
        }

        byte[] instructions = CallFrameInstructions.WithoutPadding(Rest(ref entry));
        return (new CommonFrame(augmentation.Contains('S'), codeAlignment, dataAlignment, instructions), augmentation.Contains('L'));
    }

    /// <param name="entry">Behind the distance to the common entry.</param>
    /// <param name="address">Where the entry, the distance included, would be in memory.</param>
    /// <param name="common">The common entry.</param>
    /// <param name="hasLanguageData">Whether there is a reference to language-specific data, which may be null.</param>
    private static FunctionFrame ReadFunction(ref ByteReader entry, ulong address, CommonFrame common, bool hasLanguageData)
    {
        ulong start = ReadReference(ref entry, address);
        ulong length = entry.UInt32();
        ulong augmentationLength = entry.Unsigned();
        int augmentationEnd = entry.Position + (int)augmentationLength;
        ulong languageData = hasLanguageData ? ReadReference(ref entry, address) : 0;
        if (entry.Position != augmentationEnd)
            throw new InvalidDataException($"the unwind information of {start:x} holds something unknown");
        return new FunctionFrame(start, length, common, CallFrameInstructions.WithoutPadding(Rest(ref entry)), languageData);
    }

    private static ulong ReadReference(ref ByteReader entry, ulong address)
    {
        ulong position = address + (ulong)entry.Position;
        int distance = entry.Int32();
        return distance == 0 ? 0 : position + (ulong)distance;
    }

    private static ReadOnlySpan<byte> Rest(ref ByteReader entry) => entry.Take((ulong)entry.Remaining);
}
