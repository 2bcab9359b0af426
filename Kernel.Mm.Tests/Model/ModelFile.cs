using Kernel.Mm.Objects;

namespace Kernel.Mm.Tests.Model;

/// <summary>A file: its size, and what each page holds at the two offsets that the test looks at.</summary>
internal sealed class ModelFile(FileObject real, int mostPages, uint secondOffset, string name) : ModelObject
{
    private readonly Content[] _pages = new Content[mostPages];

    public FileObject Real => real;

    /// <summary>No step makes it longer, in pages.</summary>
    public int MostPages => mostPages;

    /// <summary>In bytes.</summary>
    public ulong Size { get; private set; }

    public override string Name => name;

    public override MemoryObject Shown => real;

    public override bool Contains(long page) => (ulong)page < Page.CountFor(Size);

    public override Content Read(long page) => _pages[page];

    public override void Write(long page, bool isSecond, byte value) => _pages[page] = _pages[page].With(isSecond, value);

    /// <summary>Makes it longer, or shorter: what is behind the end is zero then.</summary>
    public void SetSize(ulong size)
    {
        if (size < Size)
            Fill(size, (ulong)mostPages * Page.Size, 0);
        Size = size;
    }

    /// <summary>Writes the same byte from one offset to another.</summary>
    public void Fill(ulong start, ulong end, byte value)
    {
        for (ulong page = start / Page.Size; page < Page.CountFor(end) && page < (ulong)mostPages; page++)
        {
            ulong first = page * Page.Size, second = first + secondOffset;
            if (first >= start && first < end)
                Write((long)page, false, value);
            if (second >= start && second < end)
                Write((long)page, true, value);
        }
    }
}
