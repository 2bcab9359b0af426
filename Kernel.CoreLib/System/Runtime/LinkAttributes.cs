// How C# and assembly find each other. See Runtime/README.md.
namespace System.Runtime;

/// <summary>The method's code is a link-time symbol.</summary>
/// <remarks>Goes together with <c>[MethodImpl(MethodImplOptions.InternalCall)]</c> and <c>extern</c>; arguments follow the C calling convention.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor, Inherited = false)]
public sealed class RuntimeImportAttribute(string dllName, string entryPoint) : Attribute
{
    public RuntimeImportAttribute(string entryPoint)
        : this("*", entryPoint)
    {
    }

    public string DllName { get; } = dllName;

    public string EntryPoint { get; } = entryPoint;
}

/// <summary>The method is visible to assembly and to other objects under a link-time symbol.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    public string EntryPoint { get; } = entryPoint;
}
