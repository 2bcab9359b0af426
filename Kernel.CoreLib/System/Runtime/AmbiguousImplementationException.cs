namespace System.Runtime;

/// <summary>No default implementation of an interface method is more specific than all others.</summary>
public sealed class AmbiguousImplementationException : Exception
{
    private protected override string DefaultMessage => "Several default implementations fit the interface call.";
}
