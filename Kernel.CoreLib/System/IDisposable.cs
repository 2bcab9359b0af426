namespace System;

/// <summary>Holds something that must be given back.</summary>
public interface IDisposable
{
    /// <summary>Gives it back. Calling it again does nothing.</summary>
    void Dispose();
}
