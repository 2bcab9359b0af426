namespace User.Tools;

/// <summary>echo [WORD...]: the words in a line.</summary>
internal static class EchoTool
{
    public static int Run(int first)
    {
        for (int index = first; index < Arguments.Count; index++)
        {
            Output.Write(Arguments.Get(index));
            if (index + 1 < Arguments.Count)
                Output.Write(" "u8);
        }
        Output.Write("\n"u8);
        return 0;
    }
}
