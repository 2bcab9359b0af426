namespace Kernel.Mm.Spaces;

/// <summary>How much a space may map, in pages. What would go over a limit is refused with <see cref="Status.OutOfMemory"/>.</summary>
/// <param name="Mapped">All vareas together (RLIMIT_AS).</param>
/// <param name="Data">Private writable vareas together (RLIMIT_DATA).</param>
/// <param name="Stack">One varea that grows down (RLIMIT_STACK).</param>
/// <param name="Locked">Locked vareas together (RLIMIT_MEMLOCK).</param>
public readonly record struct SpaceLimits(ulong Mapped, ulong Data, ulong Stack, ulong Locked)
{
    /// <summary>No limit but 8 MiB of stack.</summary>
    public static SpaceLimits None => new(ulong.MaxValue, ulong.MaxValue, (8UL << 20) >> Page.Shift, ulong.MaxValue);

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(SpaceLimits other) => Mapped == other.Mapped && Data == other.Data && Stack == other.Stack && Locked == other.Locked;

    /// <inheritdoc/>
    public override int GetHashCode() => Mapped.GetHashCode() ^ Data.GetHashCode() ^ Stack.GetHashCode() ^ Locked.GetHashCode();
}
