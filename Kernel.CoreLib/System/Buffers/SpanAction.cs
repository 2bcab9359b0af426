namespace System.Buffers;

/// <summary>Fills a span with the help of a state.</summary>
public delegate void SpanAction<T, in TArg>(Span<T> span, TArg arg) where TArg : allows ref struct;
