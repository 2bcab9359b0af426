using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>What the model knows about a memory object.</summary>
internal abstract class ModelObject
{
    /// <summary>How counterexamples call it.</summary>
    public abstract string Name { get; }

    public virtual bool Contains(long page) => true;

    public abstract Content Read(long page);

    public virtual void Write(long page, bool isSecond, byte value)
    {
    }
}

/// <summary>Zeros.</summary>
internal sealed class ModelZeros : ModelObject
{
    public override string Name => "zeros";

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

    public override bool Contains(long page) =>
        page - FirstPage is >= 0 and < ModelSpace.WindowPages && space.Pages[(int)(page - FirstPage)] is { IsMapped: true, IsBeyondEnd: false };

    public override Content Read(long page) => space.Pages[(int)(page - FirstPage)].Content;
}
