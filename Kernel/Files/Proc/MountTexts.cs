using System;

namespace Kernel.Files.Proc;

/// <summary>The lines of mounts and mountinfo.</summary>
internal static class MountTexts
{
    /// <summary>Writes a mount's line, unless it lies outside the reader's root.</summary>
    /// <param name="text">Gets the line.</param>
    /// <param name="mount">The mount.</param>
    /// <param name="root">Where the process's paths begin.</param>
    /// <param name="buffer">For a path.</param>
    /// <param name="isLong">mountinfo's form.</param>
    public static void Write(ref ProcText text, Mount mount, in Place root, scoped Span<byte> buffer, bool isLong)
    {
        var place = new Place(mount, mount.Root);
        if (!place.TryWritePath(root, buffer, out ReadOnlySpan<byte> path, out bool isReachable) || !isReachable)
            return;
        if (isLong)
        {
            WriteLong(ref text, mount, path);
            return;
        }
        text.Escaped(mount.Source);
        text.Add((byte)' ');
        text.Escaped(path);
        text.Add((byte)' ');
        text.Add(mount.System.TypeName);
        text.Add((byte)' ');
        WriteFlags(ref text, mount);
        text.Add(" 0 0\n"u8);
    }

    private static void WriteLong(ref ProcText text, Mount mount, scoped ReadOnlySpan<byte> path)
    {
        ulong device = mount.System.Device;
        text.Line(default, (ulong)mount.Id, " "u8);
        text.Line(default, (ulong)(mount.Parent?.Id ?? mount.Id), " "u8);
        text.Line(default, CharacterDevices.MajorOf(device), ":"u8);
        text.Line(default, CharacterDevices.MinorOf(device), " "u8);
        WriteRoot(ref text, mount.Root);
        text.Add((byte)' ');
        text.Escaped(path);
        text.Add((byte)' ');
        WriteFlags(ref text, mount);
        text.Add(" - "u8);
        text.Add(mount.System.TypeName);
        text.Add((byte)' ');
        text.Escaped(mount.Source);
        text.Add(mount.IsReadOnly ? " ro\n"u8 : " rw\n"u8);
    }

    /// <summary>The part of its file system that it shows: more than "/" only for one directory of a bind mount.</summary>
    private static void WriteRoot(ref ProcText text, Entry root)
    {
        if (root.IsRoot)
        {
            text.Add((byte)'/');
            return;
        }
        if (!root.Parent.IsRoot)
            WriteRoot(ref text, root.Parent);
        text.Add((byte)'/');
        text.Escaped(root.Name);
    }

    private static void WriteFlags(ref ProcText text, Mount mount)
    {
        MountFlags flags = mount.Flags;
        text.Add(mount.IsReadOnly ? "ro"u8 : "rw"u8);
        Flag(ref text, ",nosuid"u8, (flags & MountFlags.NoSetId) != 0);
        Flag(ref text, ",nodev"u8, (flags & MountFlags.NoDevices) != 0);
        Flag(ref text, ",noexec"u8, (flags & MountFlags.NoExecute) != 0);
        Flag(ref text, ",noatime"u8, (flags & MountFlags.NoAccessTime) != 0);
        Flag(ref text, ",nodiratime"u8, (flags & MountFlags.NoDirectoryAccessTime) != 0);
        Flag(ref text, ",relatime"u8, (flags & MountFlags.NoAccessTime) == 0 && mount.Parent is not null);
    }

    private static void Flag(ref ProcText text, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
            text.Add(name);
    }
}
