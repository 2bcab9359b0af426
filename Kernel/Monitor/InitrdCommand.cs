using System;
using Kernel.Drivers.Console;
using Kernel.FileSystems;

namespace Kernel.Monitor;

/// <summary><c>initrd</c>: the files that came with the kernel.</summary>
internal sealed class InitrdCommand : MonitorCommand
{
    // stat(2): the type is in the upper bits of a mode, the permissions in the lower 12.
    private const uint TypeMask = 0xf000;
    private const uint Directory = 0x4000;
    private const uint RegularFile = 0x8000;
    private const uint SymbolicLink = 0xa000;
    private const uint PermissionMask = 0xfff;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "initrd"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "lists the files of the initramfs"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        if (Initramfs.Data.IsEmpty)
        {
            output.Write("no initramfs was given\n"u8);
            return CommandResult.Done;
        }
        var archive = new CpioArchive(Initramfs.Data);
        int entries = 0;
        ulong bytes = 0;
        while (archive.MoveNext())
        {
            WriteEntry(archive.Current, output);
            entries++;
            bytes += (ulong)archive.Current.Contents.Length;
        }
        output.Write($"{entries} entries, {bytes} bytes\n");
        if (archive.Error != CpioError.None)
            output.Write($"broken at byte {archive.Position}; the log says why\n");
        return CommandResult.Done;
    }

    private static void WriteEntry(CpioEntry entry, TextSink output)
    {
        uint type = entry.Mode & TypeMask;
        uint permissions = entry.Mode & PermissionMask;
        Span<byte> octal = stackalloc byte[4];
        for (int digit = octal.Length - 1; digit >= 0; digit--, permissions >>= 3)
            octal[digit] = (byte)('0' + (permissions & 7));
        output.Write($"{TypeName(type),-6} {octal} {entry.Contents.Length,10}  ");
        output.Write(entry.Name);
        if (type == SymbolicLink)
        {
            output.Write(" -> "u8);
            output.Write(entry.Contents);
        }
        output.WriteLine();
    }

    private static ReadOnlySpan<byte> TypeName(uint type) => type switch
    {
        Directory => "folder"u8,
        RegularFile => "file"u8,
        SymbolicLink => "link"u8,
        _ => "other"u8,
    };
}
