namespace Kernel.Drivers.Console;

/// <summary>Decodes UTF-8 that arrives byte by byte. The default value is ready to start.</summary>
internal struct Utf8Decoder
{
    /// <summary>Stands for malformed bytes, and for characters beyond U+FFFF, which no screen font here has.</summary>
    public const char Replacement = '\uFFFD';

    private const uint ContinuationMask = 0xC0;
    private const uint ContinuationMark = 0x80;
    private const uint ContinuationValueMask = 0x3F;
    private const int ContinuationBits = 6;
    private const uint FirstNonAscii = 0x80;
    private const uint FirstThreeByte = 0x800;
    private const uint FirstSupplementary = 0x10000;
    private const uint FirstSurrogate = 0xD800;
    private const uint LastSurrogate = 0xDFFF;

    private uint _value;
    private uint _minimum;
    private int _missing;

    /// <summary>Whether a character has begun and not ended.</summary>
    public readonly bool IsInside => _missing > 0;

    /// <summary>Gives up a character that has begun; the next byte starts anew.</summary>
    public void Reset() => _missing = 0;

    /// <summary>
    /// Takes the next byte. When <see cref="IsInside"/>, only a byte for which <see cref="IsContinuation"/> holds may
    /// follow; for any other, the caller calls <see cref="Reset"/> and shows <see cref="Replacement"/> first.
    /// </summary>
    /// <returns>Whether <paramref name="character"/> is complete.</returns>
    public bool TryDecode(byte next, out char character)
    {
        character = (char)next;
        if (_missing > 0)
            return Continue(next, out character);
        if (next < FirstNonAscii)
            return true;
        (_missing, _value, _minimum) = next switch
        {
            >= 0xC2 and < 0xE0 => (1, next & 0x1Fu, FirstNonAscii),
            >= 0xE0 and < 0xF0 => (2, next & 0x0Fu, FirstThreeByte),
            >= 0xF0 and < 0xF5 => (3, next & 0x07u, FirstSupplementary),
            _ => (0, 0u, 0u),
        };
        character = Replacement;
        return _missing == 0;
    }

    /// <summary>Whether a byte continues a character: 10xxxxxx.</summary>
    public static bool IsContinuation(byte value) => (value & ContinuationMask) == ContinuationMark;

    private bool Continue(byte next, out char character)
    {
        _value = (_value << ContinuationBits) | (next & ContinuationValueMask);
        _missing--;
        bool isShown = _value >= _minimum && _value < FirstSupplementary && (_value < FirstSurrogate || _value > LastSurrogate);
        character = isShown ? (char)_value : Replacement;
        return _missing == 0;
    }
}
