using System;

namespace Kernel.Monitor;

/// <summary>Reads the numbers that people type.</summary>
internal static class NumberParser
{
    /// <summary>Reads a hexadecimal number, with or without <c>0x</c>; underscores and apostrophes may group digits.</summary>
    /// <returns>False for anything else, and for what needs more than 64 bits.</returns>
    public static bool TryHexadecimal(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.StartsWith("0x"u8) || text.StartsWith("0X"u8))
            text = text[2..];
        int digits = 0;
        foreach (byte character in text)
        {
            if (character is (byte)'_' or (byte)'\'' && digits > 0)
                continue;
            uint digit = Digit(character);
            if (digit > 15 || value >> 60 != 0)
                return false;
            value = value << 4 | digit;
            digits++;
        }
        return digits > 0;
    }

    /// <summary>Reads a decimal number, or a hexadecimal one that starts with <c>0x</c>.</summary>
    /// <returns>False for anything else, and for what needs more than 32 bits.</returns>
    public static bool TryCount(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.StartsWith("0x"u8))
        {
            if (!TryHexadecimal(text, out ulong wide) || wide > uint.MaxValue)
                return false;
            value = (uint)wide;
            return true;
        }
        foreach (byte character in text)
        {
            uint digit = Digit(character);
            ulong next = value * 10UL + digit;
            if (digit > 9 || next > uint.MaxValue)
                return false;
            value = (uint)next;
        }
        return !text.IsEmpty;
    }

    private static uint Digit(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => (uint)(character - '0'),
        >= (byte)'a' and <= (byte)'f' => (uint)(character - 'a' + 10),
        >= (byte)'A' and <= (byte)'F' => (uint)(character - 'A' + 10),
        _ => uint.MaxValue,
    };
}
