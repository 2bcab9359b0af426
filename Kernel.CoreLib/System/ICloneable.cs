namespace System;

/// <summary>Can be copied.</summary>
public interface ICloneable
{
    /// <summary>The copy.</summary>
    object Clone();
}
