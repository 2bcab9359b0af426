using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

/// <summary>ilc wants the interface to exist. Casting by an object's own decision is not supported.</summary>
internal unsafe interface IDynamicInterfaceCastable
{
    internal static nint GetDynamicInterfaceImplementation(IDynamicInterfaceCastable instance, MethodTable* interfaceType, ushort slot) =>
        throw new NotSupportedException();
}
