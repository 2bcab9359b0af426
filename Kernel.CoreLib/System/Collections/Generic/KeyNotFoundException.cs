namespace System.Collections.Generic;

/// <summary>A key was read that is not in the map.</summary>
public class KeyNotFoundException : Exception
{
    /// <summary>With a general message.</summary>
    public KeyNotFoundException() : base("The key is not in the dictionary.")
    {
    }

    /// <summary>With a message.</summary>
    public KeyNotFoundException(string? message) : base(message)
    {
    }
}
