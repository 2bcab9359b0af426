namespace System.Threading;

/// <summary>A lock was released by somebody who didn't hold it.</summary>
public class SynchronizationLockException : SystemException
{
    /// <summary>With the usual text.</summary>
    public SynchronizationLockException()
        : base("The lock is not held by this processor.")
    {
    }
}
