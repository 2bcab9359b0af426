using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>Runs a type's static constructor when something of the type is first used. ilc finds the methods by name.</summary>
internal static unsafe class ClassConstructorRunner
{
    private static object CheckStaticClassConstructionReturnGCStaticBase(StaticClassConstructionContext* context, object gcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return nonGcStaticBase;
    }

    /// <summary>Marks the address of the exception that spoiled the type, in place of the constructor's; code starts at even addresses.</summary>
    private const nint FailedMark = 1;

    internal static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        nint constructor = context->cctorMethodAddress;
        if (constructor == 0)
            return;
        if ((constructor & FailedMark) != 0)
            throw Unsafe.As<TypeInitializationException>(Unsafe.AsObject((void*)(constructor - FailedMark)));
        context->cctorMethodAddress = 0;
        try
        {
            ((delegate*<void>)constructor)();
        }
        catch (Exception exception)
        {
            var failure = new TypeInitializationException(null, exception);
            context->cctorMethodAddress = *(nint*)&failure | FailedMark;
            throw failure;
        }
    }
}
