using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>What .eh_frame says about one function or funclet.</summary>
internal unsafe struct FunctionUnwindInformation
{
    /// <summary>The first instruction.</summary>
    public ulong Start;

    /// <summary>One past the last byte of code.</summary>
    public ulong End;

    /// <summary>The language-specific data: ilc's exception table of the method, or null.</summary>
    public byte* LanguageData;

    /// <summary>The frame of an interrupt: whoever it returns to is at an exact address and had all its registers live.</summary>
    public bool IsSignalFrame;

    /// <summary>The unit of code advances.</summary>
    public ulong CodeAlignment;

    /// <summary>The unit of stack offsets.</summary>
    public long DataAlignment;

    /// <summary>The instructions that every function of the common entry starts with.</summary>
    public byte* CommonInstructions;

    /// <summary>Where they end.</summary>
    public byte* CommonInstructionsEnd;

    /// <summary>The function's own instructions.</summary>
    public byte* Instructions;

    /// <summary>Where they end.</summary>
    public byte* InstructionsEnd;

    /// <summary>The encoding of the entry's pointers.</summary>
    internal byte PointerEncoding;

    /// <summary>The encoding of <see cref="LanguageData"/>.</summary>
    internal byte LanguageDataEncoding;
}

/// <summary>Finds the unwind information of an address through the linker's sorted table (.eh_frame_hdr).</summary>
/// <remarks>Linux Standard Base 5, 10.6. Reads only the image's constants; any address may be asked for.</remarks>
internal static unsafe class UnwindTable
{
    private const byte HeaderVersion = 1;

    /// <summary>Table of pairs of signed 32-bit offsets from the header: the only form that linkers write.</summary>
    private const byte SearchTableEncoding = 0x3b;

    private struct SearchTableEntry
    {
        public int FunctionStart;
        public int Description;
    }

    [RuntimeImport("*", "ExceptionUnwindTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* GetHeader();

    /// <summary>Finds the function that contains an instruction.</summary>
    /// <returns>False if no unwind information covers the address.</returns>
    public static bool TryFind(ulong address, out FunctionUnwindInformation information)
    {
        information = default;
        byte* header = GetHeader();
        var reader = new DwarfReader(header);
        byte version = reader.ReadByte();
        byte frameEncoding = reader.ReadByte();
        byte countEncoding = reader.ReadByte();
        byte tableEncoding = reader.ReadByte();
        if (version != HeaderVersion || tableEncoding != SearchTableEncoding)
            return false;
        reader.ReadPointer(frameEncoding, (ulong)header);
        ulong count = reader.ReadPointer(countEncoding, (ulong)header);
        var table = (SearchTableEntry*)reader.Position;

        SearchTableEntry* entry = LastAtOrBelow(table, count, (long)(address - (ulong)header));
        if (entry == null)
            return false;
        return ReadDescription(header + entry->Description, out information)
            && address >= information.Start
            && address < information.End;
    }

    private static SearchTableEntry* LastAtOrBelow(SearchTableEntry* table, ulong count, long offset)
    {
        ulong low = 0;
        ulong high = count;
        while (low < high)
        {
            ulong middle = low + (high - low) / 2;
            if (table[middle].FunctionStart <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : table + (low - 1);
    }

    private static bool ReadDescription(byte* description, out FunctionUnwindInformation information)
    {
        information = default;
        var reader = new DwarfReader(description);
        uint length = reader.ReadUInt32();
        byte* end = reader.Position + length;
        byte* commonEntry = reader.Position;
        commonEntry -= reader.ReadUInt32();
        if (!ReadCommonEntry(commonEntry, ref information))
            return false;

        information.Start = reader.ReadPointer(information.PointerEncoding, 0);
        information.End = information.Start + reader.ReadFormatted(information.PointerEncoding & 0x0f);
        ulong augmentationLength = reader.ReadUnsigned();
        byte* instructions = reader.Position + augmentationLength;
        information.LanguageData = (byte*)reader.ReadPointer(information.LanguageDataEncoding, 0);
        information.Instructions = instructions;
        information.InstructionsEnd = end;
        return true;
    }

    private static bool ReadCommonEntry(byte* entry, ref FunctionUnwindInformation information)
    {
        const byte VersionOfGcc = 1;
        const byte VersionOfDwarf3 = 3;

        var reader = new DwarfReader(entry);
        uint length = reader.ReadUInt32();
        byte* end = reader.Position + length;
        reader.ReadUInt32();
        byte version = reader.ReadByte();
        if (version != VersionOfGcc && version != VersionOfDwarf3)
            return false;
        byte* augmentation = reader.Position;
        while (reader.ReadByte() != 0)
        {
        }
        if (*augmentation != (byte)'z')
            return false;
        information.CodeAlignment = reader.ReadUnsigned();
        information.DataAlignment = reader.ReadSigned();
        ulong returnAddress = version == VersionOfGcc ? reader.ReadByte() : reader.ReadUnsigned();
        if (returnAddress != ExceptionContext.ReturnAddressNumber)
            return false;
        ulong augmentationLength = reader.ReadUnsigned();
        information.CommonInstructions = reader.Position + augmentationLength;
        information.CommonInstructionsEnd = end;
        information.LanguageDataEncoding = DwarfReader.OmittedPointer;
        return ReadAugmentation(augmentation + 1, ref reader, ref information);
    }

    /// <summary>One letter for each thing that the augmentation data holds (Linux Standard Base 5, 10.6.1.1.1).</summary>
    private static bool ReadAugmentation(byte* letters, ref DwarfReader reader, ref FunctionUnwindInformation information)
    {
        for (; *letters != 0; letters++)
        {
            switch (*letters)
            {
                case (byte)'L':
                    information.LanguageDataEncoding = reader.ReadByte();
                    break;
                case (byte)'P':
                    byte personalityEncoding = reader.ReadByte();
                    reader.ReadFormatted(personalityEncoding & 0x0f);
                    break;
                case (byte)'R':
                    information.PointerEncoding = reader.ReadByte();
                    break;
                case (byte)'S':
                    information.IsSignalFrame = true;
                    break;
                default:
                    return false;
            }
        }
        return true;
    }
}
