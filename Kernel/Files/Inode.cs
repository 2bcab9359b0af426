using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Abi;
using Kernel.Drivers.Time;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Files;

/// <summary>Which of a file's times a change sets.</summary>
[Flags]
internal enum FileTimes
{
    Access = 1,
    Modify = 2,
    Change = 4,
}

/// <summary>A file of any kind: what its names stand for.</summary>
/// <remarks>
/// Counted: every <see cref="Entry"/> that names it and every other holder has one reference; the last one destroys it. What a
/// file knows about itself is guarded by the kernel not being preempted; what sleeps holds a reference meanwhile.
/// </remarks>
internal abstract class Inode : FileBody
{
    private int _references = 1;

    /// <summary>The file system that it belongs to.</summary>
    public FileSystem System { get; protected set; } = null!;

    /// <summary>Its number, unique in its file system.</summary>
    public ulong Number { get; protected set; }

    /// <summary>Type and permissions (<see cref="FileMode"/>).</summary>
    public uint Mode { get; set; }

    public uint User { get; set; }

    public uint Group { get; set; }

    /// <summary>Names that the file system has for it.</summary>
    public uint Links { get; set; }

    /// <summary>Which device, for a device file: as <c>st_rdev</c>.</summary>
    public ulong Device { get; protected set; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long AccessTime { get; set; }

    public long ModifyTime { get; set; }

    public long ChangeTime { get; set; }

    public long BirthTime { get; private set; }

    /// <summary>One of the entries that name it, for messages and listings; not counted. Null if none does any more.</summary>
    public Entry? AnyEntry { get; internal set; }

    /// <summary>How many open files may write to it; negative: how many programs run from it, so that nobody may.</summary>
    public int Writers { get; set; }

    /// <summary>What fcntl has forbidden for good (F_ADD_SEALS).</summary>
    public FileSeals Seals { get; set; }

    /// <summary>Whether there are seals for it: it is in memory.</summary>
    public virtual bool CanBeSealed => false;

    /// <summary>Forbids more.</summary>
    /// <returns><see cref="Errno.EINVAL"/>; <see cref="Errno.EPERM"/> if that is forbidden; <see cref="Errno.EBUSY"/> for writing through mappings.</returns>
    public virtual Errno AddSeals(FileSeals seals) => Errno.EINVAL;

    /// <summary>flock and fcntl locks.</summary>
    public FileLock? FirstLock { get; set; }

    /// <summary>Who waits for one of them.</summary>
    public Processes.WaitQueue LockQueue;

    /// <summary>What a fifo carries while it is open.</summary>
    public Pipe? Pipe { get; set; }

    /// <summary>Type bits only.</summary>
    public uint Kind => Mode & FileMode.TypeMask;

    public bool IsDirectory => Kind == FileMode.Directory;

    public bool IsRegular => Kind == FileMode.Regular;

    public bool IsLink => Kind == FileMode.SymbolicLink;

    /// <summary>Length in bytes, as <c>st_size</c>.</summary>
    public virtual ulong Size => 0;

    /// <summary>The best size of reads and writes, in bytes.</summary>
    public virtual uint BlockSize => (uint)Page.Size;

    /// <summary>Bytes of memory or storage that the content takes.</summary>
    public virtual ulong AllocatedBytes => 0;

    /// <inheritdoc/>
    public override ulong EndPosition => Size;

    /// <inheritdoc/>
    /// <remarks>Its name without the path.</remarks>
    public override ReadOnlySpan<byte> NameFor(VArea area) => AnyEntry is { } entry ? entry.Name : "(deleted)"u8;

    /// <summary>Whether the file has gone though a name still leads to it (a process that has ended).</summary>
    public virtual bool IsStale => false;

    /// <summary>Whether entries come and go by themselves: <see cref="Find"/> makes them.</summary>
    public virtual bool IsVolatileDirectory => false;

    /// <summary>A volatile directory's file of some name.</summary>
    /// <param name="name">Not "." or "..".</param>
    /// <param name="found">With a reference for the caller.</param>
    public virtual Errno Find(ReadOnlySpan<byte> name, out Inode? found)
    {
        found = null;
        return Errno.ENOENT;
    }

    /// <summary>Lists a volatile directory from a position on.</summary>
    public virtual Errno List(ref DirectoryListing listing) => Errno.ENOTDIR;

    /// <summary>The file that stands for this one when it is opened: a device's driver, a fifo's pipe.</summary>
    /// <param name="body">Itself by default.</param>
    public virtual Errno GetBody(out FileBody body)
    {
        body = this;
        return Errno.None;
    }

    /// <summary>A symbolic link's target.</summary>
    /// <param name="buffer">For a text that has to be made.</param>
    /// <param name="target">Valid while a reference is held and the buffer lives.</param>
    public virtual Errno ReadLink(Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = default;
        return Errno.EINVAL;
    }

    /// <summary>Whether a symbolic link's text has to be made each time.</summary>
    public virtual bool IsVolatileLink => false;

    /// <summary>Where a symbolic link leads that knows its target itself, whatever its text says.</summary>
    /// <param name="target">With references for the caller.</param>
    /// <returns>False if the text counts.</returns>
    public virtual bool TryFollow(out Place target, out Errno error)
    {
        target = default;
        error = Errno.None;
        return false;
    }

    /// <summary>Removes or adds room inside a file.</summary>
    public virtual Errno Allocate(AllocateMode mode, ulong offset, ulong bytes) => Errno.EOPNOTSUPP;

    /// <summary>Whether somebody besides its permissions forbids an access (a process's file).</summary>
    public virtual Errno CheckAccess(Permission wanted) => Errno.None;

    /// <inheritdoc/>
    public override Errno Synchronize() => Errno.None;

    /// <summary>The object's address, for where a reference must fit into a word. Inodes never move.</summary>
    public nint Handle
    {
        get
        {
            Inode inode = this;
            return Unsafe.As<Inode, nint>(ref inode);
        }
    }

    /// <summary>Takes a reference. Returns itself.</summary>
    public Inode AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Drops a reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Destroy();
    }

    /// <summary>Keeps it from being written while a program runs from it; ended by <see cref="AllowWriting"/>.</summary>
    /// <returns>False if somebody may write to it now.</returns>
    public bool TryForbidWriting()
    {
        if (Writers > 0)
            return false;
        Writers--;
        return true;
    }

    /// <summary>Ends what <see cref="TryForbidWriting"/> began.</summary>
    public void AllowWriting() => Writers++;

    /// <summary>Drops what <see cref="FileLookup.OpenProgram"/> gave.</summary>
    public void ReleaseProgram()
    {
        AllowWriting();
        Release();
    }

    /// <summary>Whether somebody may do something by the file's owner, group and mode.</summary>
    /// <returns><see cref="Errno.EACCES"/>, <see cref="Errno.EROFS"/>.</returns>
    public Errno Check(in Caller caller, Permission wanted)
    {
        if (wanted == Permission.None)
            return Errno.None;
        Errno special = CheckAccess(wanted);
        if (special != Errno.None)
            return special;
        ref readonly Processes.Credentials who = ref caller.User;
        uint bits = who.FileUser == User ? Mode >> 6 : who.IsIn(Group) ? Mode >> 3 : Mode;
        if ((wanted & ~(Permission)(bits & 7)) == 0)
            return Errno.None;
        // The privileged may do all but execute what nobody may execute (capabilities(7), CAP_DAC_OVERRIDE).
        if (who.FileUser == 0 && ((wanted & Permission.Execute) == 0 || IsDirectory || (Mode & FileMode.AnyExecute) != 0))
            return Errno.None;
        return Errno.EACCES;
    }

    /// <summary>Whether somebody is its owner or privileged.</summary>
    public bool IsOwner(in Caller caller) => caller.User.FileUser == User || caller.IsPrivileged;

    /// <summary>Notes what time it is.</summary>
    public void Touch(FileTimes times)
    {
        long now = Clock.UnixNanoseconds;
        if ((times & FileTimes.Access) != 0)
            AccessTime = now;
        if ((times & FileTimes.Modify) != 0)
            ModifyTime = now;
        if ((times & FileTimes.Change) != 0)
            ChangeTime = now;
    }

    /// <summary>A write or a change of length by somebody without privilege takes the set-id bits away.</summary>
    public void DropSetIds(in Caller caller)
    {
        if ((Mode & (FileMode.SetUser | FileMode.SetGroup)) == 0 || caller.IsPrivileged)
            return;
        Mode &= ~FileMode.SetUser;
        if ((Mode & FileMode.GroupExecute) != 0)
            Mode &= ~FileMode.SetGroup;
    }

    /// <summary>Reads from a file that is not open.</summary>
    /// <returns>As <see cref="FileBody.Read"/>.</returns>
    public SysResult ReadAt(ulong offset, Span<byte> to)
    {
        Transfer transfer = Transfer.FromKernel(to);
        return Read(null!, ref transfer, offset);
    }

    /// <summary>Maps it private.</summary>
    /// <param name="space">Where to.</param>
    /// <param name="request">Everything but the object.</param>
    public Errno MapPrivate(AddressSpace space, ref MapRequest request)
    {
        Errno error = GetContent(null!, out MemoryObject? content);
        if (error != Errno.None)
            return error;
        request.Object = content;
        Status status = space.Map(request, out VirtualAddress _);
        (content as CountedObject)?.Release();
        return status.ToErrno();
    }

    /// <summary>Gives a new one what every file has.</summary>
    protected void Initialize(FileSystem system, uint mode, uint user, uint group)
    {
        System = system;
        Number = system.NextNumber();
        Mode = mode;
        User = user;
        Group = group;
        Touch(FileTimes.Access | FileTimes.Modify | FileTimes.Change);
        BirthTime = ChangeTime;
    }

    /// <summary>Frees everything that the file has, and its storage.</summary>
    protected abstract void Destroy();
}

/// <summary>What fcntl's F_ADD_SEALS forbids.</summary>
[Flags]
internal enum FileSeals : uint
{
    None = 0,
    Seal = 1,
    Shrink = 2,
    Grow = 4,
    Write = 8,
    FutureWrite = 16,
    All = 31,
}

/// <summary>Modes of fallocate(2).</summary>
[Flags]
internal enum AllocateMode : uint
{
    None = 0,
    KeepSize = 1,
    PunchHole = 2,
    CollapseRange = 8,
    ZeroRange = 16,
    InsertRange = 32,
}
