using System;

namespace User.Tools;

/// <summary>cat [FILE...]: files, or the standard input, to the standard output.</summary>
internal static class CatTool
{
    private const int BufferSize = 65536;

    public static int Run(int first)
    {
        if (first >= Arguments.Count)
            return Copy(0, "standard input"u8);
        int status = 0;
        for (int index = first; index < Arguments.Count; index++)
        {
            ReadOnlySpan<byte> path = Arguments.Get(index);
            nint file = SystemCalls.Open(path, OpenFlags.Read);
            status |= file < 0 ? Fail(path, file) : Copy((int)file, path);
            SystemCalls.Close((int)file);
        }
        return status;
    }

    private static int Copy(int file, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        nint read;
        while ((read = SystemCalls.Read(file, buffer)) > 0)
            if (!Output.TryWriteAll(Output.File, buffer[..(int)read]))
                return 1;
        return read < 0 ? Fail(name, read) : 0;
    }

    private static int Fail(ReadOnlySpan<byte> name, nint answer)
    {
        Output.Error($"cat: {name}: {ErrnoText.Describe(answer)}");
        return 1;
    }
}
