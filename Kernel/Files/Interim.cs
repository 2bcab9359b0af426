using System;
using Kernel.Abi;
using Kernel.FileSystems;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.Files
{
    internal unsafe class Inode
    {
        public byte* Data;
        public int Length;

        public Inode AddReference() => this;

        public void Release()
        {
        }

        public SysResult ReadAt(ulong offset, Span<byte> to)
        {
            if (offset >= (ulong)Length)
                return 0;
            int count = Math.Min(to.Length, Length - (int)offset);
            new ReadOnlySpan<byte>(Data + offset, count).CopyTo(to);
            return count;
        }

        public Errno MapPrivate(AddressSpace space, ref MapRequest request)
        {
            Status status = space.Map(request, out VirtualAddress at);
            if (status != Status.Success)
                return status.ToErrno();
            ulong offset = request.Offset << Page.Shift;
            ulong bytes = Math.Min(request.Pages << Page.Shift, (ulong)Length - offset);
            Protection old = request.Protection;
            space.Protect(new PageRange(at, request.Pages), old | Protection.Write | Protection.Read | Protection.User);
            space.Write(at, new ReadOnlySpan<byte>(Data + offset, (int)bytes));
            space.Protect(new PageRange(at, request.Pages), old);
            return Errno.None;
        }
    }

    internal class FileTable
    {
        public static FileTable? TryCreate() => new();
        public FileTable AddReference() => this;
        public FileTable? Fork() => this;
        public void Release()
        {
        }
        public void CloseOnExecute()
        {
        }
    }

    internal class PathContext
    {
        public static PathContext? TryCreate() => new();
        public PathContext AddReference() => this;
        public PathContext? Fork() => this;
        public void Release()
        {
        }
    }

    internal static unsafe class FileLookup
    {
        public static bool Exists(ReadOnlySpan<byte> path) => OpenProgram(null!, path, out _) == Errno.None;

        public static Errno OpenProgram(Process process, ReadOnlySpan<byte> path, out Inode? file)
        {
            file = null;
            var archive = new CpioArchive(Initramfs.Data);
            while (path.Length > 0 && path[0] == (byte)'/')
                path = path[1..];
            while (archive.MoveNext())
            {
                ReadOnlySpan<byte> name = archive.Current.Name;
                if (name.StartsWith("./"u8))
                    name = name[2..];
                if (!name.SequenceEqual(path))
                    continue;
                file = new Inode();
                fixed (byte* data = archive.Current.Contents)
                    file.Data = data;
                file.Length = archive.Current.Contents.Length;
                return Errno.None;
            }
            return Errno.ENOENT;
        }
    }
}

namespace Kernel.Terminals
{
    internal class Terminal
    {
        public void HangUp(Session session)
        {
        }
    }
}

namespace Kernel.SystemCalls
{
    internal static class FileMapping
    {
        public static SysResult Map(ref MapRequest request, MapFlags flags, int file) => Errno.EBADF;

        public static Errno PunchHole(VArea area, PageRange part) => Errno.EINVAL;
    }
}
