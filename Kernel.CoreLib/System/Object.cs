using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>The root of all types. An object is its method table pointer followed by its fields.</summary>
/// <remarks>The eight bytes before the method table pointer are the object header: lock word and identity hash.</remarks>
public unsafe class Object
{
#pragma warning disable CS0649 // Written by the allocation helpers.
    private MethodTable* m_pEEType; // ilc finds the field by this name.
#pragma warning restore CS0649

    /// <summary>An object without content, useful as a lock or an identity.</summary>
    public Object()
    {
    }

    /// <summary>Never called: there is no collector.</summary>
#pragma warning disable CS0465 // The compiler looks this method up by name.
    protected virtual void Finalize()
    {
    }
#pragma warning restore CS0465

    internal MethodTable* TypeTable => m_pEEType;

    internal void SetMethodTable(MethodTable* methodTable) => m_pEEType = methodTable;

    /// <summary>The first field.</summary>
    internal ref byte RawData => ref Unsafe.As<RawData>(this).Data;

    /// <summary>The object's type.</summary>
    public Type GetType() => Type.FromMethodTable(m_pEEType);

    /// <summary>Whether both are the same object, unless a type says otherwise.</summary>
    public virtual bool Equals(object? obj) => this == obj;

    /// <summary>A number that equal objects share; by default one per object.</summary>
    public virtual int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>The object as text; the type's name unless it says otherwise.</summary>
    public virtual string? ToString() => GetType().ToString();

    /// <summary>Whether both are equal by the first one's rule; nulls equal each other.</summary>
    public static bool Equals(object? objA, object? objB) => objA == objB || (objA is not null && objB is not null && objA.Equals(objB));

    /// <summary>Whether both are the same object.</summary>
    public static bool ReferenceEquals(object? objA, object? objB) => objA == objB;

    /// <summary>A copy whose fields hold what this object's fields hold.</summary>
    protected object MemberwiseClone() => RuntimeExports.Clone(this);
}
