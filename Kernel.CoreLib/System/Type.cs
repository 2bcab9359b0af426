using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The identity of a type. There is no reflection: a type can be compared, and says little more.</summary>
public abstract unsafe class Type : IEquatable<Type>
{
    private protected Type()
    {
    }

    internal MethodTable* Represented => Unsafe.As<RuntimeType>(this).RepresentedTable;

    /// <summary>The handle that compilers use.</summary>
    public RuntimeTypeHandle TypeHandle => new(Represented);

    /// <summary>Whether it is a struct or an enum.</summary>
    public bool IsValueType => Represented->IsValueType;

    /// <summary>Whether it is an interface.</summary>
    public bool IsInterface => Represented->IsInterface;

    /// <summary>Whether it is an array of any number of dimensions.</summary>
    public bool IsArray => Represented->IsArray;

    /// <summary>The type of an array's elements, or null.</summary>
    public Type? GetElementType() => Represented->IsArray ? FromMethodTable(Represented->RelatedParameterType) : null;

    /// <summary>The base class, or null.</summary>
    public Type? BaseType => Represented->IsArray || Represented->BaseType is null ? null : FromMethodTable(Represented->BaseType);

    internal static Type FromMethodTable(MethodTable* methodTable) => TypeObjects.Get(methodTable);

    /// <summary>The type behind a handle.</summary>
    [Intrinsic]
    public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => FromMethodTable(handle.Represented);

    /// <summary>Whether both are the same type.</summary>
    [Intrinsic]
    public static bool operator ==(Type? left, Type? right) =>
        (object?)left == right || (left is not null && right is not null && left.Represented == right.Represented);

    /// <summary>Whether both are different types.</summary>
    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Type? other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Type other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Represented->HashCode;

    /// <summary>"Type 0x" and the address of the method table: the name is in the symbol table, not in the type.</summary>
    public override string ToString() => HexText.Of("Type 0x", (ulong)Represented);
}

/// <summary>The only kind of <see cref="Type"/>. ilc makes objects of it for the types that code names.</summary>
internal sealed unsafe class RuntimeType : Type
{
    private readonly MethodTable* _underlyingType;

    internal RuntimeType(MethodTable* type) => _underlyingType = type;

    internal MethodTable* RepresentedTable => _underlyingType;
}
