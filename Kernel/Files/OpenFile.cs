using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Abi;

namespace Kernel.Files;

/// <summary>An open file: what descriptors refer to (open(2): "open file description").</summary>
/// <remarks>Counted: descriptors and calls under way hold it.</remarks>
internal sealed class OpenFile
{
    private int _references = 1;
    private Place _place;
    private bool _isWriter;

    /// <summary>What it acts on.</summary>
    public FileBody Body { get; private set; } = null!;

    /// <summary>Where it was found; none for pipes and their like.</summary>
    public Place Place => _place;

    /// <summary>Its file; null for what has none (event counters, epoll).</summary>
    public Inode? Inode { get; private set; }

    /// <summary>Access mode and status flags.</summary>
    public OpenFlags Flags { get; set; }

    /// <summary>Where the next read or write begins, in bytes; for a directory where its listing goes on.</summary>
    public ulong Position { get; set; }

    /// <summary>For the body: something of its own about this open file.</summary>
    public ulong Private { get; set; }

    /// <summary>For the body: the position that <see cref="Private"/> belongs to.</summary>
    public ulong PrivatePosition { get; set; }

    /// <summary>Who gets SIGIO (F_SETOWN); recorded only.</summary>
    public int SignalOwner { get; set; }

    /// <summary>Epoll items that watch it.</summary>
    public EpollItem? FirstWatch { get; set; }

    public bool CanRead => (Flags & (OpenFlags.WriteOnly | OpenFlags.PathOnly)) == 0;

    public bool CanWrite => (Flags & OpenFlags.AccessMask) != 0 && !IsPathOnly;

    /// <summary>Opened with O_PATH: it only stands for a place.</summary>
    public bool IsPathOnly => (Flags & OpenFlags.PathOnly) != 0;

    public bool IsNonBlocking => (Flags & OpenFlags.NonBlocking) != 0;

    /// <summary>Opens a place.</summary>
    /// <param name="place">Takes over the caller's references, whatever comes of it.</param>
    /// <param name="flags">Of open(2); permissions have been checked.</param>
    /// <param name="file">With a reference for the caller.</param>
    public static Errno Open(Place place, OpenFlags flags, out OpenFile? file)
    {
        file = null;
        if (FilePools.OpenFiles.Take() is not { } created)
        {
            place.Release();
            return Errno.ENOMEM;
        }
        created._place = place;
        created.Inode = place.Inode;
        created.Body = place.Inode;
        created.Flags = flags & ~(OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate | OpenFlags.CloseOnExec);
        if (!created.IsPathOnly)
            created.Flags |= OpenFlags.LargeFile;
        else
        {
            file = created;
            return Errno.None;
        }
        Errno error = place.Inode.GetBody(out FileBody body);
        created.Body = body;
        if (error == Errno.None && created.CanWrite && place.Inode.IsRegular)
        {
            if (place.Inode.Writers < 0)
            {
                error = Errno.ETXTBSY;
            }
            else
            {
                place.Inode.Writers++;
                created._isWriter = true;
            }
        }
        if (error == Errno.None)
            error = body.OnOpen(created);
        // Terminals want to know it, and fcntl doesn't show it.
        created.Flags &= ~OpenFlags.NoTerminal;
        if (error == Errno.None)
        {
            created.Flags &= ~OpenFlags.NoTerminal;
            file = created;
            return Errno.None;
        }
        created.EndWriting();
        created._place.Release();
        FilePools.OpenFiles.Return(created);
        return error;
    }

    /// <summary>Makes an open file for something without a path.</summary>
    /// <param name="body">What it acts on.</param>
    /// <param name="inode">Its file, if it has one; takes over a reference.</param>
    /// <param name="flags">Access mode and status flags.</param>
    /// <returns>Null when memory has run out; nothing is released then.</returns>
    public static OpenFile? TryCreate(FileBody body, Inode? inode, OpenFlags flags)
    {
        if (FilePools.OpenFiles.Take() is not { } created)
            return null;
        created.Body = body;
        created.Inode = inode;
        created.Flags = flags;
        return created;
    }

    /// <summary>Takes a reference. Returns itself.</summary>
    public OpenFile AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Drops a reference; the last one closes the file.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        while (FirstWatch is { } watch)
            watch.Instance.Remove(watch);
        if (Inode is { FirstLock: not null })
            FileLock.ReleaseAllOf(Inode, this);
        if (!IsPathOnly)
            Body.OnClose(this);
        EndWriting();
        if (_place.IsNone)
            Inode?.Release();
        else
            _place.Release();
        FilePools.OpenFiles.Return(this);
    }

    private void EndWriting()
    {
        if (_isWriter)
            Inode!.Writers--;
    }

    /// <summary>The object's address, for tables. Open files never move.</summary>
    public nint Handle
    {
        get
        {
            OpenFile file = this;
            return Unsafe.As<OpenFile, nint>(ref file);
        }
    }

    /// <summary>The open file at an address that <see cref="Handle"/> gave.</summary>
    public static OpenFile FromHandle(nint handle) => Unsafe.As<nint, OpenFile>(ref handle);
}
