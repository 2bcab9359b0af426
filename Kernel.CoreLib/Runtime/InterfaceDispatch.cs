using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Finds the method that an interface call reaches.</summary>
internal static unsafe class InterfaceDispatch
{
    internal static nint Resolve(object target, nint dispatchCell) => throw new NotSupportedException();
}
