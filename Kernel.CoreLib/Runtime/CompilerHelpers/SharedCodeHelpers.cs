using System;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What default methods of generic interfaces use to find their type arguments. ilc finds the methods by name.</summary>
internal static unsafe class SharedCodeHelpers
{
    private static MethodTable* GetOrdinalInterface(MethodTable* type, ushort index) => type->Interfaces[index];

    // ilc replaces the body.
    [Intrinsic]
    private static MethodTable* GetCurrentSharedThunkContext() => throw new PlatformNotSupportedException();
}
