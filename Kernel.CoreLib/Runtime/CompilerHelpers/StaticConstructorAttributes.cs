namespace System.Runtime.CompilerServices;

/// <summary>The type's static constructor runs at start-up, before any other code.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
internal sealed class EagerStaticClassConstructionAttribute : Attribute;
