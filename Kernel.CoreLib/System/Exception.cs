using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Something that was thrown, or can be.</summary>
/// <remarks>Remembers where it was thrown in a fixed table inside the object, so that throwing allocates nothing.</remarks>
public partial class Exception
{
    private readonly string? _message;
    private readonly Exception? _innerException;

    /// <summary>An exception with the text of its type.</summary>
    public Exception()
    {
    }

    /// <summary>An exception with a text.</summary>
    public Exception(string? message) => _message = message;

    /// <summary>An exception with a text and what caused it.</summary>
    public Exception(string? message, Exception? innerException)
    {
        _message = message;
        _innerException = innerException;
    }

    /// <summary>What happened.</summary>
    public virtual string Message => _message ?? DefaultMessage;

    /// <summary>The text when none was given.</summary>
    private protected virtual string DefaultMessage => "An exception was thrown.";

    /// <summary>What caused this exception, if something did.</summary>
    public Exception? InnerException => _innerException;

    /// <summary>The innermost cause.</summary>
    public Exception GetBaseException()
    {
        Exception exception = this;
        while (exception._innerException is { } inner)
            exception = inner;
        return exception;
    }

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
