using System;
using Kernel.Abi;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Files;

/// <summary>What an open file acts on: a file of a file system, a device, a pipe, an event counter. Each operation has Linux's answer as its default.</summary>
/// <remarks>Calls come from threads, with no lock held; they may sleep. Objects live in pools, or for ever.</remarks>
internal abstract class FileBody : FileHost
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => KindName;

    /// <summary>Whether the open file has a position that lseek can move, and pread works.</summary>
    public virtual bool IsSeekable => false;

    /// <summary>An open file for it is being made.</summary>
    /// <returns>Anything but <see cref="Errno.None"/> refuses.</returns>
    public virtual Errno OnOpen(OpenFile file) => Errno.None;

    /// <summary>The last user of an open file has closed it.</summary>
    public virtual void OnClose(OpenFile file)
    {
    }

    /// <summary>Reads from a position.</summary>
    /// <returns>Bytes read, less than asked for if that is all; zero at the end.</returns>
    public virtual SysResult Read(OpenFile file, ref Transfer to, ulong position) => Errno.EINVAL;

    /// <summary>Writes at a position.</summary>
    /// <returns>Bytes written; less than asked for if an error came after them.</returns>
    public virtual SysResult Write(OpenFile file, ref Transfer from, ulong position) => Errno.EINVAL;

    /// <summary>Whether reads and writes move the position of an open file.</summary>
    public virtual bool KeepsPosition => IsSeekable;

    /// <summary>The next byte of content, or of a hole (SEEK_DATA, SEEK_HOLE).</summary>
    /// <returns><see cref="Errno.ENXIO"/> if there is none, or at the end.</returns>
    public virtual SysResult SeekContent(ulong position, bool hole) => position >= EndPosition ? Errno.ENXIO : hole ? EndPosition : position;

    /// <summary>Where SEEK_END counts from, in bytes.</summary>
    public virtual ulong EndPosition => 0;

    /// <summary>What could be done now without waiting. Never sleeps.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="poller">Gets every queue in which changes of the answer are waited for: <see cref="Poller.Wait"/>.</param>
    public virtual PollEvents Poll(OpenFile file, ref Poller poller) => PollEvents.Always;

    /// <summary>Whether the answer of <see cref="Poll"/> can change: others can't be watched by epoll.</summary>
    public virtual bool CanPoll => true;

    /// <summary>ioctl.</summary>
    public virtual SysResult Control(OpenFile file, uint request, ulong argument) => Errno.ENOTTY;

    /// <summary>What a mapping of it shows, with a reference for the caller if it counts them.</summary>
    /// <param name="file">Open as the mapping needs it.</param>
    /// <param name="content">The object; page 0 is the file's first. Null for fresh zeros (/dev/zero).</param>
    public virtual Errno GetContent(OpenFile file, out MemoryObject? content)
    {
        content = null;
        return Errno.ENODEV;
    }

    /// <summary>Changes its length.</summary>
    public virtual Errno SetSize(ulong bytes) => Errno.EINVAL;

    /// <summary>fsync.</summary>
    public virtual Errno Synchronize() => Errno.EINVAL;

    /// <summary>What /proc/PID/fd shows for it when it has no path; UTF-8, without the inode number.</summary>
    public virtual ReadOnlySpan<byte> KindName => "anon_inode:"u8;
}
