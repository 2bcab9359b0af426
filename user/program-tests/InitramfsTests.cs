using System;
using System.IO;
using Xunit;

namespace CosmosVm.UserTests;

/// <summary>What build/make-initramfs.sh and build/fetch-busybox.sh make.</summary>
public sealed class InitramfsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("initramfs").FullName;

    [Fact]
    public void Image_with_BusyBox_has_it_unchanged_with_links_and_licences()
    {
        string busyBox = Directory.CreateDirectory(Path.Combine(_folder, "busybox")).FullName;
        foreach (string name in (string[])["busybox", "copyright", "GPL-2", "LGPL-2.1", "version"])
            File.WriteAllText(Path.Combine(busyBox, name), "content of " + name);
        File.WriteAllText(Path.Combine(busyBox, "applets"), "ls\nsh\n");
        string root = Make(busyBox);
        Assert.Equal("content of busybox", File.ReadAllText(Path.Combine(root, "bin/busybox")));
        Assert.Equal("busybox", new FileInfo(Path.Combine(root, "bin/sh")).LinkTarget);
        Assert.Equal("content of GPL-2", File.ReadAllText(Path.Combine(root, "usr/share/licenses/busybox/GPL-2")));
        Assert.False(File.Exists(Path.Combine(root, "etc/no-busybox")));
    }

    [Fact]
    public void Image_without_BusyBox_has_our_tools_and_says_why()
    {
        string busyBox = Directory.CreateDirectory(Path.Combine(_folder, "busybox")).FullName;
        File.WriteAllText(Path.Combine(busyBox, "missing"), "This image has no BusyBox: a test.\n");
        string root = Make(busyBox);
        Assert.Equal("tools", new FileInfo(Path.Combine(root, "bin/sh")).LinkTarget);
        Assert.Equal("This image has no BusyBox: a test.\n", File.ReadAllText(Path.Combine(root, "etc/no-busybox")));
    }

    [Fact]
    public void Package_that_can_not_be_had_is_no_error_but_a_reason()
    {
        // No dpkg-query and no apt-get, as on other systems than Debian.
        string tools = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        foreach (string tool in (string[])["bash", "env", "realpath", "mkdir", "flock", "mktemp", "rm", "chmod", "uname", "mv", "cat"])
            File.CreateSymbolicLink(Path.Combine(tools, tool), "/usr/bin/" + tool);
        string target = Path.Combine(_folder, "target");
        ProgramRun run = ProgramRun.Start(
            "/usr/bin/env", "", null, $"PATH={tools}", "bash", Path.Combine(ProgramRun.Root, "build/fetch-busybox.sh"), target);
        Assert.Equal((0, ""), (run.Status, run.Errors));
        Assert.Equal("This image has no BusyBox: it was not built on a Debian system.\n", File.ReadAllText(Path.Combine(target, "missing")));
        Assert.Equal(["lock", "missing"], [.. Order(Directory.GetFileSystemEntries(target))]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Order(string[] paths)
    {
        string[] names = Array.ConvertAll(paths, path => Path.GetFileName(path)!);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private string Make(string busyBox)
    {
        string root = Path.Combine(_folder, "root");
        ProgramRun run = ProgramRun.Start(
            "/usr/bin/env", "", null, "SOURCE_DATE_EPOCH=0", Path.Combine(ProgramRun.Root, "build/make-initramfs.sh"),
            Path.Combine(_folder, "initramfs.cpio"), root, busyBox, $"{ProgramRun.PathOf("tools")}=bin/tools");
        Assert.Equal((0, ""), (run.Status, run.Errors));
        Assert.True(new FileInfo(Path.Combine(_folder, "initramfs.cpio")).Length > 0);
        return root;
    }
}
