using Kernel.Processes;

namespace Kernel.Files;

/// <summary>Where a process's paths begin, and what new files don't get. Shared by processes made with CLONE_FS.</summary>
internal sealed class PathContext
{
    private int _references = 1;
    private Place _root;
    private Place _current;

    /// <summary>Permission bits that new files don't get.</summary>
    public uint Umask { get; set; } = 0x12;

    /// <summary>Where absolute paths begin. No reference for the caller.</summary>
    public Place Root => _root;

    /// <summary>Where relative paths begin. No reference for the caller.</summary>
    public Place Current => _current;

    /// <summary>Makes one that begins at the root of all.</summary>
    /// <returns>Null when memory has run out.</returns>
    public static PathContext? TryCreate()
    {
        if (FilePools.Paths.Take() is not { } created)
            return null;
        var root = new Place(Mounts.Root, Mounts.Root.Root);
        created._root = root.AddReference();
        created._current = root.AddReference();
        return created;
    }

    /// <summary>A copy for a new process. Null when memory has run out.</summary>
    public PathContext? Fork()
    {
        if (FilePools.Paths.Take() is not { } copy)
            return null;
        copy._root = _root.AddReference();
        copy._current = _current.AddReference();
        copy.Umask = Umask;
        return copy;
    }

    /// <summary>Takes a reference. Returns itself.</summary>
    public PathContext AddReference()
    {
        System.Threading.Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (System.Threading.Interlocked.Decrement(ref _references) != 0)
            return;
        _root.Release();
        _current.Release();
        FilePools.Paths.Return(this);
    }

    /// <summary>chdir. Takes over the caller's references.</summary>
    public void SetCurrent(in Place place)
    {
        Place old = _current;
        _current = place;
        old.Release();
    }

    /// <summary>chroot. Takes over the caller's references.</summary>
    public void SetRoot(in Place place)
    {
        Place old = _root;
        _root = place;
        old.Release();
    }
}

/// <summary>On whose behalf files are used: whose paths and whose rights.</summary>
internal readonly ref struct Caller
{
    private static readonly Credentials s_root = default;
    private static PathContext? s_kernelPaths;

    private readonly ref readonly Credentials _user;

    public Caller(PathContext paths, ref readonly Credentials user)
    {
        Paths = paths;
        _user = ref user;
    }

    /// <summary>The kernel itself: everything is allowed, paths begin at the root of all. Once there is one.</summary>
    public static Caller Kernel => new(s_kernelPaths!, in s_root);

    public PathContext Paths { get; }

    public ref readonly Credentials User => ref _user;

    /// <summary>A process.</summary>
    public static Caller Of(Process process) => new(process.Paths, in process.User);

    /// <summary>The process that runs.</summary>
    public static Caller Current => Of(Thread.Current.Process);

    /// <summary>Whether no permission counts (CAP_FOWNER and its like).</summary>
    public bool IsPrivileged => _user.FileUser == 0;

    /// <summary>Once, at boot, when the root is mounted.</summary>
    public static bool InitializeKernel() => (s_kernelPaths = PathContext.TryCreate()) is not null;
}
