namespace System.ComponentModel;

/// <summary>Whether editors offer the member.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class EditorBrowsableAttribute(EditorBrowsableState state) : Attribute
{
    public EditorBrowsableState State { get; } = state;
}

/// <summary>When editors offer a member.</summary>
public enum EditorBrowsableState
{
    Always,
    Never,
    Advanced,
}
