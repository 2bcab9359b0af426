using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>A method to call, with the object to call it on. The compiler knows the fields and initializers by name.</summary>
public abstract unsafe partial class Delegate : ICloneable
{
    // The first argument of the call: the target object, or this delegate itself when a thunk does the call.
    internal object? _firstParameter;

    // What a thunk needs: the real target, or a multicast delegate's list.
    internal object? _helperObject;

    // What a thunk calls, or the number of entries in a multicast delegate's list.
    internal nint _extraFunctionPointerOrData;

    // What an invocation jumps to.
    internal nint _functionPointer;

    private protected const int MulticastThunk = 0;
    private protected const int ClosedStaticThunk = 1;
    private protected const int OpenStaticThunk = 2;
    private protected const int ClosedInstanceThunkOverGenericMethod = 3;
    private protected const int OpenInstanceThunk = 4;

    /// <summary>The address of one of the thunks that the compiler makes for the delegate type, or zero. Overridden by the compiler.</summary>
    private protected virtual nint GetThunk(int whichThunk) => 0;

    private void InitializeClosedInstance(object? firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
            ThrowHelper.Argument("An instance method needs an object.");
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceSlow(object? firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
            ThrowHelper.Argument("An instance method needs an object.");
        BindInstance(firstParameter, functionPointer);
    }

    private void InitializeClosedInstanceWithoutNullCheck(object? firstParameter, nint functionPointer) => BindInstance(firstParameter, functionPointer);

    private void InitializeClosedInstanceToInterface(object? firstParameter, nint dispatchCell)
    {
        if (firstParameter is null)
            throw new NullReferenceException();
        _functionPointer = InterfaceDispatch.Resolve(firstParameter, dispatchCell);
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceWithGVMResolution(object? firstParameter, nint dispatchCell)
    {
        if (firstParameter is null)
            throw new NullReferenceException();
        BindInstance(firstParameter, InterfaceDispatch.Resolve(firstParameter, dispatchCell));
    }

    private void InitializeClosedStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _functionPointer = functionPointerThunk;
        _firstParameter = this;
    }

    private void InitializeOpenStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _functionPointer = functionPointerThunk;
        _firstParameter = this;
    }

    private void BindInstance(object? target, nint functionPointer)
    {
        if (!FatFunctionPointer.Is(functionPointer))
        {
            _functionPointer = functionPointer;
            _firstParameter = target;
            return;
        }
        _firstParameter = this;
        _functionPointer = GetThunk(ClosedInstanceThunkOverGenericMethod);
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = target;
    }

    /// <summary>Whether both call the same methods on the same objects.</summary>
    public static bool operator ==(Delegate? d1, Delegate? d2) => d1 is null ? d2 is null : d1.Equals(d2);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Delegate? d1, Delegate? d2) => d1 is null ? d2 is not null : !d1.Equals(d2);

    /// <summary>A copy that calls the same.</summary>
    public object Clone() => MemberwiseClone();
}
