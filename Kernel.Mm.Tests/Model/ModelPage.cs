using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>What a page holds at the two offsets that the test looks at.</summary>
internal readonly record struct Content(byte First, byte Second)
{
    public Content With(bool isSecond, byte value) => isSecond ? this with { Second = value } : this with { First = value };

    public byte At(bool isSecond) => isSecond ? Second : First;
}

/// <summary>What the model knows about one page of a space.</summary>
internal struct ModelPage
{
    public bool IsMapped;
    public Protection Protection;
    public Protection MaximumProtection;
    public VAreaFlags Flags;

    /// <summary>What is mapped; null for private anonymous memory.</summary>
    public ModelObject? Object;

    /// <summary>Page of the object.</summary>
    public long Offset;

    /// <summary>The caller's record that the varea is kept in; null for one of the pool.</summary>
    public VArea? Storage;

    /// <summary>Whether the space has a private page there instead of the object's.</summary>
    public bool IsOwn;

    /// <summary>Whether the content may have become zero meanwhile: it was freed lazily and not written since.</summary>
    public bool MayBeZero;

    /// <summary>The content of a private page.</summary>
    public Content Own;

    /// <summary>The pin through which a device writes to the private page; zero for none.</summary>
    public int Pin;

    public readonly bool IsPrivate => (Flags & VAreaFlags.Private) != 0;

    public readonly bool IsAnonymous => Object is null;

    public readonly bool IsWritable => (Protection & Protection.Write) != 0;

    public readonly bool IsUser => (Protection & Protection.User) != 0;

    public readonly bool IsAccessible => (Protection & ~Protection.User) != 0;

    /// <summary>Whether the page shows what its object has.</summary>
    public readonly bool ShowsObject => Object is not null && !IsOwn;

    /// <summary>Whether an access would be a bus error.</summary>
    public readonly bool IsBeyondEnd => ShowsObject && !Object!.Contains(Offset);

    public readonly Content Content => ShowsObject ? Object!.Read(Offset) : Own;

    /// <summary>Whether the next page belongs to the same varea.</summary>
    public readonly bool IsContinuedBy(in ModelPage next) =>
        next.IsMapped && Object == next.Object && Storage == next.Storage && Protection == next.Protection && MaximumProtection == next.MaximumProtection
        && Flags == next.Flags && (IsAnonymous || next.Offset == Offset + 1);

    /// <summary>The varea is kept in a record of the pool from now on.</summary>
    public void LeaveStorage()
    {
        Storage = null;
        Flags &= ~VAreaFlags.CallerProvided;
    }

    /// <summary>Forgets the private page.</summary>
    public void Drop()
    {
        IsOwn = false;
        MayBeZero = false;
        Own = default;
        Pin = 0;
    }

    /// <summary>Gives the space a private page with the content that it sees.</summary>
    public void MakeOwn()
    {
        if (ShowsObject)
            Own = Object!.Read(Offset);
        IsOwn = true;
    }
}
