using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace CosmosVm.QemuTests.Harness;

/// <summary>Where the built image, the sources and the logs are.</summary>
public static class Repository
{
    /// <summary>The folder of CosmosVm.sln.</summary>
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The kernel with symbols, as PVH wants it.</summary>
    public static string KernelElf => Built("kernel.elf");

    /// <summary>The hybrid image for CD and USB stick, BIOS and UEFI.</summary>
    public static string Iso => Built("cosmosvm.iso");

    /// <summary>The image's initial file system.</summary>
    public static string Initramfs => Built("initramfs.cpio");

    /// <summary>The folder for serial logs and screenshots; made when first asked for.</summary>
    public static string LogFolder => Directory.CreateDirectory(Path.Combine(Root, "out", "qemu-tests")).FullName;

    /// <summary>The number, from 1, of the one line of a source file that contains <paramref name="marker"/>.</summary>
    /// <param name="path">Relative to the repository.</param>
    /// <param name="marker">Text, usually a comment, that stands on exactly one line.</param>
    public static int LineOf(string path, string marker)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root, path));
        int[] found = Enumerable.Range(0, lines.Length)
            .Where(index => lines[index].Contains(marker, StringComparison.Ordinal)).ToArray();
        return found.Length == 1
            ? found[0] + 1
            : throw new InvalidOperationException($"{path} has {found.Length} lines with '{marker}', expected exactly one.");
    }

    private static string Built(string name)
    {
        string path = Path.Combine(Root, "out", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: run ./build.sh build first.", path);
    }
}
