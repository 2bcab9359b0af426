using System;
using Kernel.Diagnostics;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Files.Proc;

/// <summary>/proc: what processes and the machine are doing, as files. One for all who mount it.</summary>
internal sealed class ProcessFileSystem : FileSystem
{
    private const ulong Magic = 0x9fa0;

    /// <summary>The file system.</summary>
    public static ProcessFileSystem Instance { get; private set; } = null!;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> TypeName => "proc"u8;

    /// <inheritdoc/>
    public override bool IsFixed => true;

    /// <summary>Once, at boot. Panics without memory.</summary>
    public static void Initialize()
    {
        Instance = new ProcessFileSystem { MountCount = 1 };
        Instance.TakeDevice();
        ProcNode.Pool = new Pool<ProcNode>("proc file");
        if (ProcNode.TryCreate(ProcFile.Root, null, 0) is { } node && Entry.CreateRoot(node) is { } root)
            Instance.Root = root;
        else
            Panic.Fail("no memory for /proc");
    }

    /// <inheritdoc/>
    public override void GetStatistics(out FileSystemStatistics statistics) =>
        statistics = new FileSystemStatistics { Type = Magic, BlockSize = Page.Size };

    /// <inheritdoc/>
    /// <remarks>It stays when nobody has it mounted.</remarks>
    public override void Destroy()
    {
    }
}
