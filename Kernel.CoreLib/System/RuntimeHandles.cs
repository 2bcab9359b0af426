using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>What <c>typeof</c> loads: the type's method table.</summary>
public readonly unsafe struct RuntimeTypeHandle : IEquatable<RuntimeTypeHandle>
{
    private readonly MethodTable* _value;

    internal RuntimeTypeHandle(MethodTable* value) => _value = value;

    internal MethodTable* Represented => _value;

    /// <summary>The address of the method table.</summary>
    public nint Value => (nint)_value;

    /// <inheritdoc/>
    public bool Equals(RuntimeTypeHandle other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RuntimeTypeHandle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_value->HashCode;

    [Intrinsic]
    internal static nint ToIntPtr(RuntimeTypeHandle handle) => (nint)handle._value;
}

/// <summary>What the compiler loads for a method that it names. Opaque.</summary>
public readonly struct RuntimeMethodHandle
{
    private readonly nint _value;

    /// <summary>The address of the method's description.</summary>
    public nint Value => _value;

    internal static nint ToIntPtr(RuntimeMethodHandle handle) => handle._value;
}

/// <summary>What the compiler loads for a field that it names: where a static initializer's bytes are.</summary>
public readonly struct RuntimeFieldHandle
{
    private readonly nint _value;

    /// <summary>The address of the field's description.</summary>
    public nint Value => _value;
}

/// <summary>Variable argument lists, which are not supported. The compiler wants the type to exist.</summary>
public ref struct RuntimeArgumentHandle;
