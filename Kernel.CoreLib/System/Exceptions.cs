namespace System;

// The exceptions that the runtime, the library and the compilers name. Each differs by its type and default text only.

/// <summary>The base of what the runtime throws.</summary>
public class SystemException : Exception
{
    public SystemException()
    {
    }

    public SystemException(string? message)
        : base(message)
    {
    }

    public SystemException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A runtime error.";
}

/// <summary>A null reference was used.</summary>
public class NullReferenceException : SystemException
{
    public NullReferenceException()
    {
    }

    public NullReferenceException(string? message)
        : base(message)
    {
    }

    public NullReferenceException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A null reference was used.";
}

/// <summary>An arithmetic operation failed.</summary>
public class ArithmeticException : SystemException
{
    public ArithmeticException()
    {
    }

    public ArithmeticException(string? message)
        : base(message)
    {
    }

    public ArithmeticException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "An arithmetic operation failed.";
}

/// <summary>An integer was divided by zero.</summary>
public class DivideByZeroException : ArithmeticException
{
    public DivideByZeroException()
    {
    }

    public DivideByZeroException(string? message)
        : base(message)
    {
    }

    public DivideByZeroException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "Division by zero.";
}

/// <summary>A result does not fit its type.</summary>
public class OverflowException : ArithmeticException
{
    public OverflowException()
    {
    }

    public OverflowException(string? message)
        : base(message)
    {
    }

    public OverflowException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "Arithmetic overflow.";
}

/// <summary>An index is outside an array, span or string.</summary>
public class IndexOutOfRangeException : SystemException
{
    public IndexOutOfRangeException()
    {
    }

    public IndexOutOfRangeException(string? message)
        : base(message)
    {
    }

    public IndexOutOfRangeException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The index is outside the array.";
}

/// <summary>An object is not of the type it is cast to.</summary>
public class InvalidCastException : SystemException
{
    public InvalidCastException()
    {
    }

    public InvalidCastException(string? message)
        : base(message)
    {
    }

    public InvalidCastException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The object is not of the type it is cast to.";
}

/// <summary>What is stored into an array is not of its element type.</summary>
public class ArrayTypeMismatchException : SystemException
{
    public ArrayTypeMismatchException()
    {
    }

    public ArrayTypeMismatchException(string? message)
        : base(message)
    {
    }

    public ArrayTypeMismatchException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The array's elements are of another type.";
}

/// <summary>There is no memory for a managed object.</summary>
public class OutOfMemoryException : SystemException
{
    public OutOfMemoryException()
    {
    }

    public OutOfMemoryException(string? message)
        : base(message)
    {
    }

    public OutOfMemoryException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "Out of memory.";
}

/// <summary>The stack is exhausted.</summary>
public class StackOverflowException : SystemException
{
    public StackOverflowException()
    {
    }

    public StackOverflowException(string? message)
        : base(message)
    {
    }

    public StackOverflowException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The stack is exhausted.";
}

/// <summary>An array has another number of dimensions than expected.</summary>
public class RankException : SystemException
{
    public RankException()
    {
    }

    public RankException(string? message)
        : base(message)
    {
    }

    public RankException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The array has another number of dimensions.";
}

/// <summary>Memory was accessed that may not be.</summary>
public class AccessViolationException : SystemException
{
    public AccessViolationException()
    {
    }

    public AccessViolationException(string? message)
        : base(message)
    {
    }

    public AccessViolationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "Memory was accessed that may not be.";
}

/// <summary>The object's state does not allow the operation.</summary>
public class InvalidOperationException : SystemException
{
    public InvalidOperationException()
    {
    }

    public InvalidOperationException(string? message)
        : base(message)
    {
    }

    public InvalidOperationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The operation is not valid in this state.";
}

/// <summary>The object was given back already.</summary>
public class ObjectDisposedException : InvalidOperationException
{
    public ObjectDisposedException()
    {
    }

    public ObjectDisposedException(string? message)
        : base(message)
    {
    }

    public ObjectDisposedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The object was given back.";
}

/// <summary>The operation is not supported.</summary>
public class NotSupportedException : SystemException
{
    public NotSupportedException()
    {
    }

    public NotSupportedException(string? message)
        : base(message)
    {
    }

    public NotSupportedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The operation is not supported.";
}

/// <summary>The platform does not support the operation.</summary>
public class PlatformNotSupportedException : NotSupportedException
{
    public PlatformNotSupportedException()
    {
    }

    public PlatformNotSupportedException(string? message)
        : base(message)
    {
    }

    public PlatformNotSupportedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The platform does not support the operation.";
}

/// <summary>The operation is not implemented.</summary>
public class NotImplementedException : SystemException
{
    public NotImplementedException()
    {
    }

    public NotImplementedException(string? message)
        : base(message)
    {
    }

    public NotImplementedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The operation is not implemented.";
}

/// <summary>A text has the wrong form.</summary>
public class FormatException : SystemException
{
    public FormatException()
    {
    }

    public FormatException(string? message)
        : base(message)
    {
    }

    public FormatException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The text has the wrong form.";
}

/// <summary>The compiler found a type that cannot exist.</summary>
public class TypeLoadException : SystemException
{
    public TypeLoadException()
    {
    }

    public TypeLoadException(string? message)
        : base(message)
    {
    }

    public TypeLoadException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A type could not be made.";
}

/// <summary>The compiler found that a member is missing.</summary>
public class MissingMemberException : SystemException
{
    public MissingMemberException()
    {
    }

    public MissingMemberException(string? message)
        : base(message)
    {
    }

    public MissingMemberException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A member is missing.";
}

/// <summary>The compiler found that a method is missing.</summary>
public class MissingMethodException : MissingMemberException
{
    public MissingMethodException()
    {
    }

    public MissingMethodException(string? message)
        : base(message)
    {
    }

    public MissingMethodException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A method is missing.";
}

/// <summary>The compiler found that a field is missing.</summary>
public class MissingFieldException : MissingMemberException
{
    public MissingFieldException()
    {
    }

    public MissingFieldException(string? message)
        : base(message)
    {
    }

    public MissingFieldException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "A field is missing.";
}

/// <summary>The compiler found a malformed assembly.</summary>
public class BadImageFormatException : SystemException
{
    public BadImageFormatException()
    {
    }

    public BadImageFormatException(string? message)
        : base(message)
    {
    }

    public BadImageFormatException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The assembly is malformed.";
}

/// <summary>The compiler found malformed code in a method.</summary>
public class InvalidProgramException : SystemException
{
    public InvalidProgramException()
    {
    }

    public InvalidProgramException(string? message)
        : base(message)
    {
    }

    public InvalidProgramException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string DefaultMessage => "The method's code is malformed.";
}

/// <summary>An argument is not what the method accepts.</summary>
public class ArgumentException : SystemException
{
    public ArgumentException()
    {
    }

    public ArgumentException(string? message)
        : base(message)
    {
    }

    public ArgumentException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public ArgumentException(string? message, string? paramName)
        : base(message) => ParamName = paramName;

    /// <summary>The parameter's name, if known.</summary>
    public string? ParamName { get; }

    private protected override string DefaultMessage => "An argument is not valid.";
}

/// <summary>An argument is null that must not be.</summary>
public class ArgumentNullException : ArgumentException
{
    public ArgumentNullException()
    {
    }

    public ArgumentNullException(string? paramName)
        : base(null, paramName)
    {
    }

    public ArgumentNullException(string? paramName, string? message)
        : base(message, paramName)
    {
    }

    private protected override string DefaultMessage => "An argument is null.";

    /// <summary>Throws when the argument is null.</summary>
    public static void ThrowIfNull(
        [Diagnostics.CodeAnalysis.NotNull] object? argument,
        [Runtime.CompilerServices.CallerArgumentExpression(nameof(argument))] string? paramName = null)
    {
        if (argument is null)
            ThrowHelper.ArgumentNull(paramName ?? "");
    }
}

/// <summary>An argument is outside the range that the method accepts.</summary>
public class ArgumentOutOfRangeException : ArgumentException
{
    public ArgumentOutOfRangeException()
    {
    }

    public ArgumentOutOfRangeException(string? paramName)
        : base(null, paramName)
    {
    }

    public ArgumentOutOfRangeException(string? paramName, string? message)
        : base(message, paramName)
    {
    }

    public ArgumentOutOfRangeException(string? paramName, object? actualValue, string? message)
        : base(message, paramName) => ActualValue = actualValue;

    /// <summary>The argument, if the thrower gave it.</summary>
    public object? ActualValue { get; }

    private protected override string DefaultMessage => "An argument is out of range.";
}
