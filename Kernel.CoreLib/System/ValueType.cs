using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The base of all structs. Gives them equality by fields when they don't define their own.</summary>
public abstract unsafe class ValueType
{
    // The compiler overrides this in each struct that inherits Equals or GetHashCode and has fields that bytes
    // alone don't compare. Called with -1 it returns the number of fields (or UseFastHelper), with an index it
    // returns the field's offset and its type.
    internal virtual int __GetFieldHelper(int index, out MethodTable* fieldType)
    {
        fieldType = null;
        return UseFastHelper;
    }

    private const int FieldCountQuery = -1;
    private const int UseFastHelper = -1;

    /// <summary>Whether <paramref name="obj"/> is of the same type and all fields are equal.</summary>
    public override bool Equals(object? obj)
    {
        if (obj is null || obj.TypeTable != TypeTable)
            return false;

        ref byte left = ref RawData;
        ref byte right = ref obj.RawData;
        int fieldCount = __GetFieldHelper(FieldCountQuery, out _);
        if (fieldCount == UseFastHelper)
            return SpanHelpers.SequenceEqual(ref left, ref right, TypeTable->ValueTypeSize);

        for (int i = 0; i < fieldCount; i++)
        {
            int offset = __GetFieldHelper(i, out MethodTable* fieldType);
            object? leftField = RuntimeExports.BoxField(fieldType, ref Unsafe.Add(ref left, offset));
            object? rightField = RuntimeExports.BoxField(fieldType, ref Unsafe.Add(ref right, offset));
            if (!object.Equals(leftField, rightField))
                return false;
        }
        return true;
    }

    /// <summary>A number made of all fields.</summary>
    public override int GetHashCode()
    {
        uint hash = TypeTable->HashCode;
        ref byte data = ref RawData;
        int fieldCount = __GetFieldHelper(FieldCountQuery, out _);
        if (fieldCount == UseFastHelper)
        {
            nuint size = TypeTable->ValueTypeSize;
            for (nuint i = 0; i < size; i++)
                hash = Mix(hash, Unsafe.Add(ref data, i));
            return (int)hash;
        }

        for (int i = 0; i < fieldCount; i++)
        {
            int offset = __GetFieldHelper(i, out MethodTable* fieldType);
            hash = Mix(hash, (uint)(RuntimeExports.BoxField(fieldType, ref Unsafe.Add(ref data, offset))?.GetHashCode() ?? 0));
        }
        return (int)hash;
    }

    // Fowler, Noll and Vo's multiplication, over whole words where fields give them.
    private static uint Mix(uint hash, uint value) => (hash ^ value) * HashPrime;

    private const uint HashPrime = 16777619;

    /// <summary>The type's name.</summary>
    public override string? ToString() => GetType().ToString();
}
