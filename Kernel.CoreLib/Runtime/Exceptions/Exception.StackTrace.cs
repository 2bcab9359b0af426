using System.Runtime.CompilerServices;

namespace System;

public partial class Exception
{
    /// <summary>How many frames an exception remembers, from the throw upwards.</summary>
    public const int MaximumStackTrace = 16;

    private StackTraceStorage _stackTrace;
    private int _stackTraceLength;

    /// <summary>
    /// Addresses inside the instructions that threw and that called, innermost first, up to the method that caught the
    /// exception. A rethrow adds those further up; throwing the object anew starts over.
    /// </summary>
    public ReadOnlySpan<ulong> StackTraceAddresses => ((ReadOnlySpan<ulong>)_stackTrace)[.._stackTraceLength];

    /// <summary>Forgets the trace.</summary>
    internal void ClearStackTrace() => _stackTraceLength = 0;

    /// <summary>Adds a frame, if there is room.</summary>
    internal void AppendStackTrace(ulong instruction)
    {
        if (_stackTraceLength < MaximumStackTrace)
            _stackTrace[_stackTraceLength++] = instruction;
    }

    [InlineArray(MaximumStackTrace)]
    private struct StackTraceStorage
    {
        private ulong _first;
    }
}
