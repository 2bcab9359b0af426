namespace System.Runtime.CompilerServices;

// Types that the C# compiler looks up by name and that are not attributes.

/// <summary>How a method is compiled.</summary>
[Flags]
public enum MethodImplOptions
{
    Unmanaged = 0x0004,
    NoInlining = 0x0008,
    ForwardRef = 0x0010,
    Synchronized = 0x0020,
    NoOptimization = 0x0040,
    PreserveSig = 0x0080,
    AggressiveInlining = 0x0100,
    AggressiveOptimization = 0x0200,
    InternalCall = 0x1000,
}

/// <summary>Where a method's code is.</summary>
public enum MethodCodeType
{
    IL = 0,
    Native = 1,
    OPTIL = 2,
    Runtime = 3,
}

/// <summary>Marks init-only setters.</summary>
public static class IsExternalInit;

/// <summary>Marks volatile fields.</summary>
public static class IsVolatile;

/// <summary>Marks constants of another kind.</summary>
public static class IsConst;

/// <summary>What the runtime can do, for the compiler to know.</summary>
public static class RuntimeFeature
{
    public const string PortablePdb = nameof(PortablePdb);
    public const string DefaultImplementationsOfInterfaces = nameof(DefaultImplementationsOfInterfaces);
    public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
    public const string CovariantReturnsOfClasses = nameof(CovariantReturnsOfClasses);
    public const string VirtualStaticsInInterfaces = nameof(VirtualStaticsInInterfaces);
    public const string NumericIntPtr = nameof(NumericIntPtr);
    public const string ByRefFields = nameof(ByRefFields);
    public const string ByRefLikeGenerics = nameof(ByRefLikeGenerics);
}

/// <summary>A tuple of any length.</summary>
public interface ITuple
{
    /// <summary>Number of elements.</summary>
    int Length { get; }

    /// <summary>An element.</summary>
    object? this[int index] { get; }
}

/// <summary>A variable on the heap, for expression trees.</summary>
public interface IStrongBox
{
    /// <summary>The variable's value.</summary>
    object? Value { get; set; }
}

/// <summary>The unmanaged C calling convention.</summary>
public class CallConvCdecl;

/// <summary>Calls through function pointers leave the collector's cooperative mode off: nothing to do here.</summary>
public class CallConvSuppressGCTransition;

/// <summary>No pattern of a switch expression matched.</summary>
public sealed class SwitchExpressionException(object? unmatchedValue) : InvalidOperationException("No case of the switch matches.")
{
    public SwitchExpressionException()
        : this(null)
    {
    }

    /// <summary>The value that matched nothing.</summary>
    public object? UnmatchedValue { get; } = unmatchedValue;
}
