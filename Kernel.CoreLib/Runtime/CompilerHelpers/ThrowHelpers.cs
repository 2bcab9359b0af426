using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What compiled code calls when a check fails. ilc finds the methods by name.</summary>
internal static class ThrowHelpers
{
    [DoesNotReturn]
    private static void ThrowOverflowException() => throw new OverflowException();

    [DoesNotReturn]
    private static void ThrowIndexOutOfRangeException() => throw new IndexOutOfRangeException();

    [DoesNotReturn]
    private static void ThrowNullReferenceException() => throw new NullReferenceException();

    [DoesNotReturn]
    private static void ThrowDivideByZeroException() => throw new DivideByZeroException();

    [DoesNotReturn]
    private static void ThrowArrayTypeMismatchException() => throw new ArrayTypeMismatchException();

    [DoesNotReturn]
    private static void ThrowPlatformNotSupportedException() => throw new PlatformNotSupportedException();

    [DoesNotReturn]
    private static void ThrowNotImplementedException() => throw new NotImplementedException();

    [DoesNotReturn]
    private static void ThrowNotSupportedException() => throw new NotSupportedException();

    [DoesNotReturn]
    private static void ThrowArgumentException() => throw new ArgumentException();

    [DoesNotReturn]
    private static void ThrowArgumentOutOfRangeException() => throw new ArgumentOutOfRangeException();

    [DoesNotReturn]
    private static void ThrowNotSupportedInlineArrayEqualsGetHashCode() =>
        throw new NotSupportedException("An inline array has no equality of its own.");

    // The compiler puts calls of these where code refers to something that it could not compile. The exception
    // identifiers and texts are of no use without the loader that they are made for.

    [DoesNotReturn]
    private static void ThrowBodyRemoved() => throw new InvalidProgramException("The method's body was removed.");

    [DoesNotReturn]
    private static void ThrowFeatureBodyRemoved() => throw new NotSupportedException();

    [DoesNotReturn]
    private static void ThrowInstanceBodyRemoved() => throw new InvalidProgramException("The method's type has no instances.");

    [DoesNotReturn]
    private static void ThrowUnavailableType() => throw new TypeLoadException();

    [DoesNotReturn]
    private static void ThrowTypeLoadException(ExceptionStringID id, string className, string typeName) => throw new TypeLoadException(typeName);

    [DoesNotReturn]
    private static void ThrowTypeLoadExceptionWithArgument(ExceptionStringID id, string className, string typeName, string messageArg) =>
        throw new TypeLoadException(typeName);

    [DoesNotReturn]
    private static void ThrowMissingMethodException(ExceptionStringID id, string methodName) => throw new MissingMethodException(methodName);

    [DoesNotReturn]
    private static void ThrowMissingFieldException(ExceptionStringID id, string fieldName) => throw new MissingFieldException(fieldName);

    [DoesNotReturn]
    private static void ThrowFileNotFoundException(ExceptionStringID id, string fileName) => throw new TypeLoadException(fileName);

    [DoesNotReturn]
    private static void ThrowInvalidProgramException(ExceptionStringID id) => throw new InvalidProgramException();

    [DoesNotReturn]
    private static void ThrowInvalidProgramExceptionWithArgument(ExceptionStringID id, string methodName) => throw new InvalidProgramException(methodName);

    [DoesNotReturn]
    private static void ThrowBadImageFormatException(ExceptionStringID id) => throw new BadImageFormatException();

    [DoesNotReturn]
    private static void ThrowMarshalDirectiveException(ExceptionStringID id) => throw new NotSupportedException();

    [DoesNotReturn]
    private static void ThrowAmbiguousMatchException(ExceptionStringID id) => throw new AmbiguousImplementationException();
}
