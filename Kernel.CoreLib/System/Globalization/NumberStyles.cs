namespace System.Globalization;

/// <summary>What the text of an integer may contain.</summary>
[Flags]
public enum NumberStyles
{
    /// <summary>Digits only.</summary>
    None = 0,

    /// <summary>White space before the number.</summary>
    AllowLeadingWhite = 0x1,

    /// <summary>White space after the number.</summary>
    AllowTrailingWhite = 0x2,

    /// <summary>A sign before the number.</summary>
    AllowLeadingSign = 0x4,

    /// <summary>Hexadecimal digits without a prefix; the text is the bit pattern.</summary>
    AllowHexSpecifier = 0x200,

    /// <summary>Not in .NET: hexadecimal digits if the text starts with 0x or 0X, else decimal.</summary>
    AllowHexPrefix = 0x10000,

    /// <summary>A decimal number with white space around it and an optional sign.</summary>
    Integer = AllowLeadingWhite | AllowTrailingWhite | AllowLeadingSign,

    /// <summary>A hexadecimal number with white space around it.</summary>
    HexNumber = AllowLeadingWhite | AllowTrailingWhite | AllowHexSpecifier,
}
