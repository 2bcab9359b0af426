namespace System.Numerics;

/// <summary>Defines <c>left + right</c>.</summary>
public interface IAdditionOperators<TSelf, TOther, TResult> where TSelf : IAdditionOperators<TSelf, TOther, TResult>?
{
    /// <summary>Adds two values; wraps around.</summary>
    static abstract TResult operator +(TSelf left, TOther right);

    /// <summary>Adds two values; throws <see cref="OverflowException"/> when the result does not fit.</summary>
    static virtual TResult operator checked +(TSelf left, TOther right) => left + right;
}

/// <summary>Defines <c>left - right</c>.</summary>
public interface ISubtractionOperators<TSelf, TOther, TResult> where TSelf : ISubtractionOperators<TSelf, TOther, TResult>?
{
    /// <summary>Subtracts; wraps around.</summary>
    static abstract TResult operator -(TSelf left, TOther right);

    /// <summary>Subtracts; throws <see cref="OverflowException"/> when the result does not fit.</summary>
    static virtual TResult operator checked -(TSelf left, TOther right) => left - right;
}

/// <summary>Defines <c>left * right</c>.</summary>
public interface IMultiplyOperators<TSelf, TOther, TResult> where TSelf : IMultiplyOperators<TSelf, TOther, TResult>?
{
    /// <summary>Multiplies; wraps around.</summary>
    static abstract TResult operator *(TSelf left, TOther right);

    /// <summary>Multiplies; throws <see cref="OverflowException"/> when the result does not fit.</summary>
    static virtual TResult operator checked *(TSelf left, TOther right) => left * right;
}

/// <summary>Defines <c>left / right</c>.</summary>
public interface IDivisionOperators<TSelf, TOther, TResult> where TSelf : IDivisionOperators<TSelf, TOther, TResult>?
{
    /// <summary>Divides, towards zero; throws <see cref="DivideByZeroException"/>.</summary>
    static abstract TResult operator /(TSelf left, TOther right);
}

/// <summary>Defines <c>left % right</c>.</summary>
public interface IModulusOperators<TSelf, TOther, TResult> where TSelf : IModulusOperators<TSelf, TOther, TResult>?
{
    /// <summary>Remainder with the sign of <paramref name="left"/>; throws <see cref="DivideByZeroException"/>.</summary>
    static abstract TResult operator %(TSelf left, TOther right);
}

/// <summary>Defines <c>++value</c>.</summary>
public interface IIncrementOperators<TSelf> where TSelf : IIncrementOperators<TSelf>?
{
    /// <summary>The value plus one; wraps around.</summary>
    static abstract TSelf operator ++(TSelf value);
}

/// <summary>Defines <c>--value</c>.</summary>
public interface IDecrementOperators<TSelf> where TSelf : IDecrementOperators<TSelf>?
{
    /// <summary>The value minus one; wraps around.</summary>
    static abstract TSelf operator --(TSelf value);
}

/// <summary>Defines <c>-value</c>.</summary>
public interface IUnaryNegationOperators<TSelf, TResult> where TSelf : IUnaryNegationOperators<TSelf, TResult>?
{
    /// <summary>Zero minus the value; wraps around.</summary>
    static abstract TResult operator -(TSelf value);
}

/// <summary>Defines the bitwise operators.</summary>
public interface IBitwiseOperators<TSelf, TOther, TResult> where TSelf : IBitwiseOperators<TSelf, TOther, TResult>?
{
    /// <summary>Bitwise and.</summary>
    static abstract TResult operator &(TSelf left, TOther right);

    /// <summary>Bitwise or.</summary>
    static abstract TResult operator |(TSelf left, TOther right);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract TResult operator ^(TSelf left, TOther right);

    /// <summary>Ones' complement.</summary>
    static abstract TResult operator ~(TSelf value);
}

/// <summary>Defines the shift operators.</summary>
public interface IShiftOperators<TSelf, TOther, TResult> where TSelf : IShiftOperators<TSelf, TOther, TResult>?
{
    /// <summary>Shift to the left.</summary>
    static abstract TResult operator <<(TSelf value, TOther shiftAmount);

    /// <summary>Shift to the right, repeating the sign of a signed type.</summary>
    static abstract TResult operator >>(TSelf value, TOther shiftAmount);

    /// <summary>Shift to the right, bringing in zeros.</summary>
    static abstract TResult operator >>>(TSelf value, TOther shiftAmount);
}

/// <summary>Defines <c>==</c> and <c>!=</c>.</summary>
public interface IEqualityOperators<TSelf, TOther, TResult> where TSelf : IEqualityOperators<TSelf, TOther, TResult>?
{
    /// <summary>Whether both are equal.</summary>
    static abstract TResult operator ==(TSelf? left, TOther? right);

    /// <summary>Whether they differ.</summary>
    static abstract TResult operator !=(TSelf? left, TOther? right);
}

/// <summary>Defines the four orderings.</summary>
public interface IComparisonOperators<TSelf, TOther, TResult> : IEqualityOperators<TSelf, TOther, TResult>
    where TSelf : IComparisonOperators<TSelf, TOther, TResult>?
{
    /// <summary>Less than.</summary>
    static abstract TResult operator <(TSelf left, TOther right);

    /// <summary>Greater than.</summary>
    static abstract TResult operator >(TSelf left, TOther right);

    /// <summary>Less than or equal.</summary>
    static abstract TResult operator <=(TSelf left, TOther right);

    /// <summary>Greater than or equal.</summary>
    static abstract TResult operator >=(TSelf left, TOther right);
}

/// <summary>Defines the smallest and largest value of a type.</summary>
public interface IMinMaxValue<TSelf> where TSelf : IMinMaxValue<TSelf>?
{
    /// <summary>The smallest value.</summary>
    static abstract TSelf MinValue { get; }

    /// <summary>The largest value.</summary>
    static abstract TSelf MaxValue { get; }
}
