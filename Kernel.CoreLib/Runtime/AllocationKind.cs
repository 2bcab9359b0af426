namespace System.Runtime;

/// <summary>What a managed allocation was made for.</summary>
public enum AllocationKind
{
    /// <summary>An object of a class, a closure, an iterator, a delegate.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,

    /// <summary>A string.</summary>
    String,

    /// <summary>A struct put on the heap to be an object.</summary>
    Box,

    /// <summary>What the runtime needs itself: bases of static fields, type objects.</summary>
    Runtime,
}
