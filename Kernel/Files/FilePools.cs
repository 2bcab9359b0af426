using Kernel.Memory;

namespace Kernel.Files;

/// <summary>Where the objects of files come from.</summary>
internal static class FilePools
{
    public static Pool<Entry> Entries { get; private set; } = null!;

    public static Pool<Mount> Mounts { get; private set; } = null!;

    public static Pool<OpenFile> OpenFiles { get; private set; } = null!;

    public static Pool<FileTable> Tables { get; private set; } = null!;

    public static Pool<PathContext> Paths { get; private set; } = null!;

    public static Pool<FileLock> Locks { get; private set; } = null!;

    public static Pool<Pipe> Pipes { get; private set; } = null!;

    public static Pool<EventCounter> EventCounters { get; private set; } = null!;

    public static Pool<EventPoll> EventPolls { get; private set; } = null!;

    public static Pool<EpollItem> EpollItems { get; private set; } = null!;

    public static Pool<MemoryFile> MemoryFiles { get; private set; } = null!;

    public static Pool<MemoryNode> MemoryNodes { get; private set; } = null!;

    public static Pool<MemoryFileSystem> MemoryFileSystems { get; private set; } = null!;

    /// <summary>Once, at boot.</summary>
    public static void Initialize()
    {
        Entries = new Pool<Entry>("directory entry");
        Mounts = new Pool<Mount>("mount");
        OpenFiles = new Pool<OpenFile>("open file");
        Tables = new Pool<FileTable>("file table");
        Paths = new Pool<PathContext>("path context");
        Locks = new Pool<FileLock>("file lock");
        Pipes = new Pool<Pipe>("pipe");
        EventCounters = new Pool<EventCounter>("eventfd");
        EventPolls = new Pool<EventPoll>("epoll");
        EpollItems = new Pool<EpollItem>("epoll item");
        MemoryFiles = new Pool<MemoryFile>("tmpfs file");
        MemoryNodes = new Pool<MemoryNode>("tmpfs node");
        MemoryFileSystems = new Pool<MemoryFileSystem>("tmpfs");
    }
}
