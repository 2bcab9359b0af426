using System.Diagnostics;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Objects;

/// <summary>
/// Which frame holds which page of an object: a radix tree whose nodes are frames of 512 words. A lookup takes one step
/// for each 9 bits of the highest page number so far.
/// </summary>
/// <remarks>Guarded by the object's lock. A node's descriptor counts its words in use in <see cref="FrameDescriptor.Mappings"/>.</remarks>
internal unsafe struct PageIndex
{
    private const int BitsPerLevel = 9;
    private const int LargestHeight = 6;

    /// <summary>Words of a node.</summary>
    public const int WordsPerNode = 1 << BitsPerLevel;

    private FrameAllocator _frames;

    // A node's physical address, or zero; leaf words are addresses of pages.
    private ulong _root;
    private int _height;

    /// <summary>Pages that it holds.</summary>
    public ulong Count { get; private set; }

    /// <summary>Frames of its nodes.</summary>
    public ulong NodeCount { get; private set; }

    /// <summary>Makes it empty.</summary>
    public void Initialize(FrameAllocator frames)
    {
        _frames = frames;
        _root = 0;
        _height = 0;
        Count = 0;
        NodeCount = 0;
    }

    /// <summary>The frame of a page, if there is one.</summary>
    public readonly FrameNumber? Find(ulong page)
    {
        if (!IsInReach(page))
            return null;
        ulong word = _root;
        for (int level = _height; level > 0 && word != 0; level--)
            word = Node(word)[IndexAt(page, level)];
        return word == 0 ? null : new PhysicalAddress(word).Frame;
    }

    /// <summary>The first page of a range that has a frame. A step for each word that leads nowhere, whatever lies below it.</summary>
    /// <param name="page">The range's first.</param>
    /// <param name="end">The page behind it, at most that of the largest file.</param>
    /// <returns>Null if there is none.</returns>
    public readonly ulong? FindNext(ulong page, ulong end)
    {
        while (page < end && _root != 0 && IsInReach(page))
        {
            ulong word = _root;
            int level = _height;
            while (level > 0 && (word = Node(word)[IndexAt(page, level)]) != 0)
                level--;
            if (level == 0)
                return page;
            int shift = (level - 1) * BitsPerLevel;
            page = ((page >> shift) + 1) << shift;
        }
        return null;
    }

    /// <summary>The words of a page and of those behind it in the same node; each is a frame's address, or zero.</summary>
    /// <param name="page">The first.</param>
    /// <param name="count">How many words there are.</param>
    /// <returns>Null if the node is missing: none of the pages has a frame.</returns>
    public readonly ulong* WordsAt(ulong page, out int count)
    {
        count = WordsPerNode - IndexAt(page, 1);
        if (!IsInReach(page))
            return null;
        ulong node = _root;
        for (int level = _height; level > 1 && node != 0; level--)
            node = Node(node)[IndexAt(page, level)];
        return node == 0 ? null : Node(node) + IndexAt(page, 1);
    }

    /// <summary>Records the frame of a page that has none. Frame zero, which is never handed out (<see cref="EarlyFrameAllocator"/>), would be none.</summary>
    /// <returns>False when memory for a node has run out; nothing changed for any page then.</returns>
    public bool Add(ulong page, FrameNumber frame)
    {
        Debug.Assert(frame.Value != 0);
        while (!IsInReach(page))
            if (!AddLevel())
                return false;
        ulong* word = null;
        ulong node = _root;
        for (int level = _height; level > 0; level--)
        {
            ulong parent = node;
            word = Node(parent) + IndexAt(page, level);
            if (level == 1)
            {
                Debug.Assert(*word == 0);
                *word = frame.Address.Value;
                Descriptor(parent)->Mappings++;
            }
            else if (*word == 0)
            {
                if (NewNode() is not { } created)
                    return false;
                *word = created;
                Descriptor(parent)->Mappings++;
            }
            node = *word;
        }
        Count++;
        return true;
    }

    /// <summary>Takes out some page, freeing nodes that become empty.</summary>
    /// <returns>Its frame; null when none is left.</returns>
    public FrameNumber? TakeAny()
    {
        if (_root == 0)
            return null;
        FrameNumber? taken = TakeAny(_root, _height);
        FreeEmptyRoot();
        return taken;
    }

    /// <summary>Takes out the first page of a range, freeing nodes that become empty.</summary>
    /// <param name="first">Where the range begins; moves on behind the page that was taken.</param>
    /// <param name="end">The page behind the range.</param>
    /// <returns>Its frame; null when none is left in the range.</returns>
    public FrameNumber? TakeFirst(ref ulong first, ulong end)
    {
        if (_root == 0 || first >= end || !IsInReach(first))
            return null;
        ulong reach = IsInReach(end - 1) ? end : 1UL << (_height * BitsPerLevel);
        FrameNumber? taken = TakeFirst(_root, _height, 0, ref first, reach);
        FreeEmptyRoot();
        return taken;
    }

    /// <summary>Empties it: every page's frame loses the index's reference.</summary>
    public void DropAll(MemoryManager manager)
    {
        ulong at = 0;
        while (TakeFirst(ref at, ulong.MaxValue) is { } frame)
            manager.DropReference(frame);
        // What a failed addition left holds no page.
        if (TakeAny() is { } left)
            manager.DropReference(left);
    }

    /// <summary>Counts, for each frame in the index, one more in an array by frame number.</summary>
    /// <returns>Frames in the index.</returns>
    public readonly ulong Tally(uint* references) => _root == 0 ? 0 : Tally(_root, _height, references);

    private static ulong Tally(ulong node, int level, uint* references)
    {
        ulong found = 0;
        for (int index = 0; index < WordsPerNode; index++)
        {
            ulong word = Node(node)[index];
            if (word == 0)
                continue;
            if (level > 1)
            {
                found += Tally(word, level - 1, references);
                continue;
            }
            references[new PhysicalAddress(word).Frame.Value]++;
            found++;
        }
        return found;
    }

    private FrameNumber? TakeAny(ulong node, int level)
    {
        ulong* words = Node(node);
        for (int index = WordsPerNode - 1; index >= 0; index--)
        {
            ulong word = words[index];
            if (word == 0)
                continue;
            FrameNumber? taken;
            if (level == 1)
            {
                taken = new PhysicalAddress(word).Frame;
                Count--;
            }
            else
            {
                taken = TakeAny(word, level - 1);
                if (Descriptor(word)->Mappings != 0)
                    return taken;
                FreeNode(word);
            }
            words[index] = 0;
            Descriptor(node)->Mappings--;
            // A node that a failed addition left empty holds no page.
            if (taken is not null)
                return taken;
        }
        return null;
    }

    /// <param name="node">A node.</param>
    /// <param name="level">Its level.</param>
    /// <param name="start">The first page that it can hold.</param>
    /// <param name="first">As for the range.</param>
    /// <param name="end">Behind the range.</param>
    private FrameNumber? TakeFirst(ulong node, int level, ulong start, ref ulong first, ulong end)
    {
        ulong* words = Node(node);
        int shift = (level - 1) * BitsPerLevel;
        int last = (int)ulong.Min((end - 1 - start) >> shift, WordsPerNode - 1);
        for (int index = first > start ? (int)((first - start) >> shift) : 0; index <= last; index++)
        {
            ulong word = words[index];
            if (word == 0)
                continue;
            ulong page = start + ((ulong)index << shift);
            FrameNumber? taken;
            if (level == 1)
            {
                taken = new PhysicalAddress(word).Frame;
                first = page + 1;
                Count--;
            }
            else
            {
                taken = TakeFirst(word, level - 1, page, ref first, end);
                if (Descriptor(word)->Mappings != 0)
                {
                    if (taken is not null)
                        return taken;
                    continue;
                }
                FreeNode(word);
            }
            words[index] = 0;
            Descriptor(node)->Mappings--;
            if (taken is not null)
                return taken;
        }
        return null;
    }

    private void FreeEmptyRoot()
    {
        if (Descriptor(_root)->Mappings != 0)
            return;
        FreeNode(_root);
        _root = 0;
        _height = 0;
    }

    private readonly bool IsInReach(ulong page) => _height != 0 && (_height >= LargestHeight || page >> (_height * BitsPerLevel) == 0);

    private static int IndexAt(ulong page, int level) => (int)(page >> ((level - 1) * BitsPerLevel)) & (WordsPerNode - 1);

    private static ulong* Node(ulong address) => (ulong*)DirectMap.Pointer(new PhysicalAddress(address));

    private readonly FrameDescriptor* Descriptor(ulong node) => _frames.Table.Descriptor(new PhysicalAddress(node).Frame);

    /// <summary>Makes the tree one level higher.</summary>
    private bool AddLevel()
    {
        // An empty root serves at any height.
        if (_root == 0 || Descriptor(_root)->Mappings != 0)
        {
            if (NewNode() is not { } created)
                return false;
            if (_root != 0)
            {
                Node(created)[0] = _root;
                Descriptor(created)->Mappings = 1;
            }
            _root = created;
        }
        _height++;
        return true;
    }

    private ulong? NewNode()
    {
        if (_frames.AllocateZeroed(FrameOwner.Kernel) is not { } frame)
            return null;
        NodeCount++;
        return frame.Address.Value;
    }

    private void FreeNode(ulong node)
    {
        NodeCount--;
        _frames.FreeZeroed(new PhysicalAddress(node).Frame);
    }
}
