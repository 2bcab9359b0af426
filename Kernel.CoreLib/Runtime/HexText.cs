namespace System.Runtime;

/// <summary>Hexadecimal text for the runtime's own needs, without the library's formatting.</summary>
internal static class HexText
{
    private const int Digits = 16;
    private const int BitsPerDigit = 4;
    private const int DigitMask = 15;
    private const int MaxPrefix = 16;
    private const int Ten = 10;

    internal static string Of(string prefix, ulong value)
    {
        Span<char> buffer = stackalloc char[MaxPrefix + Digits];
        for (int i = 0; i < prefix.Length; i++)
            buffer[i] = prefix[i];
        for (int i = 0; i < Digits; i++)
        {
            int digit = (int)(value >> ((Digits - 1 - i) * BitsPerDigit)) & DigitMask;
            buffer[prefix.Length + i] = (char)(digit < Ten ? '0' + digit : 'a' + digit - Ten);
        }
        return new string((ReadOnlySpan<char>)buffer.Slice(0, prefix.Length + Digits));
    }
}
