using System.Threading;

namespace System.Runtime;

/// <summary>The one <see cref="Type"/> of each method table, made when first asked for and kept in the type's writable cell.</summary>
internal static unsafe class TypeObjects
{
    internal static Type Get(MethodTable* methodTable)
    {
        nint* cell = methodTable->WritableData;
        nint known = *cell;
        if (known == 0)
        {
            Type type = new RuntimeType(methodTable);
            nint address = *(nint*)&type;
            nint previous = Interlocked.CompareExchange(ref *cell, address, 0);
            known = previous == 0 ? address : previous;
        }
        return CompilerServices.Unsafe.As<Type>(CompilerServices.Unsafe.AsObject((void*)known));
    }
}
