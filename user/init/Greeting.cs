using System;

namespace User.Init;

/// <summary>What a console shows before its shell's prompt: /etc/motd, and why there is no BusyBox if there is none.</summary>
internal static class Greeting
{
    private const int Longest = 2048;

    public static void Show()
    {
        Show("/etc/motd"u8);
        Show("/etc/no-busybox"u8);
        Output.Flush();
    }

    private static void Show(ReadOnlySpan<byte> path)
    {
        Span<byte> text = stackalloc byte[Longest];
        Output.Write(TextFile.Read(path, text));
    }
}
