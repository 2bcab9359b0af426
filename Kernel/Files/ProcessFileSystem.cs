using System;
using Kernel.Abi;

namespace Kernel.Files;

/// <summary>/proc.</summary>
internal sealed class ProcessFileSystem : FileSystem
{
    public static ProcessFileSystem? Instance { get; private set; }

    public static void Initialize() => Instance = null;

    public override ReadOnlySpan<byte> TypeName => "proc"u8;

    public override void GetStatistics(out FileSystemStatistics statistics) => statistics = default;

    public override void Destroy()
    {
    }
}
