using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>What the model knows about a memory object.</summary>
internal abstract class ModelObject
{
    /// <summary>How counterexamples call it.</summary>
    public abstract string Name { get; }

    /// <summary>What vareas of it show; null for what is made anew for each.</summary>
    public virtual MemoryObject? Shown => null;

    public virtual bool Contains(long page) => true;

    public abstract Content Read(long page);

    public virtual void Write(long page, bool isSecond, byte value)
    {
    }
}

/// <summary>Zeros.</summary>
internal sealed class ModelZeros(ZeroObject real) : ModelObject
{
    public override string Name => "zeros";

    public override MemoryObject Shown => real;

    public override Content Read(long page) => default;
}

/// <summary>Addresses without memory: the bus answers with ones.</summary>
internal sealed class ModelDevice(PhysicalAddress start, long pages) : ModelObject
{
    public PhysicalAddress Start => start;

    public override string Name => "device";

    public override bool Contains(long page) => page < pages;

    public override Content Read(long page) => new(byte.MaxValue, byte.MaxValue);
}

/// <summary>Shared anonymous memory.</summary>
internal sealed class ModelShared(SharedAnonymousObject real, string name) : ModelObject
{
    private readonly Content[] _pages = new Content[real.Pages];

    public SharedAnonymousObject Real => real;

    public override string Name => name;

    public override MemoryObject Shown => real;

    public override bool Contains(long page) => page < _pages.Length;

    public override Content Read(long page) => _pages[page];

    public override void Write(long page, bool isSecond, byte value) => _pages[page] = _pages[page].With(isSecond, value);
}

/// <summary>The memory of a frozen space, by page number of the address.</summary>
internal sealed class ModelFrozen(ModelSpace space) : ModelObject
{
    /// <summary>Page number of the window's start.</summary>
    public static long FirstPage => (long)(ModelSpace.WindowStart.Value >> Page.Shift);

    public override string Name => space.Name;

    public override MemoryObject? Shown => space.Real.PrivateObject;

    public override bool Contains(long page) => IsInside(page) && PageAt(page) is { IsMapped: true, IsBeyondEnd: false };

    public override Content Read(long page) => PageAt(page).Content;

    /// <summary>The object that a page shows in the end, through however many frozen spaces; null for anonymous memory.</summary>
    /// <param name="page">The page; that of the object in the end.</param>
    /// <param name="isOwn">Whether a space has its own copy of that object's page.</param>
    public ModelObject? Follow(ref long page, out bool isOwn)
    {
        ModelFrozen at = this;
        while (IsInside(page))
        {
            ref readonly ModelPage shown = ref at.PageAt(page);
            page = shown.Offset;
            if (shown is { IsOwn: false, Object: ModelFrozen further })
            {
                at = further;
                continue;
            }
            isOwn = shown.IsOwn;
            return shown.Object;
        }
        isOwn = false;
        return null;
    }

    private static bool IsInside(long page) => page - FirstPage is >= 0 and < ModelSpace.WindowPages;

    private ref readonly ModelPage PageAt(long page) => ref space.Pages[(int)(page - FirstPage)];
}
