namespace Kernel.Mm.PageTables;

/// <summary>What a processor keeps translations under.</summary>
/// <param name="Root">The root table.</param>
/// <param name="Id">Address-space id (PCID): 1 to 4095; zero where there are none, or none was left.</param>
public readonly record struct TranslationSpace(PhysicalAddress Root, ushort Id)
{
    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(TranslationSpace other) => Root == other.Root && Id == other.Id;

    /// <inheritdoc/>
    public override int GetHashCode() => Root.GetHashCode() ^ Id;
}
