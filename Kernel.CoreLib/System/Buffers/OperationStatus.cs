namespace System.Buffers;

/// <summary>How an operation on a span ended.</summary>
public enum OperationStatus
{
    /// <summary>Everything was processed.</summary>
    Done,

    /// <summary>The destination is full.</summary>
    DestinationTooSmall,

    /// <summary>The source ends within a unit.</summary>
    NeedMoreData,

    /// <summary>The source is malformed.</summary>
    InvalidData,
}
