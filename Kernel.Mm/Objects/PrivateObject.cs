using System;
using System.Threading;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>
/// The private anonymous memory of one address space. It has no index of its own: the space's page table is the only one.
/// </summary>
/// <remarks>
/// After a fork it names the backup that holds what parent and child share. Once its space is frozen, vareas of other
/// spaces, guests, may show it: they read the owner's pages, by address, and copy what they write.
/// </remarks>
public sealed class PrivateObject : MemoryObject
{
    // As far as Verify has come.
    internal int GuestsFound;

    private BackupSpace? _backup;
    private int _guests;

    /// <summary>The space whose memory it is.</summary>
    public AddressSpace? Owner { get; internal set; }

    /// <summary>What the owner shares with spaces that it was forked from or has forked; null if nothing.</summary>
    public BackupSpace? Backup => _backup;

    /// <summary>Vareas of other spaces that show it.</summary>
    public int Guests => Volatile.Read(ref _guests);

    /// <inheritdoc/>
    public override MemoryObjectKind Kind => Owner is { IsFrozen: true } ? MemoryObjectKind.Frozen : MemoryObjectKind.Private;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => area.Space == Owner ? "anonymous"u8 : "reference"u8;

    /// <inheritdoc/>
    /// <returns><see cref="Status.InvalidArgument"/> for another space's varea unless the owner is frozen and the varea private.</returns>
    public override Status OnOpen(VArea area)
    {
        if (area.Space == Owner)
            return Status.Success;
        if (Owner is not { IsFrozen: true } || !area.IsPrivate)
            return Status.InvalidArgument;
        Interlocked.Increment(ref _guests);
        return Status.Success;
    }

    /// <inheritdoc/>
    public override void OnClose(VArea area)
    {
        if (area.Space != Owner)
            Interlocked.Decrement(ref _guests);
    }

    /// <inheritdoc/>
    /// <remarks>Only guests ask: the owner's missing pages are the fault path's own business.</remarks>
    public override PageAnswer OnPageFault(ref PageRequest request) => Owner!.GetFrozenPage(request.Page, out request.Frame, out request.HadInputOutput);

    /// <inheritdoc/>
    /// <remarks>A page of the owner's that is absent reads as zeros; a guest reads what the owner would.</remarks>
    public override unsafe Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination)
    {
        if (area.Space == Owner)
        {
            destination.Clear();
            return Status.Success;
        }
        PageAnswer answer;
        FrameNumber frame;
        do
            answer = Owner!.GetFrozenPage(page, out frame, out _);
        while (answer == PageAnswer.Retry);
        if (answer != PageAnswer.Frame)
            return answer switch
            {
                PageAnswer.OutOfMemory => Status.OutOfMemory,
                PageAnswer.NotAllowed => Status.AccessDenied,
                PageAnswer.InputOutputError => Status.InputOutputError,
                _ => Status.BeyondEnd,
            };
        new ReadOnlySpan<byte>((byte*)DirectMap.Pointer(frame.Address) + offset, destination.Length).CopyTo(destination);
        Owner.Manager.DropReference(frame);
        return Status.Success;
    }

    /// <inheritdoc/>
    /// <returns><see cref="Status.AccessDenied"/> for a guest; <see cref="Status.NotSupported"/> for the owner, which writes through its page table.</returns>
    public override Status WritePage(VArea area, ulong page, uint offset, ReadOnlySpan<byte> source) =>
        area.Space == Owner ? Status.NotSupported : Status.AccessDenied;

    internal void Initialize(AddressSpace owner)
    {
        Owner = owner;
        _backup = null;
        _guests = 0;
    }

    /// <summary>Names a backup.</summary>
    internal void NameBackup(BackupSpace backup)
    {
        backup.AddName();
        _backup = backup;
    }

    /// <summary>Stops naming the backup. Two threads may try at once: one gets it.</summary>
    internal BackupSpace? TakeBackup() => Interlocked.Exchange(ref _backup, null);
}
