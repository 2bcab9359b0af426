using System;
using System.Text;

namespace User.Tools;

/// <summary>ps: all processes.</summary>
internal static class ProcessTool
{
    private const int FolderBuffer = 4096;
    private const int LongestStat = 1024;
    private const int LongestPath = 64;
    private const ulong KibibytesPerPage = 4;
    private const int FromParentToResident = 19;

    public static int Run()
    {
        var folder = new FolderReader(stackalloc byte[FolderBuffer]);
        nint answer = folder.Open("/proc"u8);
        if (answer < 0)
        {
            Output.Error($"ps: /proc: {ErrnoText.Describe(answer)}");
            return 1;
        }
        Output.WriteLine($"{"PID",5} {"PPID",5} S {"RSS",8} NAME");
        Span<byte> buffer = stackalloc byte[LongestStat];
        Span<byte> path = stackalloc byte[LongestPath];
        while (folder.TryNext(out ReadOnlySpan<byte> name))
        {
            if (name[0] is < (byte)'1' or > (byte)'9')
                continue;
            var writer = new Utf8Writer(path);
            writer.Append("/proc/"u8);
            writer.Append(name);
            writer.Append("/stat"u8);
            Show(name, TextFile.Read(writer.Text, buffer));
        }
        folder.Close();
        return 0;
    }

    /// <summary>Fields 2, 3, 4 and 24 of proc_pid_stat(5).</summary>
    private static void Show(ReadOnlySpan<byte> number, ReadOnlySpan<byte> stat)
    {
        int nameStart = stat.IndexOf((byte)'(');
        int nameEnd = stat.LastIndexOf((byte)')');
        if (nameStart < 0 || nameEnd < nameStart)
            return;
        var fields = new TextScanner(stat[(nameEnd + 1)..]);
        ReadOnlySpan<byte> state = fields.Word();
        ulong parent = fields.Number();
        fields.Skip(FromParentToResident);
        ulong resident = fields.Number() * KibibytesPerPage;
        Output.WriteLine($"{number,5} {parent,5} {state} {resident,8} {stat[(nameStart + 1)..nameEnd]}");
    }
}
