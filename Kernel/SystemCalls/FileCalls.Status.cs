using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <content>What files are: stat and its like, access, readlink, statfs.</content>
internal static unsafe partial class FileCalls
{
    private const int BlockSize = 512;
    private const uint AnonymousMode = 0x180;
    private const ulong AnonymousDevice = 0xe;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>stat(path, status).</summary>
    public static SysResult Status(SystemCallFrame* frame) => StatusOfPath(WorkingDirectory, frame->Argument0, frame->Argument1, 0);

    /// <summary>lstat(path, status).</summary>
    public static SysResult StatusOfLink(SystemCallFrame* frame) => StatusOfPath(WorkingDirectory, frame->Argument0, frame->Argument1, NoFollow);

    /// <summary>newfstatat(directory, path, status, flags).</summary>
    public static SysResult StatusAt(SystemCallFrame* frame) =>
        StatusOfPath((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>fstat(descriptor, status).</summary>
    public static SysResult StatusOfOpen(SystemCallFrame* frame)
    {
        if (Files.Peek((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        FileStatus status = FileStatus.Of(file.Inode);
        return UserMemory.Write(frame->Argument1, status) ? 0 : Errno.EFAULT;
    }

    /// <summary>statx(directory, path, flags, mask, status).</summary>
    public static SysResult ExtendedStatus(SystemCallFrame* frame)
    {
        const ulong syncFlags = 0x6000, reservedMask = 0x8000_0000;
        ulong flags = frame->Argument2;
        if ((flags & ~(NoFollow | NoAutomount | EmptyPath | syncFlags)) != 0 || (flags & syncFlags) == syncFlags || (frame->Argument3 & reservedMask) != 0)
            return Errno.EINVAL;
        Errno error = FindForStatus((int)frame->Argument0, frame->Argument1, flags, out Inode? inode, out Place place);
        if (error != Errno.None)
            return error;
        ExtendedFileStatus status = ExtendedFileStatus.Of(FileStatus.Of(inode), inode, place);
        place.Release();
        return UserMemory.Write(frame->Argument4, status) ? 0 : Errno.EFAULT;
    }

    /// <summary>access(path, mode).</summary>
    public static SysResult Access(SystemCallFrame* frame) => AccessOfPath(WorkingDirectory, frame->Argument0, frame->Argument1, 0);

    /// <summary>faccessat(directory, path, mode).</summary>
    public static SysResult AccessAt(SystemCallFrame* frame) => AccessOfPath((int)frame->Argument0, frame->Argument1, frame->Argument2, 0);

    /// <summary>faccessat2(directory, path, mode, flags).</summary>
    public static SysResult AccessWithFlags(SystemCallFrame* frame) =>
        AccessOfPath((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>readlink(path, buffer, bytes).</summary>
    public static SysResult ReadLink(SystemCallFrame* frame) => ReadLinkOf(WorkingDirectory, frame->Argument0, frame->Argument1, frame->Argument2);

    /// <summary>readlinkat(directory, path, buffer, bytes).</summary>
    public static SysResult ReadLinkAt(SystemCallFrame* frame) =>
        ReadLinkOf((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>statfs(path, status).</summary>
    public static SysResult SystemStatus(SystemCallFrame* frame)
    {
        Errno error = FindPath(WorkingDirectory, frame->Argument0, followsLast: true, allowsEmpty: false, out Place place);
        if (error != Errno.None)
            return error;
        SystemRecord record = SystemRecord.Of(place.Inode.System, place.Mount);
        place.Release();
        return UserMemory.Write(frame->Argument1, record) ? 0 : Errno.EFAULT;
    }

    /// <summary>fstatfs(descriptor, status).</summary>
    public static SysResult SystemStatusOfOpen(SystemCallFrame* frame)
    {
        if (Files.Peek((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        SystemRecord record = file.Inode is { } inode ? SystemRecord.Of(inode.System, file.Place.Mount) : default;
        return UserMemory.Write(frame->Argument1, record) ? 0 : Errno.EFAULT;
    }

    private static SysResult StatusOfPath(int directory, ulong address, ulong target, ulong flags)
    {
        if ((flags & ~(NoFollow | NoAutomount | EmptyPath)) != 0)
            return Errno.EINVAL;
        Errno error = FindForStatus(directory, address, flags, out Inode? inode, out Place place);
        if (error != Errno.None)
            return error;
        FileStatus status = FileStatus.Of(inode);
        place.Release();
        return UserMemory.Write(target, status) ? 0 : Errno.EFAULT;
    }

    /// <summary>As <see cref="FindPath"/>; an empty path may also mean what has no place.</summary>
    /// <param name="inode">Null for what has no file. Its reference is the place's, or its descriptor's.</param>
    private static Errno FindForStatus(int directory, ulong address, ulong flags, out Inode? inode, out Place place)
    {
        inode = null;
        place = default;
        if ((flags & EmptyPath) != 0 && directory != WorkingDirectory && Files.Peek(directory) is { Place.IsNone: true } file
            && UserMemory.Read(address, out byte first) && first == 0)
        {
            inode = file.Inode;
            return Errno.None;
        }
        Errno error = FindPath(directory, address, (flags & NoFollow) == 0, (flags & EmptyPath) != 0, out place);
        if (error == Errno.None)
            inode = place.Inode;
        return error;
    }

    private static SysResult AccessOfPath(int directory, ulong address, ulong mode, ulong flags)
    {
        const ulong useEffective = 0x200, allModes = 7;
        if ((mode & ~allModes) != 0 || (flags & ~(useEffective | NoFollow | EmptyPath)) != 0)
            return Errno.EINVAL;
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        Credentials user = Current.User;
        if ((flags & useEffective) == 0)
        {
            user.FileUser = user.User;
            user.FileGroup = user.Group;
        }
        var caller = new Caller(Current.Paths, in user);
        Place place = default;
        error = GetStart(directory, path, out Place start);
        if (error == Errno.None && path.IsEmpty && (flags & EmptyPath) != 0)
            place = start.AddReference();
        else if (error == Errno.None)
            error = PathWalk.Find(caller, start, path.Text, (flags & NoFollow) == 0, out place);
        path.Dispose();
        if (error != Errno.None)
            return error;
        var wanted = (Permission)mode;
        error = place.Inode.Check(caller, wanted);
        if (error == Errno.None && (wanted & Permission.Write) != 0 && place.Mount!.IsReadOnly && (place.Inode.IsRegular || place.Inode.IsDirectory))
            error = Errno.EROFS;
        if (error == Errno.None && (wanted & Permission.Execute) != 0 && place.Inode.IsRegular && (place.Mount!.Flags & MountFlags.NoExecute) != 0)
            error = Errno.EACCES;
        place.Release();
        return error;
    }

    private static SysResult ReadLinkOf(int directory, ulong address, ulong buffer, ulong bytes)
    {
        if ((int)bytes <= 0)
            return Errno.EINVAL;
        Errno error = FindPath(directory, address, followsLast: false, allowsEmpty: true, out Place place);
        if (error != Errno.None)
            return error;
        Inode inode = place.Inode;
        byte* block = null;
        ReadOnlySpan<byte> target = default;
        if (!inode.IsLink)
            error = Errno.EINVAL;
        else if (inode.IsVolatileLink && (block = ByteBlocks.Take(PathWalk.LongestPath)) == null)
            error = Errno.ENOMEM;
        if (error == Errno.None)
            error = inode.ReadLink(new Span<byte>(block, block == null ? 0 : PathWalk.LongestPath), out target);
        SysResult result = error;
        if (error == Errno.None)
        {
            int length = (int)Math.Min((ulong)target.Length, (uint)bytes);
            result = UserMemory.CopyOut(buffer, target[..length]) ? length : Errno.EFAULT;
        }
        ByteBlocks.Return(block);
        place.Release();
        return result;
    }

    /// <summary>struct stat.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct FileStatus
    {
        public ulong FileSystem, Inode, Links;
        public uint Mode, User, Group;
        private readonly uint _padding;
        public ulong Device, Size, BlockSize, Blocks;
        public TimeSpecification Access, Modify, Change;

        /// <summary>A file's; that of something without a file if null.</summary>
        public static FileStatus Of(Inode? inode)
        {
            if (inode is null)
                return new FileStatus { FileSystem = AnonymousDevice, Inode = 1, Links = 1, Mode = AnonymousMode, BlockSize = Page.Size };
            return new FileStatus
            {
                FileSystem = inode.System.Device,
                Inode = inode.Number,
                Links = inode.Links,
                Mode = inode.Mode,
                User = inode.User,
                Group = inode.Group,
                Device = inode.Device,
                Size = inode.Size,
                BlockSize = inode.BlockSize,
                Blocks = inode.AllocatedBytes / FileCalls.BlockSize,
                Access = TimeOf(inode.AccessTime),
                Modify = TimeOf(inode.ModifyTime),
                Change = TimeOf(inode.ChangeTime),
            };
        }
    }

    private static TimeSpecification TimeOf(long nanoseconds) => new()
    {
        Seconds = nanoseconds / NanosecondsPerSecond,
        Fraction = nanoseconds % NanosecondsPerSecond,
    };

    /// <summary>struct statx.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct ExtendedFileStatus
    {
        private const uint BasicFields = 0x7ff;
        private const uint BirthField = 0x800;
        private const uint MountField = 0x1000;

        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, User, Group;
        public ushort Mode;
        private readonly ushort _padding;
        public ulong Inode, Size, Blocks, AttributesMask;
        public StatusTime Access, Birth, Change, Modify;
        public uint DeviceMajor, DeviceMinor, SystemMajor, SystemMinor;
        public ulong Mount;

        public static ExtendedFileStatus Of(in FileStatus status, Inode? inode, in Place place) => new()
        {
            Mask = BasicFields | (inode is null ? 0 : BirthField) | (place.Mount is null ? 0 : MountField),
            BlockSize = (uint)status.BlockSize,
            Links = (uint)status.Links,
            User = status.User,
            Group = status.Group,
            Mode = (ushort)status.Mode,
            Inode = status.Inode,
            Size = status.Size,
            Blocks = status.Blocks,
            Access = StatusTime.Of(status.Access),
            Birth = StatusTime.Of(TimeOf(inode?.BirthTime ?? 0)),
            Change = StatusTime.Of(status.Change),
            Modify = StatusTime.Of(status.Modify),
            DeviceMajor = CharacterDevices.MajorOf(status.Device),
            DeviceMinor = CharacterDevices.MinorOf(status.Device),
            SystemMajor = CharacterDevices.MajorOf(status.FileSystem),
            SystemMinor = CharacterDevices.MinorOf(status.FileSystem),
            Mount = (ulong)(place.Mount?.Id ?? 0),
        };
    }

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StatusTime
    {
        public long Seconds;
        public uint Fraction;
        private readonly int _padding;

        public static StatusTime Of(in TimeSpecification time) => new() { Seconds = time.Seconds, Fraction = (uint)time.Fraction };
    }

    /// <summary>struct statfs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    private struct SystemRecord
    {
        private const ulong ValidFlags = 0x20;

        public ulong Type, BlockSize, Blocks, FreeBlocks, AvailableBlocks, Files, FreeFiles, Id, NameLength, FragmentSize, Flags;

        public static SystemRecord Of(FileSystem system, Mount? mount)
        {
            system.GetStatistics(out FileSystemStatistics statistics);
            const MountFlags shown = MountFlags.ReadOnly | MountFlags.NoSetId | MountFlags.NoDevices | MountFlags.NoExecute | MountFlags.NoAccessTime;
            return new SystemRecord
            {
                Type = statistics.Type,
                BlockSize = statistics.BlockSize,
                Blocks = statistics.Blocks,
                FreeBlocks = statistics.FreeBlocks,
                AvailableBlocks = statistics.FreeBlocks,
                Files = statistics.Files,
                FreeFiles = statistics.FreeFiles,
                Id = system.Device,
                NameLength = Entry.LongestName,
                FragmentSize = statistics.BlockSize,
                Flags = ValidFlags | (ulong)((mount?.Flags ?? 0) & shown),
            };
        }
    }
}
