using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What <c>typeof</c> compiles to. ilc finds the methods by name.</summary>
internal static unsafe class LdTokenHelpers
{
    private static RuntimeTypeHandle GetRuntimeTypeHandle(nint methodTable) => new((MethodTable*)methodTable);

    private static RuntimeMethodHandle GetRuntimeMethodHandle(nint handle) => Unsafe.As<nint, RuntimeMethodHandle>(ref handle);

    private static RuntimeFieldHandle GetRuntimeFieldHandle(nint handle) => Unsafe.As<nint, RuntimeFieldHandle>(ref handle);

    private static Type GetRuntimeType(nint methodTable) => Type.FromMethodTable((MethodTable*)methodTable);
}
