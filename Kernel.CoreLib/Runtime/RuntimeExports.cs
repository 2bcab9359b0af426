using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Making objects out of types and values: what compiled code calls by symbol or by name.</summary>
internal static unsafe class RuntimeExports
{
    [RuntimeExport("RhpNewFast")]
    private static object NewFast(MethodTable* type) =>
        ManagedHeap.NewObject(type, type->IsValueType ? AllocationKind.Box : AllocationKind.Object);

    // Finalizers never run: such an object is like any other.
    [RuntimeExport("RhpNewFinalizable")]
    private static object NewFinalizable(MethodTable* type) => ManagedHeap.NewObject(type, AllocationKind.Object);

    [RuntimeExport("RhNewObject")]
    private static object NewObject(MethodTable* type) => ManagedHeap.NewObject(type, AllocationKind.Object);

    [RuntimeExport("RhpNewArrayFast")]
    private static object NewArrayFast(MethodTable* type, nint length) => ManagedHeap.NewArray(type, length, AllocationKind.Array);

    [RuntimeExport("RhpNewPtrArrayFast")]
    private static object NewPointerArrayFast(MethodTable* type, nint length) => ManagedHeap.NewArray(type, length, AllocationKind.Array);

    [RuntimeExport("RhNewArray")]
    private static object NewArray(MethodTable* type, nint length) => ManagedHeap.NewArray(type, length, AllocationKind.Array);

    /// <summary>A value as an object; a nullable without value becomes null.</summary>
    [RuntimeExport("RhBox")]
    internal static object? RhBox(MethodTable* type, ref byte data)
    {
        ref byte source = ref data;
        if (type->IsNullable)
        {
            if (data == 0)
                return null;
            source = ref Unsafe.AddByteOffset(ref data, (nint)type->NullableValueOffset);
            type = type->NullableType;
        }
        object box = ManagedHeap.NewObject(type, AllocationKind.Box);
        SpanHelpers.Memmove(ref box.RawData, ref source, type->ValueTypeSize);
        return box;
    }

    /// <summary>A field's content as an object: a reference is itself, a value gets boxed.</summary>
    internal static object? BoxField(MethodTable* type, ref byte data) =>
        type->IsValueType ? RhBox(type, ref data) : Unsafe.As<byte, object?>(ref data);

    /// <summary>The value inside a box of exactly this type, or of an enum and its underlying type.</summary>
    [RuntimeExport("RhUnbox2")]
    private static ref byte RhUnbox2(MethodTable* type, object obj)
    {
        if (obj.TypeTable != type)
            RhUnboxTypeTest(type, obj.TypeTable);
        return ref obj.RawData;
    }

    /// <summary>Whether a box may be taken for a value of a type. Compiled code calls it when the types are not the same.</summary>
    [RuntimeExport("RhUnboxTypeTest")]
    private static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxed)
    {
        if (!UnboxFits(type, boxed))
            throw new InvalidCastException();
    }

    private static bool UnboxFits(MethodTable* type, MethodTable* boxed) =>
        type == boxed || (type->ElementType == boxed->ElementType && type->ElementType is >= ElementType.Boolean and <= ElementType.Double);

    /// <summary>Fills a nullable from a box or from null.</summary>
    [RuntimeExport("RhUnboxNullable")]
    private static void RhUnboxNullable(ref byte data, MethodTable* type, object? obj)
    {
        SpanHelpers.ClearWithoutReferences(ref data, type->ValueTypeSize);
        if (obj is null)
            return;
        MethodTable* valueType = type->NullableType;
        if (!UnboxFits(valueType, obj.TypeTable))
            throw new InvalidCastException();
        data = 1;
        SpanHelpers.Memmove(ref Unsafe.AddByteOffset(ref data, (nint)type->NullableValueOffset), ref obj.RawData, valueType->ValueTypeSize);
    }

    /// <summary>A copy of an object or array.</summary>
    internal static object Clone(object source)
    {
        MethodTable* type = source.TypeTable;
        if (!type->IsArray)
        {
            object copy = ManagedHeap.NewObject(type, AllocationKind.Object);
            SpanHelpers.Memmove(ref copy.RawData, ref source.RawData, type->BaseSize - ObjectLayout.BaseSizeOverhead);
            return copy;
        }
        Array array = Unsafe.As<Array>(source);
        object arrayCopy = ManagedHeap.NewArray(type, array.Length, AllocationKind.Array);
        nuint bytes = type->BaseSize - ObjectLayout.BaseSizeOverhead + array.NativeLength * array.ElementSize;
        SpanHelpers.Memmove(ref arrayCopy.RawData, ref source.RawData, bytes);
        return arrayCopy;
    }
}
