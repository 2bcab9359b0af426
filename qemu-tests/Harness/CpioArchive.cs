using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace CosmosVm.QemuTests.Harness;

/// <summary>Writes archives in cpio's "new" ASCII format (newc), right ones and, on request, wrong ones.</summary>
public sealed class CpioArchive
{
    /// <summary>The first bytes of every entry.</summary>
    public const string Magic = "070701";

    /// <summary>The name of the entry that ends an archive.</summary>
    public const string TrailerName = "TRAILER!!!";

    private const uint RegularFileMode = 0x81A4; // S_IFREG | 0644
    private const uint ProgramMode = 0x81ED; // S_IFREG | 0755
    private const int Alignment = 4;

    private readonly MemoryStream _bytes = new();
    private uint _lastInode;

    /// <summary>Adds a file.</summary>
    public CpioArchive Add(string name, ReadOnlySpan<byte> content) =>
        Add(name, content, (uint)content.Length, (uint)name.Length + 1);

    /// <summary>Adds a file that may be executed.</summary>
    public CpioArchive AddProgram(string name, ReadOnlySpan<byte> content) =>
        Add(name, content, (uint)content.Length, (uint)name.Length + 1, ProgramMode);

    /// <summary>Adds a file whose header says sizes that may be wrong.</summary>
    /// <param name="name">What stands behind the header.</param>
    /// <param name="content">What stands behind the name.</param>
    /// <param name="contentSize">What the header says about the content, in bytes.</param>
    /// <param name="nameSize">What the header says about the name with its end mark, in bytes.</param>
    /// <param name="mode">Type and permissions.</param>
    public CpioArchive Add(string name, ReadOnlySpan<byte> content, uint contentSize, uint nameSize, uint mode = RegularFileMode)
    {
        // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
        uint[] fields = [++_lastInode, mode, 0, 0, 1, 0, contentSize, 0, 0, 0, 0, nameSize, 0];
        Write(Magic);
        foreach (uint field in fields)
            Write(field.ToString("X8", CultureInfo.InvariantCulture));
        Write(name + "\0");
        Pad();
        _bytes.Write(content);
        Pad();
        return this;
    }

    /// <summary>Adds bytes as they are.</summary>
    public CpioArchive AddRaw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>The archive without an end.</summary>
    public byte[] WithoutTrailer() => _bytes.ToArray();

    /// <summary>The archive with its end.</summary>
    public byte[] Finish()
    {
        Add(TrailerName, []);
        return _bytes.ToArray();
    }

    private void Write(string text) => _bytes.Write(Encoding.ASCII.GetBytes(text));

    private void Pad()
    {
        while (_bytes.Length % Alignment != 0)
            _bytes.WriteByte(0);
    }
}
