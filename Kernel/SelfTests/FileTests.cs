using System;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SelfTests;

/// <summary>The tree of files as the kernel itself sees it: no process is needed.</summary>
internal static class FileTests
{
    private const uint DirectoryMode = FileMode.Directory | 0x1ed;
    private const uint FileAccess = 0x1a4;
    private const int Many = 500;

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("files");
        suite.Add("what is written is read back"u8, Guarded(WrittenIsRead));
        suite.Add("a hole reads as zeros and a longer file too"u8, Guarded(HolesAreZeros));
        suite.Add("truncation cuts and clears"u8, Guarded(TruncationCuts));
        suite.Add("a file that a program runs from can't be written"u8, Guarded(ProgramsStay));
        suite.Add("seals forbid growing, shrinking and writing"u8, Guarded(SealsHold));
        suite.Add("paths with dots, slashes and links lead where Linux goes"u8, Guarded(PathsLead));
        suite.Add("errors of paths are Linux's"u8, Guarded(PathErrors));
        suite.Add("links that go round give ELOOP, forty in a row don't"u8, Guarded(LinksThatLoop));
        suite.Add("unlink keeps the file for who has it open"u8, Guarded(UnlinkedStaysOpen));
        suite.Add("rename moves, replaces and refuses"u8, Guarded(RenameMoves));
        suite.Add("exchange lets two names change places"u8, Guarded(RenameExchanges));
        suite.Add("removing directories needs them empty"u8, Guarded(DirectoriesMustBeEmpty));
        suite.Add("link counts are those of Linux"u8, Guarded(LinkCounts));
        suite.Add("a listing shows everything once"u8, Guarded(ListingIsComplete));
        suite.Add("permissions hold for who isn't root"u8, Guarded(PermissionsHold));
        suite.Add("sticky directories protect names"u8, Guarded(StickyProtects));
        suite.Add("a mount hides and shows again"u8, Guarded(MountHides));
        suite.Add("a path is written from the root"u8, Guarded(PathsAreWritten));
        suite.Add("a descriptor table grows, copies and closes"u8, Guarded(TableGrows));
        suite.Add("byte blocks are distinct and go back"u8, BlocksGoBack);
        return suite;
    }

    private static Place Root => Caller.Kernel.Paths.Root;

    /// <summary>A test that leaves neither frames nor objects behind.</summary>
    private static Action Guarded(Action body) => () =>
    {
        Check.Equal(Errno.None, Tree.Make(Caller.Kernel, Root, "/test"u8, DirectoryMode));
        ulong frames = PhysicalMemory.FreeFrames, blocks = ByteBlocks.InUse;
        int files = FilePools.OpenFiles.Statistics.ObjectsInUse;
        int entries = FilePools.Entries.Statistics.ObjectsInUse;
        body();
        Check.Equal(entries, FilePools.Entries.Statistics.ObjectsInUse);
        Check.Equal(blocks, ByteBlocks.InUse);
        Check.Equal(files, FilePools.OpenFiles.Statistics.ObjectsInUse);
        Check.Equal(frames, PhysicalMemory.FreeFrames);
        Check.Equal(Errno.None, Tree.RemoveDirectory(Caller.Kernel, Root, "/test"u8));
    };

    private static OpenFile Open(ReadOnlySpan<byte> path, OpenFlags flags)
    {
        Check.Equal(Errno.None, Tree.Open(Caller.Kernel, Root, path, flags, FileAccess, out OpenFile? file));
        return file!;
    }

    private static Errno OpenError(ReadOnlySpan<byte> path, OpenFlags flags)
    {
        Errno error = Tree.Open(Caller.Kernel, Root, path, flags, FileAccess, out OpenFile? file);
        file?.Release();
        return error;
    }

    private static void Write(OpenFile file, ReadOnlySpan<byte> text, ulong position)
    {
        Transfer from = Transfer.FromKernel(text);
        Check.Equal(text.Length, file.Body.Write(file, ref from, position).Value);
    }

    private static void ExpectRead(OpenFile file, ReadOnlySpan<byte> text, ulong position)
    {
        Span<byte> buffer = stackalloc byte[256];
        buffer.Fill(0xaa);
        Transfer to = Transfer.FromKernel(buffer);
        Check.Equal(text.Length, file.Body.Read(file, ref to, position).Value);
        Check.SequenceEqual(text, buffer[..text.Length]);
    }

    private static void MakeFile(ReadOnlySpan<byte> path) => Open(path, OpenFlags.Create | OpenFlags.WriteOnly).Release();

    private static void MakeDirectory(ReadOnlySpan<byte> path) => Check.Equal(Errno.None, Tree.Make(Caller.Kernel, Root, path, DirectoryMode));

    private static void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target) =>
        Check.Equal(Errno.None, Tree.Make(Caller.Kernel, Root, path, FileMode.SymbolicLink | FileMode.AccessMask, 0, target));

    private static void Unlink(ReadOnlySpan<byte> path) => Check.Equal(Errno.None, Tree.Unlink(Caller.Kernel, Root, path));

    private static void RemoveDirectory(ReadOnlySpan<byte> path) => Check.Equal(Errno.None, Tree.RemoveDirectory(Caller.Kernel, Root, path));

    private static Errno Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, RenameFlags flags = RenameFlags.None) =>
        Tree.Rename(Caller.Kernel, Root, from, Root, to, flags);

    private static ulong NumberOf(ReadOnlySpan<byte> path)
    {
        Check.Equal(Errno.None, PathWalk.Find(Caller.Kernel, Root, path, followsLast: true, out Place place));
        ulong number = place.Inode.Number;
        place.Release();
        return number;
    }

    private static uint LinksOf(ReadOnlySpan<byte> path)
    {
        Check.Equal(Errno.None, PathWalk.Find(Caller.Kernel, Root, path, followsLast: false, out Place place));
        uint links = place.Inode.Links;
        place.Release();
        return links;
    }

    private static Errno FindError(ReadOnlySpan<byte> path, bool follows = true)
    {
        Errno error = PathWalk.Find(Caller.Kernel, Root, path, follows, out Place place);
        place.Release();
        return error;
    }

    private static void WrittenIsRead()
    {
        OpenFile file = Open("/test/a"u8, OpenFlags.Create | OpenFlags.ReadWrite);
        Write(file, "hello"u8, 0);
        Write(file, "across"u8, 4093);
        ExpectRead(file, "across"u8, 4093);
        Check.Equal(4099UL, file.Inode!.Size);
        ExpectRead(file, default, 4099);
        file.Release();
        file = Open("/test/a"u8, OpenFlags.ReadOnly);
        Span<byte> start = stackalloc byte[5];
        Transfer to = Transfer.FromKernel(start);
        Check.Equal(5, file.Body.Read(file, ref to, 0).Value);
        Check.SequenceEqual("hello"u8, start);
        file.Release();
        Unlink("/test/a"u8);
    }

    private static void HolesAreZeros()
    {
        OpenFile file = Open("/test/a"u8, OpenFlags.Create | OpenFlags.ReadWrite);
        Write(file, "x"u8, 100_000);
        ExpectRead(file, "\0x"u8, 99_999);
        Check.Equal(Errno.None, file.Inode!.SetSize(100_003));
        ExpectRead(file, "x\0\0"u8, 100_000);
        file.Release();
        Unlink("/test/a"u8);
    }

    private static void TruncationCuts()
    {
        OpenFile file = Open("/test/a"u8, OpenFlags.Create | OpenFlags.ReadWrite);
        Write(file, "0123456789"u8, 0);
        Check.Equal(Errno.None, file.Inode!.SetSize(3));
        Check.Equal(Errno.None, file.Inode.SetSize(5));
        ExpectRead(file, "012\0\0"u8, 0);
        Check.Equal(Errno.None, file.Inode.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 1, 1));
        ExpectRead(file, "0\02\0\0"u8, 0);
        file.Release();
        Check.Equal(Errno.None, OpenError("/test/a"u8, OpenFlags.Truncate | OpenFlags.WriteOnly));
        file = Open("/test/a"u8, OpenFlags.ReadOnly);
        Check.Equal(0UL, file.Inode!.Size);
        file.Release();
        Unlink("/test/a"u8);
    }

    private static void ProgramsStay()
    {
        OpenFile file = Open("/test/a"u8, OpenFlags.Create | OpenFlags.ReadWrite);
        Inode inode = file.Inode!.AddReference();
        Check.False(inode.TryForbidWriting());
        file.Release();
        Check.True(inode.TryForbidWriting());
        Check.Equal(Errno.ETXTBSY, OpenError("/test/a"u8, OpenFlags.WriteOnly));
        Check.Equal(Errno.ETXTBSY, OpenError("/test/a"u8, OpenFlags.ReadOnly | OpenFlags.Truncate));
        Check.Equal(Errno.None, OpenError("/test/a"u8, OpenFlags.ReadOnly));
        inode.ReleaseProgram();
        Check.Equal(Errno.None, OpenError("/test/a"u8, OpenFlags.WriteOnly));
        Unlink("/test/a"u8);
    }

    private static void SealsHold()
    {
        Check.Equal(Errno.None, InternalFiles.OpenMemoryFile("sealed"u8, Caller.Kernel, out OpenFile? opened));
        OpenFile file = opened!;
        Inode inode = file.Inode!;
        Check.Equal(Errno.EPERM, inode.AddSeals(FileSeals.Write));
        inode.Seals = FileSeals.None;
        Write(file, "0123"u8, 0);
        Check.Equal(Errno.None, inode.AddSeals(FileSeals.Grow | FileSeals.Shrink));
        Check.Equal(Errno.EPERM, inode.SetSize(5));
        Check.Equal(Errno.EPERM, inode.SetSize(3));
        Check.Equal(Errno.None, inode.SetSize(4));
        Check.Equal(Errno.EPERM, inode.Allocate(AllocateMode.None, 0, 5));
        Transfer from = Transfer.FromKernel("45"u8);
        Check.Equal(1, inode.Write(file, ref from, 3).Value);
        Check.Equal(Errno.None, inode.AddSeals(FileSeals.Write | FileSeals.Seal));
        from = Transfer.FromKernel("x"u8);
        Check.Equal(Errno.EPERM, inode.Write(file, ref from, 0).Error);
        Check.Equal(Errno.EPERM, inode.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 0, 1));
        Check.Equal(Errno.EPERM, inode.AddSeals(FileSeals.None));
        ExpectRead(file, "0124"u8, 0);
        file.Release();
    }

    private static void PathsLead()
    {
        MakeDirectory("/test/d"u8);
        MakeDirectory("/test/d/e/"u8);
        MakeFile("/test/d/e/f"u8);
        ulong number = NumberOf("/test/d/e/f"u8);
        MakeLink("/test/l"u8, "d/e"u8);
        MakeLink("/test/m"u8, "/test/l/../e/f"u8);
        MakeLink("/test/d/up"u8, ".."u8);
        Check.Equal(number, NumberOf("//test///d/./e/../e/f"u8));
        Check.Equal(number, NumberOf("/../../test/l/f"u8));
        Check.Equal(number, NumberOf("/test/m"u8));
        Check.Equal(number, NumberOf("/test/d/up/d/up/l/f"u8));
        Check.Equal(NumberOf("/"u8), NumberOf("/test/d/up/.."u8));
        Check.Equal(NumberOf("/test/d/e"u8), NumberOf("/test/l/"u8));
        Unlink("/test/d/up"u8);
        Unlink("/test/m"u8);
        Unlink("/test/l"u8);
        Unlink("/test/d/e/f"u8);
        RemoveDirectory("/test/d/e/"u8);
        RemoveDirectory("/test/d"u8);
    }

    private static void PathErrors()
    {
        MakeFile("/test/f"u8);
        MakeLink("/test/dangling"u8, "nowhere"u8);
        Span<byte> longName = stackalloc byte[262];
        longName.Fill((byte)'n');
        "/test/"u8.CopyTo(longName);
        Check.Equal(Errno.ENOENT, FindError(""u8));
        Check.Equal(Errno.ENOENT, FindError("/test/none"u8));
        Check.Equal(Errno.ENOENT, FindError("/test/none/x"u8));
        Check.Equal(Errno.ENOTDIR, FindError("/test/f/x"u8));
        Check.Equal(Errno.ENOTDIR, FindError("/test/f/"u8));
        Check.Equal(Errno.ENOTDIR, FindError("/test/f/.."u8));
        Check.Equal(Errno.ENAMETOOLONG, FindError(longName));
        Check.Equal(Errno.ENOENT, FindError(longName[..261]));
        Check.Equal(Errno.ENOENT, FindError("/test/dangling"u8));
        Check.Equal(Errno.None, FindError("/test/dangling"u8, follows: false));
        Check.Equal(Errno.EEXIST, OpenError("/test/f"u8, OpenFlags.Create | OpenFlags.Exclusive));
        Check.Equal(Errno.EEXIST, OpenError("/test/dangling"u8, OpenFlags.Create | OpenFlags.Exclusive));
        Check.Equal(Errno.ELOOP, OpenError("/test/dangling"u8, OpenFlags.NoFollow));
        Check.Equal(Errno.EISDIR, OpenError("/test"u8, OpenFlags.WriteOnly));
        Check.Equal(Errno.EISDIR, OpenError("/test"u8, OpenFlags.Create));
        Check.Equal(Errno.EISDIR, OpenError("/test/new/"u8, OpenFlags.Create));
        Check.Equal(Errno.ENOTDIR, OpenError("/test/f"u8, OpenFlags.Directory));
        Check.Equal(Errno.EEXIST, Tree.Make(Caller.Kernel, Root, "/test/."u8, DirectoryMode));
        Check.Equal(Errno.EISDIR, Tree.Unlink(Caller.Kernel, Root, "/test"u8));
        Check.Equal(Errno.ENOTDIR, Tree.Unlink(Caller.Kernel, Root, "/test/f/"u8));
        Check.Equal(Errno.ENOTDIR, Tree.RemoveDirectory(Caller.Kernel, Root, "/test/f"u8));
        Check.Equal(Errno.EINVAL, Tree.RemoveDirectory(Caller.Kernel, Root, "/test/."u8));
        Check.Equal(Errno.ENOTEMPTY, Tree.RemoveDirectory(Caller.Kernel, Root, "/test/.."u8));
        Check.Equal(Errno.None, OpenError("/test/dangling"u8, OpenFlags.Create));
        Unlink("/test/nowhere"u8);
        Unlink("/test/dangling"u8);
        Unlink("/test/f"u8);
    }

    private static void LinksThatLoop()
    {
        MakeLink("/test/a"u8, "b"u8);
        MakeLink("/test/b"u8, "/test/a"u8);
        Check.Equal(Errno.ELOOP, FindError("/test/a"u8));
        Check.Equal(Errno.ELOOP, FindError("/test/a/x"u8));
        MakeLink("/test/self"u8, "."u8);
        Span<byte> path = stackalloc byte[5 + 41 * 5];
        "/test"u8.CopyTo(path);
        for (int index = 0; index < 41; index++)
            "/self"u8.CopyTo(path[(5 + index * 5)..]);
        Check.Equal(Errno.ELOOP, FindError(path));
        Check.Equal(Errno.None, FindError(path[..^5]));
        Unlink("/test/self"u8);
        Unlink("/test/b"u8);
        Unlink("/test/a"u8);
    }

    private static void UnlinkedStaysOpen()
    {
        OpenFile file = Open("/test/a"u8, OpenFlags.Create | OpenFlags.ReadWrite);
        Write(file, "kept"u8, 0);
        Unlink("/test/a"u8);
        Check.Equal(Errno.ENOENT, FindError("/test/a"u8));
        Check.Equal(0UL, file.Inode!.Links);
        ExpectRead(file, "kept"u8, 0);
        file.Release();
    }

    private static void RenameMoves()
    {
        MakeDirectory("/test/d"u8);
        MakeDirectory("/test/e"u8);
        MakeFile("/test/a"u8);
        MakeFile("/test/b"u8);
        ulong number = NumberOf("/test/a"u8);
        Check.Equal(Errno.None, Rename("/test/a"u8, "/test/d/c"u8));
        Check.Equal(number, NumberOf("/test/d/c"u8));
        Check.Equal(Errno.ENOENT, FindError("/test/a"u8));
        Check.Equal(Errno.EEXIST, Rename("/test/d/c"u8, "/test/b"u8, RenameFlags.NoReplace));
        Check.Equal(Errno.None, Rename("/test/d/c"u8, "/test/b"u8));
        Check.Equal(number, NumberOf("/test/b"u8));
        Check.Equal(Errno.EISDIR, Rename("/test/b"u8, "/test/d"u8));
        Check.Equal(Errno.ENOTDIR, Rename("/test/d"u8, "/test/b"u8));
        Check.Equal(Errno.EINVAL, Rename("/test/d"u8, "/test/d/x"u8));
        MakeFile("/test/e/f"u8);
        Check.Equal(Errno.ENOTEMPTY, Rename("/test/d"u8, "/test/e"u8));
        Check.Equal(Errno.ENOTEMPTY, Rename("/test/e/f"u8, "/test/e"u8));
        Check.Equal(Errno.None, Rename("/test/e"u8, "/test/d"u8));
        Check.Equal(Errno.None, FindError("/test/d/f"u8));
        Check.Equal(Errno.ENOTDIR, Rename("/test/b"u8, "/test/x/"u8));
        Check.Equal(Errno.EBUSY, Rename("/test/d/."u8, "/test/x"u8));
        Unlink("/test/d/f"u8);
        Unlink("/test/b"u8);
        RemoveDirectory("/test/d"u8);
    }

    private static void RenameExchanges()
    {
        MakeDirectory("/test/d"u8);
        MakeFile("/test/d/f"u8);
        MakeFile("/test/g"u8);
        ulong f = NumberOf("/test/d/f"u8), g = NumberOf("/test/g"u8);
        Check.Equal(Errno.None, Rename("/test/d/f"u8, "/test/g"u8, RenameFlags.Exchange));
        Check.Equal(g, NumberOf("/test/d/f"u8));
        Check.Equal(f, NumberOf("/test/g"u8));
        Check.Equal(Errno.ENOENT, Rename("/test/g"u8, "/test/none"u8, RenameFlags.Exchange));
        Check.Equal(Errno.EINVAL, Rename("/test/g"u8, "/test/d"u8, RenameFlags.Exchange | RenameFlags.NoReplace));
        Unlink("/test/g"u8);
        Unlink("/test/d/f"u8);
        RemoveDirectory("/test/d"u8);
    }

    private static void DirectoriesMustBeEmpty()
    {
        MakeDirectory("/test/d"u8);
        MakeFile("/test/d/f"u8);
        Check.Equal(Errno.ENOTEMPTY, Tree.RemoveDirectory(Caller.Kernel, Root, "/test/d"u8));
        OpenFile directory = Open("/test/d"u8, OpenFlags.Directory);
        Unlink("/test/d/f"u8);
        RemoveDirectory("/test/d"u8);
        Check.Equal(Errno.ENOENT, Tree.Open(Caller.Kernel, directory.Place, "new"u8, OpenFlags.Create, FileAccess, out _));
        directory.Release();
    }

    private static void LinkCounts()
    {
        Check.Equal(2UL, LinksOf("/test"u8));
        MakeDirectory("/test/d"u8);
        Check.Equal(3UL, LinksOf("/test"u8));
        MakeFile("/test/f"u8);
        Check.Equal(Errno.None, PathWalk.Find(Caller.Kernel, Root, "/test/f"u8, followsLast: true, out Place file));
        Check.Equal(Errno.None, Tree.Link(Caller.Kernel, file, Root, "/test/d/g"u8));
        Check.Equal(Errno.EEXIST, Tree.Link(Caller.Kernel, file, Root, "/test/d/g"u8));
        file.Release();
        Check.Equal(2UL, LinksOf("/test/f"u8));
        Check.Equal(NumberOf("/test/f"u8), NumberOf("/test/d/g"u8));
        Unlink("/test/f"u8);
        Check.Equal(1UL, LinksOf("/test/d/g"u8));
        Check.Equal(Errno.None, Rename("/test/d"u8, "/test/e"u8));
        Check.Equal(3UL, LinksOf("/test"u8));
        Unlink("/test/e/g"u8);
        RemoveDirectory("/test/e"u8);
        Check.Equal(2UL, LinksOf("/test"u8));
    }

    private static void ListingIsComplete()
    {
        Span<byte> name = stackalloc byte[11];
        "/test/f0000"u8.CopyTo(name);
        for (int index = 0; index < Many; index++)
            MakeFile(Numbered(name, index));
        OpenFile directory = Open("/test"u8, OpenFlags.Directory);
        int records = 0;
        ulong position = 0;
        while (true)
        {
            int inPart = CountRecords(directory, ref position);
            if (inPart == 0)
                break;
            records += inPart;
        }
        Check.Equal(Many + 2, records);
        directory.Release();
        for (int index = 0; index < Many; index++)
            Unlink(Numbered(name, index));
    }

    private static Span<byte> Numbered(Span<byte> name, int index)
    {
        for (int digit = 0; digit < 4; digit++, index /= 10)
            name[^(digit + 1)] = (byte)('0' + index % 10);
        return name;
    }

    private static int CountRecords(OpenFile directory, ref ulong position)
    {
        const int lengthOffset = 16;
        Span<byte> buffer = stackalloc byte[300];
        var listing = new DirectoryListing(Transfer.FromKernel(buffer), position);
        if (listing.AddDots(directory.Place.Entry!))
            listing.AddChildren(directory.Place.Entry!);
        position = listing.Position;
        int bytes = (int)listing.Result.Value, count = 0;
        if (listing.Result.IsError)
            return 0;
        for (int offset = 0; offset < bytes; offset += buffer[offset + lengthOffset])
            count++;
        return count;
    }

    private static void PermissionsHold()
    {
        Credentials user = OtherUser();
        var other = new Caller(Caller.Kernel.Paths, in user);
        MakeFile("/test/f"u8);
        Check.Equal(Errno.EACCES, Tree.Open(other, Root, "/test/f"u8, OpenFlags.WriteOnly, 0, out _));
        Check.Equal(Errno.None, Tree.Open(other, Root, "/test/f"u8, OpenFlags.ReadOnly, 0, out OpenFile? file));
        Check.Equal(Errno.EPERM, Tree.SetMode(other, file!.Place, FileMode.AccessMask));
        Check.Equal(Errno.EPERM, Tree.SetOwner(other, file.Place, 1000, uint.MaxValue));
        Check.Equal(Errno.EACCES, Tree.Unlink(other, Root, "/test/f"u8));
        Check.Equal(Errno.EACCES, Tree.Make(other, Root, "/test/d"u8, DirectoryMode));
        Check.Equal(Errno.None, Tree.SetMode(Caller.Kernel, file.Place, 0));
        file.Release();
        Check.Equal(Errno.EACCES, Tree.Open(other, Root, "/test/f"u8, OpenFlags.ReadOnly, 0, out _));
        Check.Equal(Errno.None, OpenError("/test/f"u8, OpenFlags.ReadWrite));
        Unlink("/test/f"u8);
    }

    private static void StickyProtects()
    {
        Credentials user = OtherUser();
        var other = new Caller(Caller.Kernel.Paths, in user);
        MakeDirectory("/test/s"u8);
        OpenFile directory = Open("/test/s"u8, OpenFlags.Directory);
        Check.Equal(Errno.None, Tree.SetMode(Caller.Kernel, directory.Place, FileMode.Sticky | FileMode.AccessMask));
        directory.Release();
        MakeFile("/test/s/mine"u8);
        Check.Equal(Errno.EPERM, Tree.Unlink(other, Root, "/test/s/mine"u8));
        Check.Equal(Errno.None, Tree.Open(other, Root, "/test/s/its"u8, OpenFlags.Create, 0, out OpenFile? file));
        file!.Release();
        Check.Equal(Errno.None, Tree.Unlink(other, Root, "/test/s/its"u8));
        Unlink("/test/s/mine"u8);
        RemoveDirectory("/test/s"u8);
    }

    private static void MountHides()
    {
        int systems = FilePools.MemoryFileSystems.Statistics.ObjectsInUse;
        MakeDirectory("/test/m"u8);
        MakeFile("/test/m/below"u8);
        Check.Equal(Errno.None, PathWalk.Find(Caller.Kernel, Root, "/test/m"u8, followsLast: true, out Place point));
        MemoryFileSystem system = MemoryFileSystem.TryCreate(isForDevices: false, 0x1ff)!;
        Mount mount = Mount.TryCreate(system, system.Root, "test"u8, MountFlags.None)!;
        Mounts.Add(mount, point);
        point.Release();
        Check.Equal(Errno.ENOENT, FindError("/test/m/below"u8));
        MakeFile("/test/m/above"u8);
        Check.Equal(NumberOf("/test"u8), NumberOf("/test/m/.."u8));
        Check.Equal(Errno.EXDEV, Rename("/test/m/above"u8, "/test/x"u8));
        Check.Equal(Errno.EBUSY, Tree.RemoveDirectory(Caller.Kernel, Root, "/test/m"u8));
        OpenFile inside = Open("/test/m/above"u8, OpenFlags.ReadOnly);
        Check.Equal(Errno.EBUSY, Mounts.Remove(mount, isLazy: false, 0));
        inside.Release();
        Check.Equal(Errno.None, Mounts.Remove(mount, isLazy: false, 0));
        Check.Equal(Errno.None, FindError("/test/m/below"u8));
        Unlink("/test/m/below"u8);
        RemoveDirectory("/test/m"u8);
        Check.Equal(systems, FilePools.MemoryFileSystems.Statistics.ObjectsInUse);
    }

    private static void PathsAreWritten()
    {
        MakeDirectory("/test/d"u8);
        OpenFile file = Open("/test/d/f"u8, OpenFlags.Create);
        Span<byte> buffer = stackalloc byte[64];
        Check.True(file.Place.TryWritePath(Root, buffer, out ReadOnlySpan<byte> path, out bool isReachable) && isReachable);
        Check.SequenceEqual("/test/d/f"u8, path);
        Unlink("/test/d/f"u8);
        Check.True(file.Place.TryWritePath(Root, buffer, out path, out _));
        Check.SequenceEqual("/test/d/f (deleted)"u8, path);
        Check.False(file.Place.TryWritePath(Root, buffer[..10], out _, out _));
        Check.True(Root.TryWritePath(Root, buffer, out path, out _));
        Check.SequenceEqual("/"u8, path);
        file.Release();
        RemoveDirectory("/test/d"u8);
    }

    private static void TableGrows()
    {
        const int most = 1100;
        FileTable table = FileTable.TryCreate()!;
        for (int index = 0; index < most; index++)
            Check.Equal(index, table.Add(Open("/test"u8, OpenFlags.Directory), 0, most, closeOnExec: index % 2 == 0).Value);
        OpenFile file = Open("/test"u8, OpenFlags.Directory);
        Check.Equal(Errno.EMFILE, table.Add(file, 0, most, closeOnExec: false).Error);
        Check.Equal(Errno.None, table.Close(700));
        Check.Equal(Errno.EBADF, table.Close(700));
        Check.Equal(700, table.Add(file, 0, most, closeOnExec: false).Value);
        FileTable copy = table.Fork()!;
        table.Release();
        Check.Equal(most, copy.Count);
        copy.CloseOnExecute();
        Check.Equal(most / 2 + 1, copy.Count);
        Check.True(copy.Peek(0) is null && copy.Peek(1) is not null && copy.Peek(700) is not null && copy.Peek(-1) is null);
        copy.Release();
    }

    private static unsafe void BlocksGoBack()
    {
        const int count = 300;
        ulong frames = PhysicalMemory.FreeFrames, ownFrames = ByteBlocks.Frames;
        byte** blocks = stackalloc byte*[count];
        for (int index = 0; index < count; index++)
        {
            int length = 1 + index * 37 % 3000;
            blocks[index] = ByteBlocks.Take(length);
            new Span<byte>(blocks[index], length).Fill((byte)index);
        }
        for (int index = 0; index < count; index++)
        {
            int length = 1 + index * 37 % 3000;
            Check.True(blocks[index][0] == (byte)index && blocks[index][length - 1] == (byte)index);
            ByteBlocks.Return(blocks[index]);
        }
        Check.Equal(ownFrames, ByteBlocks.Frames);
        Check.Equal(frames, PhysicalMemory.FreeFrames);
    }

    private static Credentials OtherUser() => new()
    {
        User = 1000,
        EffectiveUser = 1000,
        SavedUser = 1000,
        FileUser = 1000,
        Group = 1000,
        EffectiveGroup = 1000,
        SavedGroup = 1000,
        FileGroup = 1000,
    };
}
