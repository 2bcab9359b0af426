using System;

namespace User.Tools;

/// <summary>Tools that do one thing to each path: mkdir, rmdir, rm.</summary>
internal static class FileTool
{
    public delegate nint Action(ReadOnlySpan<byte> path);

    public static int Run(ReadOnlySpan<byte> tool, int first, Action action)
    {
        int status = 0;
        for (int index = first; index < Arguments.Count; index++)
        {
            ReadOnlySpan<byte> path = Arguments.Get(index);
            nint answer = action(path);
            if (answer >= 0)
                continue;
            Output.Error($"{tool}: {path}: {ErrnoText.Describe(answer)}");
            status = 1;
        }
        return status;
    }
}
