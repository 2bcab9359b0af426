namespace Kernel.Mm;

/// <summary>
/// What the memory manager needs of the machine and can't do itself. The kernel implements it with privileged
/// instructions, host tests with a software memory management unit.
/// </summary>
/// <remarks><see cref="Current"/> is set once, before anything else of Kernel.Mm is used.</remarks>
public abstract class Hardware
{
    private static Hardware? s_current;

    /// <summary>The machine.</summary>
    public static Hardware Current
    {
        get => s_current!;
        set => s_current = value;
    }

    /// <summary>How many processors there can be; <see cref="CurrentProcessor"/> is below it.</summary>
    public abstract int MaximumProcessors { get; }

    /// <summary>The processor that runs this. Stays the same only inside a critical section.</summary>
    public abstract int CurrentProcessor { get; }

    /// <summary>The memory node that this processor is nearest to, counted from zero.</summary>
    public abstract int CurrentNode { get; }

    /// <summary>Keeps interrupts and other threads off this processor until <see cref="LeaveCriticalSection"/>; nests.</summary>
    /// <returns>What to pass to <see cref="LeaveCriticalSection"/>.</returns>
    public abstract ulong EnterCriticalSection();

    /// <summary>Ends what <see cref="EnterCriticalSection"/> began.</summary>
    public abstract void LeaveCriticalSection(ulong state);

    /// <summary>Tells the processor that it waits in a loop.</summary>
    public abstract void Pause();
}
