namespace System;

/// <summary>How strings are compared. Differs from .NET: there are no cultures, so the culture values mean ordinal; case is ASCII's.</summary>
public enum StringComparison
{
    /// <summary>By UTF-16 unit.</summary>
    CurrentCulture,

    /// <summary>By UTF-16 unit, A to Z equal a to z.</summary>
    CurrentCultureIgnoreCase,

    /// <summary>By UTF-16 unit.</summary>
    InvariantCulture,

    /// <summary>By UTF-16 unit, A to Z equal a to z.</summary>
    InvariantCultureIgnoreCase,

    /// <summary>By UTF-16 unit.</summary>
    Ordinal,

    /// <summary>By UTF-16 unit, A to Z equal a to z.</summary>
    OrdinalIgnoreCase,
}
