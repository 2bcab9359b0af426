using System;
using System.Collections.Generic;
using System.Text;

namespace User.Tools;

/// <summary>ls [-a] [-l] [PATH...]: names in the order of their bytes, one a line.</summary>
internal static class ListTool
{
    private const int FolderBuffer = 16384;
    private const int RightBits = 9;

    public static int Run(int first)
    {
        bool all = false, isLong = false;
        for (; Arguments.Get(first) is [(byte)'-', _, ..] option; first++)
        {
            all |= option.Contains((byte)'a');
            isLong |= option.Contains((byte)'l');
        }
        if (first >= Arguments.Count)
            return List("."u8, all, isLong);
        int status = 0;
        for (int index = first; index < Arguments.Count; index++)
            status |= List(Arguments.Get(index), all, isLong);
        return status;
    }

    private static int List(ReadOnlySpan<byte> path, bool all, bool isLong)
    {
        nint answer = SystemCalls.Stat(path, followLinks: true, out FileStatus status);
        if (answer >= 0 && !status.IsFolder)
        {
            Show(path, status, isLong);
            return 0;
        }
        var folder = new FolderReader(stackalloc byte[FolderBuffer]);
        if (answer >= 0)
            answer = folder.Open(path);
        if (answer < 0)
        {
            Output.Error($"ls: {path}: {ErrnoText.Describe(answer)}");
            return 1;
        }
        var names = new List<byte[]>();
        while (folder.TryNext(out ReadOnlySpan<byte> name))
            if (all || name[0] != '.')
                names.Add(name.ToArray());
        folder.Close();
        names.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        foreach (byte[] name in names)
            ShowEntry(path, name, isLong);
        return 0;
    }

    private static void ShowEntry(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name, bool isLong)
    {
        FileStatus status = default;
        if (isLong)
        {
            var path = new Utf8Writer(stackalloc byte[CString.LongestPath]);
            path.Append(folder);
            path.Append("/"u8);
            path.Append(name);
            SystemCalls.Stat(path.Text, followLinks: false, out status);
        }
        Show(name, status, isLong);
    }

    private static void Show(ReadOnlySpan<byte> name, in FileStatus status, bool isLong)
    {
        if (isLong)
        {
            Span<byte> rights = stackalloc byte[1 + RightBits];
            rights[0] = status.TypeLetter;
            for (int bit = 0; bit < RightBits; bit++)
                rights[RightBits - bit] = (status.Mode & (1u << bit)) != 0 ? "xwr"u8[bit % 3] : (byte)'-';
            Output.Write($"{(ReadOnlySpan<byte>)rights} {status.Links,3} {status.User,5} {status.Size,9} ");
        }
        Output.Write(name);
        Output.Write("\n"u8);
    }
}
