using System;
using System.Collections.Generic;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Kernel.Mm.Tests.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Files;

/// <summary>A machine with one space and files, which are released before the machine is checked.</summary>
public abstract class FileTestBase : SpaceTestBase, IDisposable
{
    private readonly List<FileObject> _files = [];

    void IDisposable.Dispose()
    {
        foreach (FileObject file in _files)
            file.Release();
        Dispose();
    }

    /// <summary>A file without anything in it.</summary>
    protected FileObject NewFile(FileHost? host = null)
    {
        FileObject created = FileObject.Create(Machine.Manager, host)!;
        _files.Add(created);
        return created;
    }

    /// <summary>A file whose page <c>n</c> is full of <c>n + 1</c>.</summary>
    protected FileObject NewFile(int pages)
    {
        FileObject file = NewFile();
        for (int page = 0; page < pages; page++)
            Put(file, (ulong)page << Page.Shift, PageOf((byte)(page + 1)));
        return file;
    }

    protected static byte[] PageOf(byte value)
    {
        byte[] content = new byte[Page.Size];
        content.AsSpan().Fill(value);
        return content;
    }

    /// <summary>A write that must succeed.</summary>
    protected static void Put(FileObject file, ulong offset, byte[] content)
    {
        Assert.Equal(Status.Success, file.Write(offset, content, out int written));
        Assert.Equal(content.Length, written);
    }

    /// <summary>As many bytes as there are, at most those asked for.</summary>
    protected static byte[] Get(FileObject file, ulong offset, int length)
    {
        byte[] content = new byte[length];
        content.AsSpan().Fill(0xee);
        int read = file.Read(offset, content);
        return content[..read];
    }

    /// <summary>Maps a file from its first page at a page.</summary>
    protected PageRange MapFile(
        FileObject file, ulong page, ulong pages, VAreaFlags flags = VAreaFlags.None, ulong offset = 0, Protection protection = ReadWrite, AddressSpace? space = null) =>
        (space ?? Space).MapAt(At(page), pages, protection, flags, file, offset);
}
