namespace System;

/// <summary>What splitting leaves out.</summary>
[Flags]
public enum StringSplitOptions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Empty parts.</summary>
    RemoveEmptyEntries = 1,

    /// <summary>White space around each part.</summary>
    TrimEntries = 2,
}
