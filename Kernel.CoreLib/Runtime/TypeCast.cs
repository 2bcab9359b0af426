using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Casts and type tests. ilc finds the methods by name; an object that fits is returned, else null or an exception.</summary>
internal static unsafe class TypeCast
{
    // How deep generic arguments nest before they are taken as unrelated: a type may refer to itself through them.
    private const int MaxDepth = 32;

    private static object? IsInstanceOfAny(MethodTable* target, object? obj) => obj is not null && IsInstance(obj, target) ? obj : null;

    private static object? IsInstanceOfInterface(MethodTable* target, object? obj) =>
        obj is not null && ImplementsInterface(obj.TypeTable, target, 0) ? obj : null;

    private static object? IsInstanceOfClass(MethodTable* target, object? obj)
    {
        if (obj is null)
            return null;
        MethodTable* type = obj.TypeTable;
        return type == target || DerivesFrom(type, target) ? obj : null;
    }

    internal static bool IsInstanceOfException(MethodTable* target, object? obj)
    {
        if (obj is null)
            return false;
        MethodTable* type = obj.TypeTable;
        return type == target || DerivesFrom(type, target);
    }

    internal static object? CheckCastAny(MethodTable* target, object? obj)
    {
        if (obj is not null && !IsInstance(obj, target))
            ThrowInvalidCast();
        return obj;
    }

    private static object? CheckCastInterface(MethodTable* target, object? obj)
    {
        if (obj is not null && !ImplementsInterface(obj.TypeTable, target, 0))
            ThrowInvalidCast();
        return obj;
    }

    private static object? CheckCastClass(MethodTable* target, object? obj)
    {
        if (obj is null || obj.TypeTable == target)
            return obj;
        return CheckCastClassSpecial(target, obj);
    }

    // The caller has compared the type itself already.
    private static object CheckCastClassSpecial(MethodTable* target, object obj)
    {
        if (!DerivesFrom(obj.TypeTable, target))
            ThrowInvalidCast();
        return obj;
    }

    private static void StelemRef(object?[] array, nint index, object? obj)
    {
        if ((nuint)index >= (nuint)(uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        MethodTable* elementType = array.TypeTable->RelatedParameterType;
        if (obj is not null && obj.TypeTable != elementType && !IsInstance(obj, elementType))
            ThrowMismatch();
        Unsafe.Add(ref Unsafe.As<byte, object?>(ref Unsafe.As<RawArrayData>(array).Data), index) = obj;
    }

    private static ref object? LdelemaRef(object?[] array, nint index, MethodTable* elementType)
    {
        if ((nuint)index >= (nuint)(uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        if (array.TypeTable->RelatedParameterType != elementType)
            ThrowMismatch();
        return ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref Unsafe.As<RawArrayData>(array).Data), index);
    }

    /// <summary>Whether an array takes an object as an element; throws when not.</summary>
    internal static void CheckArrayStore(object array, object? obj)
    {
        if (obj is not null && !IsInstance(obj, array.TypeTable->RelatedParameterType))
            ThrowMismatch();
    }

    /// <summary>Whether an object is of a type, a boxed value also of its nullable.</summary>
    internal static bool IsInstance(object obj, MethodTable* target)
    {
        MethodTable* type = obj.TypeTable;
        if (target->IsNullable)
            target = target->NullableType;
        return type == target || IsAssignable(type, target);
    }

    /// <summary>Whether a variable of type <paramref name="target"/> can hold objects of type <paramref name="source"/>.</summary>
    internal static bool IsAssignable(MethodTable* source, MethodTable* target) => IsAssignable(source, target, 0);

    private static bool IsAssignable(MethodTable* source, MethodTable* target, int depth)
    {
        if (source == target)
            return true;
        if (target->IsInterface)
            return ImplementsInterface(source, target, depth);
        if (source->IsParameterized && target->IsParameterized)
            return ElementsFit(source, target, depth);
        if (target->IsParameterized)
            return false;
        if (source->IsInterface)
            return target == MethodTable.Of<object>();
        return DerivesFrom(source, target, depth);
    }

    private static bool DerivesFrom(MethodTable* type, MethodTable* target) => DerivesFrom(type, target, 0);

    private static bool DerivesFrom(MethodTable* type, MethodTable* target, int depth)
    {
        for (; type is not null; type = type->BaseType)
        {
            if (type == target)
                return true;
            if (target->HasGenericVariance && type->HasGenericVariance && VariesTo(type, target, false, depth))
                return true;
        }
        return false;
    }

    private static bool ImplementsInterface(MethodTable* type, MethodTable* target, int depth)
    {
        MethodTable** interfaces = type->Interfaces;
        int count = type->InterfaceCount;
        for (int i = 0; i < count; i++)
            if (interfaces[i] == target)
                return true;
        if (type == target)
            return true;
        if (!target->IsGeneric || depth > MaxDepth)
            return false;

        // An array's generic interfaces vary with its elements though their parameters say otherwise.
        bool isArray = type->IsArray;
        if (!isArray && !target->HasGenericVariance)
            return false;
        for (int i = 0; i < count; i++)
            if (interfaces[i]->IsGeneric && VariesTo(interfaces[i], target, isArray, depth))
                return true;
        return type->IsInterface && type->HasGenericVariance && VariesTo(type, target, false, depth);
    }

    /// <summary>Whether one instantiation of a generic interface or delegate converts to another by variance.</summary>
    internal static bool VariesTo(MethodTable* source, MethodTable* target, bool arrayCovariance, int depth = 0)
    {
        MethodTable* definition = source->GenericDefinition;
        if (definition != target->GenericDefinition)
            return false;
        int arity = definition->GenericParameterCount;
        GenericVariance* variance = source->HasGenericVariance ? definition->ParameterVariance : null;
        for (int i = 0; i < arity; i++)
        {
            MethodTable* from = source->GenericArgument(i);
            MethodTable* to = target->GenericArgument(i);
            if (from == to)
                continue;
            GenericVariance parameter = variance is null ? GenericVariance.NonVariant : variance[i];
            if (arrayCovariance || parameter == GenericVariance.ArrayCovariant)
            {
                if (!ElementTypesFit(from, to, depth + 1))
                    return false;
            }
            else if (parameter == GenericVariance.Covariant)
            {
                if (!ReferenceFits(from, to, depth + 1))
                    return false;
            }
            else if (parameter == GenericVariance.Contravariant)
            {
                if (!ReferenceFits(to, from, depth + 1))
                    return false;
            }
            else
                return false;
        }
        return true;
    }

    private static bool ReferenceFits(MethodTable* from, MethodTable* to, int depth) =>
        depth <= MaxDepth && !from->IsValueType && !to->IsValueType && !from->IsPointerLike && !to->IsPointerLike && IsAssignable(from, to, depth);

    private static bool ElementsFit(MethodTable* source, MethodTable* target, int depth)
    {
        if (source->ElementType != target->ElementType || source->BaseSize != target->BaseSize)
            return false;
        return ElementTypesFit(source->RelatedParameterType, target->RelatedParameterType, depth + 1);
    }

    private static bool ElementTypesFit(MethodTable* from, MethodTable* to, int depth)
    {
        if (from == to)
            return true;
        if (from->IsValueType || to->IsValueType)
            return IsInteger(from) && IsInteger(to) && SignedForm(from->ElementType) == SignedForm(to->ElementType);
        if (from->IsPointerLike || to->IsPointerLike)
            return from->ElementType == to->ElementType && from->IsParameterized && ElementsFit(from, to, depth);
        return depth <= MaxDepth && IsAssignable(from, to, depth);
    }

    private static bool IsInteger(MethodTable* type) => type->ElementType is >= ElementType.SByte and <= ElementType.UIntPtr;

    // Integers and enums of one size are the same as elements of an array; signed and unsigned ones are neighbours.
    private static ElementType SignedForm(ElementType type) => (ElementType)((int)type & ~1);

    [DoesNotReturn]
    private static void ThrowInvalidCast() => throw new InvalidCastException();

    [DoesNotReturn]
    private static void ThrowMismatch() => throw new ArrayTypeMismatchException();
}
