namespace System.Runtime.Versioning;

/// <summary>May be inlined into other assemblies: its layout or code does not change.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method | AttributeTargets.Constructor, Inherited = false)]
public sealed class NonVersionableAttribute : Attribute;
