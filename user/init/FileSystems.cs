using System;

namespace User.Init;

/// <summary>The file systems that programs expect, and the files of process 1 itself.</summary>
internal static class FileSystems
{
    private const int ForAll = 0b111_101_101;
    private const int ForAllToWrite = 0b1_111_111_111;

    /// <summary>Mounts /proc, /dev and /tmp where nobody has, and opens the console if the kernel hasn't.</summary>
    public static void Mount()
    {
        Mount("proc"u8, "/proc"u8, ""u8, ForAll);
        if (!Mount("devtmpfs"u8, "/dev"u8, "mode=0755"u8, ForAll))
            MakeDevices();
        Mount("tmpfs"u8, "/tmp"u8, "mode=1777"u8, ForAllToWrite);
        OpenConsole();
    }

    /// <returns>False if the kernel doesn't know this file system.</returns>
    private static bool Mount(ReadOnlySpan<byte> type, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> options, int mode)
    {
        SystemCalls.MakeFolder(folder, mode);
        nint answer = SystemCalls.Mount(type, folder, options);
        return answer >= 0 || ErrnoText.Is(answer, Errno.EBUSY);
    }

    private static void MakeDevices()
    {
        SystemCalls.MakeCharacterDevice("/dev/null"u8, 1, 3);
        SystemCalls.MakeCharacterDevice("/dev/zero"u8, 1, 5);
        SystemCalls.MakeCharacterDevice("/dev/full"u8, 1, 7);
        SystemCalls.MakeCharacterDevice("/dev/random"u8, 1, 8);
        SystemCalls.MakeCharacterDevice("/dev/urandom"u8, 1, 9);
        SystemCalls.MakeCharacterDevice("/dev/tty1"u8, 4, 1);
        SystemCalls.MakeCharacterDevice("/dev/ttyS0"u8, 4, 64);
        SystemCalls.MakeCharacterDevice("/dev/tty"u8, 5, 0);
        SystemCalls.MakeCharacterDevice("/dev/console"u8, 5, 1);
    }

    private static void OpenConsole()
    {
        const int StandardError = 2;
        int file;
        do
        {
            file = (int)SystemCalls.Open("/dev/console"u8, OpenFlags.ReadWrite | OpenFlags.NonBlocking);
        }
        while (file is >= 0 and < StandardError);
        if (file > StandardError)
            SystemCalls.Close(file);
    }
}
