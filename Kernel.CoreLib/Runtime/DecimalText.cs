namespace System.Runtime;

/// <summary>Decimal text for the runtime's own needs, without the library's formatting.</summary>
internal static class DecimalText
{
    private const int MaxLength = 21;
    private const int Ten = 10;

    internal static string Of(ulong magnitude, bool negative)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        int start = MaxLength;
        do
        {
            buffer[--start] = (char)('0' + magnitude % Ten);
            magnitude /= Ten;
        }
        while (magnitude != 0);
        if (negative)
            buffer[--start] = '-';
        return new string((ReadOnlySpan<char>)buffer.Slice(start));
    }
}
