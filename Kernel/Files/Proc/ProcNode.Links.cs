using System;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <content>Symbolic links: to processes, and to what they have open.</content>
internal sealed unsafe partial class ProcNode
{
    /// <inheritdoc/>
    public override bool TryFollow(out Place target, out Errno error)
    {
        target = default;
        error = Errno.None;
        if (_processId == 0)
            return false;
        error = TakeTarget(out target, out OpenFile? file);
        if (error == Errno.None && target.IsNone)
            error = Errno.ENXIO;
        file?.Release();
        return true;
    }

    /// <inheritdoc/>
    public override Errno ReadLink(Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = default;
        if (!IsLink)
            return Errno.EINVAL;
        if (_processId == 0)
            return ReadSelf(buffer, out target);
        Errno error = TakeTarget(out Place place, out OpenFile? file);
        if (error != Errno.None)
            return error;
        if (place.IsNone)
            target = WriteKind(buffer, file!);
        else if (!place.TryWritePath(ReaderRoot, buffer, out target, out bool _))
            error = Errno.ENAMETOOLONG;
        place.Release();
        file?.Release();
        return error;
    }

    private static Place ReaderRoot => Thread.Current.IsKernel ? Caller.Kernel.Paths.Root : Thread.Current.Process.Paths.Root;

    private Errno ReadSelf(Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = default;
        var text = new ProcText(buffer, 0);
        if (_file == ProcFile.MountsLink)
        {
            text.Add("self/mounts"u8);
        }
        else
        {
            Thread thread = Thread.Current;
            if (thread.IsKernel)
                return Errno.ENOENT;
            text.Number((ulong)thread.Process.Id);
            if (_file == ProcFile.ThreadSelf)
                text.Line("/task/"u8, (ulong)thread.Id, default);
        }
        target = text.Written;
        return Errno.None;
    }

    /// <summary>Where the link leads.</summary>
    /// <param name="place">With references for the caller; none if it is an open file without a path.</param>
    /// <param name="file">The open file of a descriptor, with a reference for the caller.</param>
    private Errno TakeTarget(out Place place, out OpenFile? file)
    {
        place = default;
        file = null;
        if (Find() is not { } process)
            return Errno.ENOENT;
        if (!MayLookInto(process))
            return Errno.EACCES;
        switch (_file)
        {
            case ProcFile.Descriptor:
                file = process.Files?.Get(_index);
                place = file is null ? default : file.Place.AddReference();
                return file is null ? Errno.ENOENT : Errno.None;
            case ProcFile.ProcessProgram:
                place = process.Memory?.Program is { } program ? PlaceOf(program).AddReference() : default;
                break;
            default:
                PathContext? paths = process.Paths;
                if (paths is not null)
                    place = (_file == ProcFile.ProcessRoot ? paths.Root : paths.Current).AddReference();
                break;
        }
        return place.IsNone ? Errno.ENOENT : Errno.None;
    }

    /// <summary>Where a file can be seen; none if it has no name any more. No references for the caller.</summary>
    private static Place PlaceOf(Inode inode)
    {
        if (inode.AnyEntry is not { } entry)
            return default;
        for (Mount? mount = Mounts.First; mount is not null; mount = mount.Next)
            if (mount.System == inode.System && entry.IsWithin(mount.Root))
                return new Place(mount, entry);
        return default;
    }

    private static ReadOnlySpan<byte> WriteKind(Span<byte> buffer, OpenFile file)
    {
        var text = new ProcText(buffer, 0);
        text.Add(file.Body.KindName);
        if (file.Inode is { } inode)
        {
            text.Line("["u8, inode.Number, "]"u8);
        }
        return text.Written;
    }
}
