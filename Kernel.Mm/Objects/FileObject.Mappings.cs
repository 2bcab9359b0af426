using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <content>The vareas that show the file.</content>
/// <remarks>
/// Spaces' locks are outside the file's, so who takes pages from all mappings finds one mapping at a time, drops the
/// file's lock, takes the space's, and looks whether the mapping is still there. Mappings dealt with go to the list's end; new ones
/// come to its front.
/// </remarks>
public sealed unsafe partial class FileObject
{
    private FileMapping? _firstMapping;
    private FileMapping? _lastMapping;
    private uint _removals;

    // What a removal has found and not claimed yet: its record may not be used again until then.
    private FileMapping? _found;

    /// <summary>Whether any varea may write to the file, now or after a change of its protection.</summary>
    public bool HasWritableMappings
    {
        get
        {
            _lock.EnterRead();
            FileMapping? mapping = _firstMapping;
            while (mapping is not null && (mapping.Area!.IsPrivate || (mapping.Area.MaximumProtection & Protection.Write) == 0))
                mapping = mapping.Next;
            _lock.ExitRead();
            return mapping is not null;
        }
    }

    /// <inheritdoc/>
    public override Status OnOpen(VArea area) => Open(area, 0);

    /// <inheritdoc/>
    public override Status OnSplit(VArea area, VArea tail) => Open(tail, ((FileMapping)area.ObjectState!).Removal);

    /// <inheritdoc/>
    /// <remarks>If a removal has yet to come to one of the two, it has yet to come to what they become: to the front of the list.</remarks>
    public override void OnMerge(VArea area, VArea tail)
    {
        var kept = (FileMapping)area.ObjectState!;
        var gone = (FileMapping)tail.ObjectState!;
        _lock.EnterWrite();
        if (kept.Removal == _removals && gone.Removal != _removals)
        {
            Unlink(kept);
            kept.Removal = gone.Removal;
            kept.Next = _firstMapping;
            if (_firstMapping is { } first)
                first.Previous = kept;
            else
                _lastMapping = kept;
            _firstMapping = kept;
        }
        _lock.ExitWrite();
        OnClose(tail);
    }

    /// <inheritdoc/>
    public override void OnClose(VArea area)
    {
        var mapping = (FileMapping)area.ObjectState!;
        _lock.EnterWrite();
        Unlink(mapping);
        mapping.File = null;
        mapping.Area = null;
        bool isFound = _found == mapping;
        _lock.ExitWrite();
        if (!isFound)
            _manager.Pools.FileMappings.Return(mapping);
        base.OnClose(area);
    }

    /// <summary>Makes the mapping that was found one that the current removal has dealt with. Its space is locked for writing.</summary>
    /// <returns>Its varea; null if that was closed meanwhile.</returns>
    internal VArea? ClaimFound()
    {
        _lock.EnterWrite();
        FileMapping mapping = _found!;
        _found = null;
        VArea? area = mapping.Area;
        if (area is not null)
        {
            Unlink(mapping);
            mapping.Removal = _removals;
            mapping.Previous = _lastMapping;
            if (_lastMapping is { } last)
                last.Next = mapping;
            else
                _firstMapping = mapping;
            _lastMapping = mapping;
        }
        _lock.ExitWrite();
        if (area is null)
            _manager.Pools.FileMappings.Return(mapping);
        return area;
    }

    /// <summary>Whether also the mappings are all vareas that show the file.</summary>
    internal override bool Verify(uint* references)
    {
        int count = 0;
        FileMapping? previous = null;
        for (FileMapping? mapping = _firstMapping; mapping is not null; previous = mapping, mapping = mapping.Next, count++)
            if (mapping.File != this || mapping.Previous != previous || mapping.Area is not { Space: not null } area
                || area.Object != this || area.ObjectState != mapping)
                return false;
        return _lastMapping == previous && count == AreasFound && base.Verify(references);
    }

    private Status Open(VArea area, uint removal)
    {
        if (_manager.Pools.FileMappings.Take() is not { } mapping)
            return Status.OutOfMemory;
        mapping.File = this;
        mapping.Area = area;
        mapping.Removal = removal;
        mapping.Previous = null;
        area.ObjectState = mapping;
        _lock.EnterWrite();
        mapping.Next = _firstMapping;
        if (_firstMapping is { } first)
            first.Previous = mapping;
        else
            _lastMapping = mapping;
        _firstMapping = mapping;
        _lock.ExitWrite();
        return base.OnOpen(area);
    }

    private void Unlink(FileMapping mapping)
    {
        if (mapping.Previous is { } previous)
            previous.Next = mapping.Next;
        else
            _firstMapping = mapping.Next;
        if (mapping.Next is { } next)
            next.Previous = mapping.Previous;
        else
            _lastMapping = mapping.Previous;
        mapping.Next = null;
        mapping.Previous = null;
    }

    /// <summary>Takes pages, which aren't in the index any more, from every varea that shows them. <see cref="_changes"/> is held.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="end">The page behind the last.</param>
    /// <param name="takesPrivate">Whether private copies go too.</param>
    private void RemoveFromMappings(ulong first, ulong end, bool takesPrivate)
    {
        _removals++;
        while (true)
        {
            _lock.EnterWrite();
            _found = _firstMapping is { } mapping && mapping.Removal != _removals ? mapping : null;
            AddressSpace? space = _found?.Area!.Space;
            // A space can't go while the list is locked: it would have to close the varea.
            space?.Hold();
            _lock.ExitWrite();
            if (space is null)
                return;
            space.RemoveFilePages(this, first, end, takesPrivate);
            space.EndHold();
        }
    }
}
