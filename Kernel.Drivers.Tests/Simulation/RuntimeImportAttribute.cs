namespace System.Runtime;

/// <summary>Lets declarations of assembly functions compile; nothing here may call them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeImportAttribute(string library, string symbol) : Attribute
{
    public string Library => library;

    public string Symbol => symbol;
}
