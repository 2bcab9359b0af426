using System.Runtime.CompilerServices;

namespace Kernel.Processes;

/// <summary>References to pooled objects as numbers, for unmanaged structures: objects never move.</summary>
internal static class ObjectHandle
{
    /// <summary>The number of an object: its address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Of(object item) => Unsafe.As<object, nint>(ref item);

    /// <summary>The object with a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T To<T>(nint handle)
        where T : class => Unsafe.As<nint, T>(ref handle);
}
