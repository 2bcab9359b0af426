namespace System.Runtime;

/// <summary>
/// Finds functions in the table that SymbolTool made of .eh_frame (section .unwind; build/SymbolTool/README.md
/// describes the format).
/// </summary>
/// <remarks>Reads nothing outside the table, whatever is in it; any address may be asked for. No state, no locks.</remarks>
internal readonly unsafe struct UnwindTableReader
{
    /// <summary>"CVMUNW01" as a little-endian number.</summary>
    private const ulong Magic = 0x3130574e554d5643;

    private const uint GroupSize = 16;
    private const byte SignalFrame = 1;

    private struct Header
    {
        public ulong Magic;
        public ulong Origin;
        public uint Size;
        public uint Functions;
        public uint CommonEntries;
        public uint Programs;
        public uint LanguageData;
    }

    private struct IndexEntry
    {
        public uint Start;
        public uint Group;
    }

    private readonly byte* _table;
    private readonly ulong _length;

    /// <summary>Looks at a table.</summary>
    /// <param name="table">Its first byte; aligned to 8 bytes.</param>
    /// <param name="length">In bytes; the table may be shorter.</param>
    public UnwindTableReader(byte* table, ulong length)
    {
        _table = table;
        _length = length;
    }

    /// <summary>Whether the header can be believed: its parts follow each other and end inside the table.</summary>
    public bool IsValid
    {
        get
        {
            var header = (Header*)_table;
            return _length >= (ulong)sizeof(Header)
                && header->Magic == Magic
                && header->Size <= _length
                && header->LanguageData <= header->Size
                && header->Programs <= header->LanguageData
                && header->CommonEntries <= header->Programs
                && (ulong)sizeof(Header) + GroupCount * (ulong)sizeof(IndexEntry) <= header->CommonEntries;
        }
    }

    private ulong GroupCount => ((ulong)((Header*)_table)->Functions + GroupSize - 1) / GroupSize;

    /// <summary>Finds the function that contains an instruction.</summary>
    /// <returns>False if the table has none, or is damaged.</returns>
    public bool TryFind(ulong address, out FunctionUnwindInformation information)
    {
        information = default;
        if (!IsValid)
            return false;
        var header = (Header*)_table;
        IndexEntry* entry = LastAtOrBelow(address - header->Origin);
        if (entry == null || entry->Group > header->CommonEntries)
            return false;

        var reader = new DwarfReader(_table + entry->Group, _table + header->CommonEntries);
        ulong start = header->Origin + entry->Start;
        for (uint function = 0; function < GroupSize && reader.Remaining != 0; function++)
        {
            start += reader.ReadUnsigned();
            ulong length = reader.ReadUnsigned();
            ulong program = reader.ReadUnsigned();
            ulong languageData = reader.ReadUnsigned();
            if (address < start)
                return false;
            if (address - start < length)
            {
                information.Start = start;
                information.End = start + length;
                return ReadProgram(program, ref information) && ReadLanguageData(languageData, ref information);
            }
            start += length;
        }
        return false;
    }

    private IndexEntry* LastAtOrBelow(ulong offset)
    {
        var table = (IndexEntry*)(_table + sizeof(Header));
        ulong low = 0;
        ulong high = GroupCount;
        while (low < high)
        {
            ulong middle = low + (high - low) / 2;
            if (table[middle].Start <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : table + (low - 1);
    }

    private bool ReadProgram(ulong program, ref FunctionUnwindInformation information)
    {
        var header = (Header*)_table;
        if (program >= header->LanguageData - header->Programs)
            return false;
        var reader = new DwarfReader(_table + header->Programs + program, _table + header->LanguageData);
        ulong commonEntry = reader.ReadUnsigned();
        ulong length = reader.ReadUnsigned();
        if (length > reader.Remaining || !ReadCommonEntry(commonEntry, ref information))
            return false;
        information.Instructions = reader.Position;
        information.InstructionsEnd = reader.Position + length;
        return true;
    }

    private bool ReadCommonEntry(ulong entry, ref FunctionUnwindInformation information)
    {
        var header = (Header*)_table;
        if (entry >= header->Programs - header->CommonEntries)
            return false;
        var reader = new DwarfReader(_table + header->CommonEntries + entry, _table + header->Programs);
        information.IsSignalFrame = (reader.ReadByte() & SignalFrame) != 0;
        information.CodeAlignment = reader.ReadUnsigned();
        information.DataAlignment = reader.ReadSigned();
        ulong length = reader.ReadUnsigned();
        if (length > reader.Remaining)
            return false;
        information.CommonInstructions = reader.Position;
        information.CommonInstructionsEnd = reader.Position + length;
        return true;
    }

    /// <summary>Turns a function's reference to its language-specific data, 0 or offset + 1, into an address.</summary>
    private bool ReadLanguageData(ulong reference, ref FunctionUnwindInformation information)
    {
        var header = (Header*)_table;
        if (reference > header->Size - header->LanguageData)
            return false;
        if (reference != 0)
            information.LanguageData = _table + header->LanguageData + (reference - 1);
        return true;
    }
}
