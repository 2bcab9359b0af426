namespace System;

/// <summary>Does something.</summary>
public delegate void Action();

/// <summary>Does something with its argument.</summary>
public delegate void Action<in T>(T obj) where T : allows ref struct;

public delegate void Action<in T1, in T2>(T1 arg1, T2 arg2) where T1 : allows ref struct where T2 : allows ref struct;

public delegate void Action<in T1, in T2, in T3>(T1 arg1, T2 arg2, T3 arg3)
    where T1 : allows ref struct where T2 : allows ref struct where T3 : allows ref struct;

public delegate void Action<in T1, in T2, in T3, in T4>(T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    where T1 : allows ref struct where T2 : allows ref struct where T3 : allows ref struct where T4 : allows ref struct;

/// <summary>Computes something.</summary>
public delegate TResult Func<out TResult>() where TResult : allows ref struct;

/// <summary>Computes something of its argument.</summary>
public delegate TResult Func<in T, out TResult>(T arg) where T : allows ref struct where TResult : allows ref struct;

public delegate TResult Func<in T1, in T2, out TResult>(T1 arg1, T2 arg2)
    where T1 : allows ref struct where T2 : allows ref struct where TResult : allows ref struct;

public delegate TResult Func<in T1, in T2, in T3, out TResult>(T1 arg1, T2 arg2, T3 arg3)
    where T1 : allows ref struct where T2 : allows ref struct where T3 : allows ref struct where TResult : allows ref struct;

public delegate TResult Func<in T1, in T2, in T3, in T4, out TResult>(T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    where T1 : allows ref struct where T2 : allows ref struct where T3 : allows ref struct where T4 : allows ref struct
    where TResult : allows ref struct;

/// <summary>Whether something is so for the argument.</summary>
public delegate bool Predicate<in T>(T obj) where T : allows ref struct;

/// <summary>Negative, zero or positive as <paramref name="x"/> is below, equal to or above <paramref name="y"/>.</summary>
public delegate int Comparison<in T>(T x, T y) where T : allows ref struct;

/// <summary>Converts a value.</summary>
public delegate TOutput Converter<in TInput, out TOutput>(TInput input) where TInput : allows ref struct where TOutput : allows ref struct;
