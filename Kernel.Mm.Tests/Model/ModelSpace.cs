using System;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>A question about a page.</summary>
internal delegate bool PageTest(in ModelPage page);

/// <summary>Pages that limits count.</summary>
internal readonly record struct PageCounts(ulong Mapped, ulong Data, ulong Locked)
{
    /// <summary>With more pages that are mapped alike.</summary>
    public PageCounts Plus(ulong pages, VAreaFlags flags, Protection protection) => new(
        Mapped + pages,
        Data + ((flags & VAreaFlags.Private) != 0 && (protection & Protection.Write) != 0 ? pages : 0),
        Locked + ((flags & VAreaFlags.Locked) != 0 ? pages : 0));

    /// <summary>Whether something that grows to this goes over a limit: one for a count that doesn't grow refuses nothing.</summary>
    public bool IsOver(SpaceLimits limits, PageCounts before) =>
        (Mapped > before.Mapped && Mapped > limits.Mapped) || (Data > before.Data && Data > limits.Data) || (Locked > before.Locked && Locked > limits.Locked);
}

/// <summary>An address space and what the model knows about it: one record for each page of a window of 20 MiB.</summary>
internal sealed class ModelSpace
{
    public const int BlockPages = (int)SpaceExtensions.BlockPages;
    public const int WindowBlocks = 10;
    public const int WindowPages = WindowBlocks * BlockPages;

    /// <summary>The window lies around a multiple of 1 GiB, so that it has two tables above its leaf tables.</summary>
    public static readonly VirtualAddress WindowStart = new((5UL << 30) - WindowBlocks / 2 * Page.LargeSize);

    public static readonly PageRange Window = new(WindowStart, WindowPages);

    private readonly ModelPage[] _pages;

    public ModelSpace(AddressSpace real, string name)
    {
        Real = real;
        Name = name;
        _pages = new ModelPage[WindowPages];
    }

    private ModelSpace(ModelSpace other, AddressSpace real, string name)
    {
        Real = real;
        Name = name;
        Limits = other.Limits;
        _pages = (ModelPage[])other._pages.Clone();
    }

    public AddressSpace Real { get; }

    /// <summary>How counterexamples call it.</summary>
    public string Name { get; }

    public Span<ModelPage> Pages => _pages;

    /// <summary>Address of its first page; the kernel's space has another than all others.</summary>
    public VirtualAddress Start { get; init; } = WindowStart;

    public SpaceLimits Limits { get; set; } = SpaceLimits.None;

    public bool IsFrozen { get; private set; }

    /// <summary>What it held when it was frozen; null if it isn't.</summary>
    public FrozenPages? FrozenPages { get; set; }

    /// <summary>Whether it was frozen with pages that were freed lazily and not written since.</summary>
    public bool HasLazyPages { get; set; }

    /// <summary>The object that guests of the frozen space show.</summary>
    public ModelFrozen? Frozen { get; private set; }

    public static VirtualAddress At(int page) => WindowStart + (ulong)page * Page.Size;

    /// <summary>As <see cref="At"/>, in any space.</summary>
    public VirtualAddress AddressOf(int page) => Start + (ulong)page * Page.Size;

    public static int PageOf(VirtualAddress address) => (int)((address - WindowStart) / Page.Size);

    public static PageRange Range(int page, int pages) => new(At(page), (ulong)pages);

    /// <summary>The pages of a part of the window.</summary>
    public Span<ModelPage> In(PageRange range) => _pages.AsSpan(PageOf(range.Start), (int)range.Pages);

    /// <summary>What the limits are about: all pages, or those of a part of the window.</summary>
    public PageCounts Count() => Count(Window);

    /// <inheritdoc cref="Count()"/>
    public PageCounts Count(PageRange range)
    {
        PageCounts counts = default;
        foreach (ref readonly ModelPage page in In(range))
            if (page.IsMapped)
                counts = counts.Plus(1, page.Flags, page.Protection);
        return counts;
    }

    /// <summary>The first page from one on, around the window, that is mapped; -1 if none is.</summary>
    public int NextMapped(int page) => Next(page, static (in ModelPage page) => page.IsMapped);

    /// <summary>The first page from one on, around the window, that is as wanted; -1 if none is.</summary>
    public int Next(int page, PageTest test)
    {
        for (int i = page; i < WindowPages; i++)
            if (test(_pages[i]))
                return i;
        for (int i = 0; i < page; i++)
            if (test(_pages[i]))
                return i;
        return -1;
    }

    /// <summary>The page behind the last one of the varea that a page is in.</summary>
    public int AreaEnd(int page)
    {
        while (page + 1 < WindowPages && _pages[page].IsContinuedBy(_pages[page + 1]))
            page++;
        return page + 1;
    }

    /// <summary>The first page of the varea that a page is in.</summary>
    public int AreaStart(int page)
    {
        while (page > 0 && _pages[page - 1].IsMapped && _pages[page - 1].IsContinuedBy(_pages[page]))
            page--;
        return page;
    }

    /// <summary>Vareas are cut at both ends of a range: a caller's record keeps what is before a cut.</summary>
    public void CutAround(PageRange range)
    {
        CutAt(PageOf(range.Start));
        CutAt(PageOf(range.Start) + (int)range.Pages);
    }

    private void CutAt(int page)
    {
        if (page == 0 || page >= WindowPages || _pages[page].Storage is not { } storage || _pages[page - 1].Storage != storage)
            return;
        for (int i = page; i < WindowPages && _pages[i].Storage == storage; i++)
            _pages[i].LeaveStorage();
    }

    /// <summary>The page behind the last of consecutive mapped ones.</summary>
    public int MappedEnd(int page)
    {
        while (page < WindowPages && _pages[page].IsMapped)
            page++;
        return page;
    }

    /// <summary>Whether pages are free; those outside the window are.</summary>
    public bool IsFree(int page, int pages)
    {
        int start = int.Max(page, 0), end = int.Min(page + pages, WindowPages);
        for (int i = start; i < end; i++)
            if (_pages[i].IsMapped)
                return false;
        return true;
    }

    /// <summary>The highest free run of pages with a start that is a multiple of an alignment in pages; -1 if there is none.</summary>
    public int HighestFree(int pages, int lowest, int end, int alignment)
    {
        int start = AlignDown(end - pages, alignment);
        while (start >= lowest)
        {
            int mapped = pages - 1;
            while (mapped >= 0 && !_pages[start + mapped].IsMapped)
                mapped--;
            if (mapped < 0)
                return start;
            start = AlignDown(start + mapped - pages, alignment);
        }
        return -1;
    }

    private static int AlignDown(int page, int alignment) => page < 0 ? -1 : page / alignment * alignment;

    /// <summary>What a child is at the instant of a fork.</summary>
    public ModelSpace Fork(AddressSpace real, string name)
    {
        var child = new ModelSpace(this, real, name);
        foreach (ref ModelPage page in child.Pages)
        {
            page.Pin = 0;
            if ((page.Flags & VAreaFlags.DontFork) != 0)
                page = default;
            else if ((page.Flags & VAreaFlags.WipeOnFork) != 0)
                page.Drop();
            page.Flags &= ~VAreaFlags.Locked;
            page.LeaveStorage();
        }
        return child;
    }

    public void Freeze()
    {
        IsFrozen = true;
        Frozen = new ModelFrozen(this);
        foreach (ref ModelPage page in Pages)
            if (page.IsMapped && !page.IsPrivate)
                page = default;
    }

    /// <summary>A space that shows this one, which is frozen.</summary>
    public ModelSpace Duplicate(AddressSpace real, string name)
    {
        var duplicate = new ModelSpace(this, real, name);
        for (int i = 0; i < WindowPages; i++)
        {
            ref ModelPage page = ref duplicate._pages[i];
            if (!page.IsMapped)
                continue;
            page.Drop();
            page.Object = Frozen;
            page.Offset = ModelFrozen.FirstPage + i;
            page.Flags &= ~(VAreaFlags.Locked | VAreaFlags.WipeOnFork);
            page.LeaveStorage();
        }
        return duplicate;
    }
}
