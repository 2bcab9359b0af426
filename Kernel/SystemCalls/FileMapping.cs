using Kernel.Abi;
using Kernel.Files;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>Mappings of files.</summary>
internal static class FileMapping
{
    /// <summary>mmap of a file.</summary>
    /// <param name="request">Everything but the object and what protection is possible.</param>
    /// <param name="flags">Of mmap(2).</param>
    /// <param name="file">Its descriptor.</param>
    public static SysResult Map(ref MapRequest request, MapFlags flags, int file)
    {
        if (Thread.Current.Process.Files.Get(file) is not { } open)
            return Errno.EBADF;
        SysResult result = Map(ref request, flags, open);
        open.Release();
        return result;
    }

    private static SysResult Map(ref MapRequest request, MapFlags flags, OpenFile open)
    {
        if (open.IsPathOnly)
            return Errno.EBADF;
        bool isPrivate = (flags & MapFlags.TypeMask) == MapFlags.Private;
        if (!open.CanRead || (!isPrivate && (request.Protection & Protection.Write) != 0 && !open.CanWrite))
            return Errno.EACCES;
        if (open.Place.Mount is { } mount && (mount.Flags & MountFlags.NoExecute) != 0)
        {
            if ((request.Protection & Protection.Execute) != 0)
                return Errno.EPERM;
            request.MaximumProtection &= ~Protection.Execute;
        }
        if (!isPrivate && open.Inode is { } inode && (inode.Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0)
        {
            if ((request.Protection & Protection.Write) != 0)
                return Errno.EPERM;
            request.MaximumProtection &= ~Protection.Write;
        }
        if (!isPrivate && !open.CanWrite)
            request.MaximumProtection &= ~Protection.Write;
        if (open.Inode is { IsRegular: true } && request.Offset + request.Pages > (ulong)long.MaxValue >> Page.Shift)
            return Errno.EOVERFLOW;
        Errno error = open.Body.GetContent(open, out MemoryObject? content);
        if (error != Errno.None)
            return error;
        if (content is null)
            return MemoryCalls.MapAnonymous(ref request, flags);
        request.Object = content;
        SysResult result = MemoryCalls.MapPages(ref request, flags);
        (content as CountedObject)?.Release();
        return result;
    }
}
