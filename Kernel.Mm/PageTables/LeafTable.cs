using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Physical;

namespace Kernel.Mm.PageTables;

/// <summary>
/// A table of the last level: 512 entries, 2 MiB of addresses. It may have several users: upper entries, of different
/// spaces, that name it.
/// </summary>
/// <remarks>
/// What memory.md asks of its descriptor lies in the frame's: users in <see cref="FrameDescriptor.References"/>, entries
/// that name something in <see cref="FrameDescriptor.Mappings"/>, the lock and "was copied while shared" in
/// <see cref="FrameDescriptor.OwnerWord"/>, and the links of its backup's list in the frame's links. The lock is inside
/// the space's lock and outside the backup's. It is not a critical section: no interrupt handler takes it.
/// </remarks>
internal readonly unsafe struct LeafTable(FrameNumber frame, FrameDescriptor* descriptor)
{
    private const int Unlocked = 0;
    private const int Locked = 1;

    // The lock is the low half of the owner's word, flags are in the high half.
    private const ulong CopiedWhileShared = 1UL << 32;

    // In the highest bytes: entries that were removed for all users while it had several.
    private const int RemovedShift = 40;
    private const ulong OneRemoved = 1UL << RemovedShift;

    /// <summary>Its frame.</summary>
    public FrameNumber Frame { get; } = frame;

    /// <summary>Its entries.</summary>
    public PageTableEntry* Entries => (PageTableEntry*)DirectMap.Pointer(Frame.Address);

    /// <summary>Upper entries that name it. It can only change while the lock is held; a space that is the only user keeps it so.</summary>
    public int Users => Volatile.Read(ref descriptor->References);

    /// <summary>Entries that name something, present or kept.</summary>
    public int EntriesInUse => descriptor->Mappings - RemovedWhileShared;

    /// <summary>Entries that each user has counted as its resident pages: those in use, and those removed while it was shared.</summary>
    public int CountedEntries => descriptor->Mappings;

    /// <summary>Entries that were removed in place while it had several users, who can't all be told at once.</summary>
    public int RemovedWhileShared => (int)(descriptor->OwnerWord >> RemovedShift);

    /// <summary>Whether a user copied it: its entries' frames may be named by other tables then.</summary>
    public bool WasCopied => (descriptor->OwnerWord & CopiedWhileShared) != 0;

    /// <summary>Waits for its lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lock()
    {
        while (!TryLock())
            Hardware.Current.Pause();
    }

    /// <summary>Takes its lock if it is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLock() => Interlocked.Exchange(ref *(int*)&descriptor->OwnerWord, Locked) == Unlocked;

    /// <summary>Frees its lock.</summary>
    public void Unlock() => Volatile.Write(ref *(int*)&descriptor->OwnerWord, Unlocked);

    /// <summary>Makes it a new table with one user.</summary>
    public void Initialize(int entriesInUse)
    {
        descriptor->References = 1;
        descriptor->Mappings = entriesInUse;
        descriptor->OwnerWord = 0;
    }

    /// <summary>Counts one more user and says how many there are now. The lock is held.</summary>
    public int AddUser() => ++descriptor->References;

    /// <summary>Counts one user less, after everything that was done to the table before. The lock is held.</summary>
    public void RemoveUser() => Volatile.Write(ref descriptor->References, descriptor->References - 1);

    /// <summary>Notes that it was copied. The lock is held.</summary>
    public void MarkCopied() => descriptor->OwnerWord |= CopiedWhileShared;

    /// <summary>Its only user has dealt with what the copying left behind. The lock is held.</summary>
    public void ClearCopied() => descriptor->OwnerWord &= ~CopiedWhileShared;

    /// <summary>Notes that entries were removed for all of its users. The lock is held.</summary>
    public void NoteRemoved(int entries) => descriptor->OwnerWord += (ulong)entries * OneRemoved;

    /// <summary>Its only user has taken what was removed out of its count. The lock is held.</summary>
    public void SettleRemoved()
    {
        descriptor->Mappings -= RemovedWhileShared;
        descriptor->OwnerWord &= OneRemoved - 1;
    }

    /// <summary>Counts entries that now name something, or no longer do. The lock is held, or nobody else can know the table.</summary>
    public void CountEntries(int change) => descriptor->Mappings += change;

    /// <summary>Makes the counts those of a frame that can be freed.</summary>
    public void Retire()
    {
        descriptor->References = 0;
        descriptor->Mappings = 0;
        descriptor->OwnerWord = 0;
    }
}
