using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Makes arrays of several dimensions. ilc finds the methods by name.</summary>
internal static unsafe class ArrayHelpers
{
    private static Array NewObjArray(nint arrayType, int dimensionCount, int* dimensions)
    {
        var type = (MethodTable*)arrayType;
        int rank = type->ArrayRank;

        // The other form gives a lower bound before each length.
        bool hasLowerBounds = dimensionCount == 2 * rank;
        nint length = 1;
        for (int i = 0; i < rank; i++)
        {
            if (hasLowerBounds && dimensions[2 * i] != 0)
                ThrowHelper.NotSupported();
            int size = dimensions[hasLowerBounds ? 2 * i + 1 : i];
            if (size < 0)
                ThrowHelper.Overflow();
            length *= size;
            if (length > Array.MaxLength)
                ThrowHelper.Overflow();
        }
        Array array = Unsafe.As<Array>(ManagedHeap.NewArray(type, length, AllocationKind.Array));
        for (int i = 0; i < rank; i++)
            array.MultiDimensionalBounds(i) = dimensions[hasLowerBounds ? 2 * i + 1 : i];
        return array;
    }

    // Arrays of one dimension made by the constructors that only other languages use.
    private static Array NewObjArrayRare(nint arrayType, int dimensionCount, int* dimensions)
    {
        var type = (MethodTable*)arrayType;
        if (!type->IsSzArray)
            ThrowHelper.NotSupported();
        if (dimensions[0] < 0)
            ThrowHelper.Overflow();
        Array array = Unsafe.As<Array>(ManagedHeap.NewArray(type, dimensions[0], AllocationKind.Array));
        if (dimensionCount > 1)
        {
            Array[] outer = Unsafe.As<Array[]>(array);
            for (int i = 0; i < dimensions[0]; i++)
                outer[i] = NewObjArrayRare((nint)type->RelatedParameterType, dimensionCount - 1, dimensions + 1);
        }
        return array;
    }
}
