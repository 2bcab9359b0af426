namespace System;

/// <summary>A type cannot be used: its static constructor threw what <see cref="Exception.InnerException"/> says.</summary>
/// <param name="fullTypeName">The type's name, or null if it is not known.</param>
/// <param name="innerException">What the constructor threw.</param>
public sealed class TypeInitializationException(string? fullTypeName, Exception? innerException)
    : SystemException(null, innerException)
{
    /// <summary>The type's name; empty if it is not known.</summary>
    public string TypeName { get; } = fullTypeName ?? "";

    private protected override string DefaultMessage => "A static constructor threw an exception.";
}
