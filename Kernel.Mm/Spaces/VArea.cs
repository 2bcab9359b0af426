using System.Runtime.CompilerServices;
using Kernel.Mm.Objects;

namespace Kernel.Mm.Spaces;

/// <summary>Consecutive pages of an address space that show one object with one protection.</summary>
/// <remarks>
/// The space's lock guards every field. A record with its tree node and object header has 96 bytes: two words of header,
/// eight of references and addresses, and numbers of 16 bytes.
/// </remarks>
public sealed class VArea
{
    /// <summary>Longest varea: 2^32 − 1 pages, 16 TiB.</summary>
    public const ulong MaximumPages = uint.MaxValue;

    private const int MaximumProtectionShift = 4;
    private const byte ProtectionMask = (1 << MaximumProtectionShift) - 1;

    /// <summary>What <see cref="Protection"/> has at least one of if a page can be reached at all.</summary>
    internal const ulong AnyAccess = (ulong)(Protection.Read | Protection.Write | Protection.Execute);

    // The tree's node (VAreaTree).
    internal VArea? Left;
    internal VArea? Right;
    internal VArea? Parent;

    // Pages that are free before it, and the most that are free before any varea of its subtree; saturated.
    internal uint Gap;
    internal uint LargestGap;

    private uint _pages;

    // Low half: what is allowed now; high half: what may ever be allowed.
    private byte _protection;
    internal byte Height;

    /// <summary>The space that it lies in; null while it is in none.</summary>
    public AddressSpace? Space { get; internal set; }

    /// <summary>What it shows.</summary>
    public MemoryObject? Object { get; internal set; }

    /// <summary>A word for the object's use.</summary>
    public object? ObjectState { get; set; }

    /// <summary>Address of the first page.</summary>
    public VirtualAddress Start { get; internal set; }

    /// <summary>Page of the object at <see cref="Start"/>. Means nothing for private anonymous memory.</summary>
    public ulong Offset { get; internal set; }

    /// <summary>Its properties.</summary>
    public VAreaFlags Flags { get; internal set; }

    /// <summary>Length in pages.</summary>
    public ulong Pages
    {
        get => _pages;
        internal set => _pages = (uint)value;
    }

    /// <summary>The address after the last page.</summary>
    public VirtualAddress End
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Start + ((ulong)_pages << Page.Shift);
    }

    /// <summary>All its pages.</summary>
    public PageRange Range => new(Start, _pages);

    /// <summary>What may be done with its pages.</summary>
    public Protection Protection
    {
        get => (Protection)(_protection & ProtectionMask);
        internal set => _protection = (byte)((_protection & ~ProtectionMask) | (byte)value);
    }

    /// <summary>What <see cref="AddressSpace.Protect"/> may allow at most.</summary>
    public Protection MaximumProtection
    {
        get => (Protection)(_protection >> MaximumProtectionShift);
        internal set => _protection = (byte)((_protection & ProtectionMask) | ((byte)value << MaximumProtectionShift));
    }

    /// <summary>Whether writes stay in this space.</summary>
    public bool IsPrivate => (Flags & VAreaFlags.Private) != 0;

    /// <summary>Whether it is private anonymous memory of its own space: its page table is the only index.</summary>
    public bool IsAnonymous => Object is PrivateObject own && own.Owner == Space;

    /// <summary><see cref="Protection"/> in the low bits, <see cref="MaximumProtection"/> above them.</summary>
    internal ulong Protections => _protection;

    internal bool IsWritable => (_protection & (byte)Protection.Write) != 0;

    internal bool IsExecutable => (_protection & (byte)Protection.Execute) != 0;

    /// <summary>Whether a page can be reached at all: what may be written or executed may be read on x86-64.</summary>
    internal bool IsAccessible => (_protection & (byte)AnyAccess) != 0;

    /// <summary>Page of the object behind an address in the varea.</summary>
    public ulong PageAt(VirtualAddress address) => Offset + ((address - Start) >> Page.Shift);

    /// <summary>Whether an address lies in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(VirtualAddress address) => address - Start < (ulong)_pages << Page.Shift;

    /// <summary>Whether the protection allows an access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(FaultAccess access)
    {
        const int ExecuteShift = 1;
        int wanted = ((int)access & (int)(FaultAccess.Write | FaultAccess.User)) | ((int)(access & FaultAccess.Execute) >> ExecuteShift);
        return IsAccessible && (wanted & ~_protection) == 0;
    }

    /// <summary>Whether another varea continues this one, so that the two should be one.</summary>
    internal bool IsContinuedBy(VArea next) =>
        End == next.Start && Object == next.Object && _protection == next._protection && Flags == next.Flags
        && (Flags & VAreaFlags.CallerProvided) == 0 && (ulong)_pages + next._pages <= MaximumPages
        && (next.Offset == Offset + _pages || IsAnonymous);

    /// <summary>Sets both protections.</summary>
    internal void SetProtections(Protection now, Protection maximum) => _protection = (byte)((int)now | ((int)maximum << MaximumProtectionShift));

    /// <summary>Takes over everything but place and links.</summary>
    internal void CopyPropertiesFrom(VArea other)
    {
        Object = other.Object;
        Offset = other.Offset;
        Flags = other.Flags & ~VAreaFlags.CallerProvided;
        _protection = other._protection;
    }
}
