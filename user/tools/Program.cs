using System;
using System.Runtime;

namespace User.Tools;

/// <summary>
/// The image's own tools in one program, for when BusyBox isn't there: the name under which it is started says which,
/// or the first argument after the name <c>tools</c>.
/// </summary>
internal static class Program
{
    private const int WrongUse = 2;

    [RuntimeExport("ProgramMain")]
    private static int Main()
    {
        ReadOnlySpan<byte> name = Arguments.Name;
        int first = 1;
        if (name.SequenceEqual("tools"u8))
        {
            name = Arguments.Get(1);
            first = 2;
        }
        // Login shells are started with a dash before their name.
        return TryRun(name.TrimStart((byte)'-'), first, out int status) ? status : ShowNames();
    }

    private static bool TryRun(ReadOnlySpan<byte> name, int first, out int status)
    {
        int? result = null;
        if (name.SequenceEqual("sh"u8))
            result = Shell.Run(first);
        else if (name.SequenceEqual("ls"u8))
            result = ListTool.Run(first);
        else if (name.SequenceEqual("cat"u8))
            result = CatTool.Run(first);
        else if (name.SequenceEqual("ps"u8))
            result = ProcessTool.Run();
        else if (name.SequenceEqual("echo"u8))
            result = EchoTool.Run(first);
        else if (name.SequenceEqual("mkdir"u8))
            result = FileTool.Run(name, first, path => SystemCalls.MakeFolder(path, 0b111_111_111));
        else if (name.SequenceEqual("rmdir"u8))
            result = FileTool.Run(name, first, path => SystemCalls.RemoveFolder(path));
        else if (name.SequenceEqual("rm"u8))
            result = FileTool.Run(name, first, path => SystemCalls.Unlink(path));
        else if (name.SequenceEqual("kill"u8))
            result = SignalTool.Run(first);
        else if (name.SequenceEqual("sleep"u8))
            result = SignalTool.Sleep(first);
        else if (name.SequenceEqual("poweroff"u8))
            result = SignalTool.Ask(Signal.User2);
        else if (name.SequenceEqual("halt"u8))
            result = SignalTool.Ask(Signal.User1);
        else if (name.SequenceEqual("reboot"u8))
            result = SignalTool.Ask(Signal.Terminate);
        status = result.GetValueOrDefault();
        return result.HasValue;
    }

    private static int ShowNames()
    {
        Output.Error($"usage: tools sh|ls|cat|ps|echo|mkdir|rmdir|rm|kill|sleep|poweroff|halt|reboot [ARGUMENT...]");
        return WrongUse;
    }
}
