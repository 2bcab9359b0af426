using System;

namespace Kernel.Boot;

/// <summary>The kernel command line: words separated by spaces, each <c>name</c> or <c>name=value</c>.</summary>
public static class CommandLine
{
    private static byte[] s_text = [];

    /// <summary>The whole line.</summary>
    public static ReadOnlySpan<byte> Text => s_text;

    /// <summary>Copies the line from the boot loader's memory.</summary>
    public static void Initialize(ReadOnlySpan<byte> text) => s_text = text.ToArray();

    /// <summary>Whether a word without value, or with any, is there.</summary>
    public static bool Has(ReadOnlySpan<byte> name) => TryGet(name, out _);

    /// <summary>The value of the first word with that name; empty for a word without value.</summary>
    public static bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = s_text;
        return TryGetNext(name, ref rest, out value);
    }

    /// <summary>The value of the last word with that name; empty for a word without value.</summary>
    public static bool TryGetLast(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = s_text;
        bool isFound = TryGetNext(name, ref rest, out value);
        while (TryGetNext(name, ref rest, out ReadOnlySpan<byte> later))
            value = later;
        return isFound;
    }

    private static bool TryGetNext(ReadOnlySpan<byte> name, scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!word.StartsWith(name))
                continue;
            if (word.Length == name.Length)
            {
                value = default;
                return true;
            }
            if (word[name.Length] == (byte)'=')
            {
                value = word[(name.Length + 1)..];
                return true;
            }
        }
        value = default;
        return false;
    }
}
