using System;
using Kernel.Drivers;

namespace Kernel.FileSystems;

/// <summary>The files that came with the kernel, in memory as the boot loader put them there.</summary>
/// <remarks>Read at start-up; not changed afterwards. No lock.</remarks>
internal static unsafe class Initramfs
{
    private static byte* s_data;
    private static int s_length;

    /// <summary>The archive's bytes; empty if none was given.</summary>
    public static ReadOnlySpan<byte> Data => new(s_data, s_length);

    /// <summary>Files, folders and other nodes that can be read.</summary>
    public static int EntryCount { get; private set; }

    /// <summary>What is wrong with the archive.</summary>
    public static CpioError Error { get; private set; }

    /// <summary>Takes the archive, checks it from end to end and says what it found.</summary>
    /// <param name="data">In the direct map, for as long as the kernel runs.</param>
    /// <param name="length">In bytes.</param>
    public static void Initialize(byte* data, ulong length)
    {
        if (length == 0)
        {
            Log.Info($"initramfs: none given");
            return;
        }
        if (length > int.MaxValue)
        {
            Log.Error($"initramfs: {length} bytes are more than can be read (2 GiB)");
            return;
        }
        s_data = data;
        s_length = (int)length;
        var archive = new CpioArchive(Data);
        while (archive.MoveNext())
            EntryCount++;
        Error = archive.Error;
        if (Error == CpioError.None)
            Log.Info($"initramfs: {EntryCount} entries in {length} bytes");
        else
            Log.Error($"initramfs: broken at byte {archive.Position} of {length}: {Describe(Error)}; {EntryCount} entries before that can be read");
    }

    private static string Describe(CpioError error) => error switch
    {
        CpioError.BadMagic => "no cpio newc header (070701) where one must be",
        CpioError.BadField => "a header field is not hexadecimal",
        CpioError.BadName => "a file name is empty, too long or not terminated",
        CpioError.Truncated => "an entry goes beyond the end",
        CpioError.NoTrailer => "the end comes before the entry TRAILER!!!",
        CpioError.Compressed => "it is compressed; give it uncompressed (cpio -o -H newc)",
        _ => "unknown",
    };
}
