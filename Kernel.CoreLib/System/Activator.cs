using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Makes objects of a type parameter. ilc puts the constructor's and the allocator's address in.</summary>
public static unsafe class Activator
{
    /// <summary>What <c>new T()</c> compiles to.</summary>
    [Intrinsic]
    public static T CreateInstance<T>()
    {
        if (!typeof(T).IsValueType)
        {
            object item = ((delegate*<nint, object>)AllocatorOf<T>())((nint)MethodTable.Of<T>());
            ((delegate*<object, void>)DefaultConstructorOf<T>())(item);
            return Unsafe.As<object, T>(ref item);
        }
        T value = default!;
        nint constructor = DefaultConstructorOf<T>();
        if (constructor != (nint)(delegate*<void>)&MissingConstructorMethod)
            ((delegate*<ref T, void>)constructor)(ref value);
        return value;
    }

    /// <summary>The address of the parameterless constructor.</summary>
    [Intrinsic]
    internal static nint DefaultConstructorOf<T>() => throw new PlatformNotSupportedException();

    [Intrinsic]
    private static nint AllocatorOf<T>() => throw new PlatformNotSupportedException();

    // Stands for the constructor of a type that has none.
    private static void MissingConstructorMethod() => throw new MissingMethodException();
}
