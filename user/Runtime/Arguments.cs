using System;
using System.Runtime.CompilerServices;

namespace User;

/// <summary>What the program was started with.</summary>
public static unsafe class Arguments
{
    private static nint s_vector;
    private static nint s_environment;

    /// <summary>Number of arguments, the program's name included.</summary>
    public static int Count { get; private set; }

    /// <summary>The pointers to the arguments, null at the end: for exec.</summary>
    public static byte** Vector => (byte**)s_vector;

    /// <summary>The pointers to the environment's lines, null at the end: for exec.</summary>
    public static byte** Environment => (byte**)s_environment;

    /// <summary>The last part of the name under which the program was started.</summary>
    public static ReadOnlySpan<byte> Name
    {
        get
        {
            ReadOnlySpan<byte> path = Get(0);
            return path[(path.LastIndexOf((byte)'/') + 1)..];
        }
    }

    /// <summary>An argument; empty when there are fewer.</summary>
    public static ReadOnlySpan<byte> Get(int index) =>
        index < Count ? CString.Span(((byte**)s_vector)[index]) : default;

    /// <summary>A variable of the environment; empty when it isn't there.</summary>
    public static ReadOnlySpan<byte> Variable(ReadOnlySpan<byte> name)
    {
        for (byte** line = Environment; *line is not null; line++)
        {
            ReadOnlySpan<byte> text = CString.Span(*line);
            if (text.Length > name.Length && text[name.Length] == '=' && text.StartsWith(name))
                return text[(name.Length + 1)..];
        }
        return default;
    }

    internal static void Initialize(nint* stack)
    {
        Count = (int)stack[0];
        s_vector = (nint)(stack + 1);
        s_environment = (nint)(stack + 1 + Count + 1);
    }
}
