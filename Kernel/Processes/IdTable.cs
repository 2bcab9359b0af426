namespace Kernel.Processes;

/// <summary>What has a number: a thread, a process, a group, a session, or several of them with the same one.</summary>
internal sealed class IdEntry
{
    public int Number { get; set; }

    public Thread? Thread { get; set; }

    public Process? Process { get; set; }

    public ProcessGroup? Group { get; set; }

    public Session? Session { get; set; }

    public IdEntry? NextInBucket { get; set; }

    /// <summary>Whether nothing has the number any more.</summary>
    public bool IsFree => Thread is null && Process is null && Group is null && Session is null;
}

/// <summary>The numbers of threads, processes, groups and sessions.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards it. A number is given again only when nothing has it.</remarks>
internal static class IdTable
{
    /// <summary>The first number that is too large.</summary>
    public const int End = 32768;

    private const int Buckets = 1024;

    // After a turn through all numbers the low ones are left to what was started at boot.
    private const int FirstAfterWrap = 300;

    private static readonly IdEntry?[] s_buckets = new IdEntry?[Buckets];
    private static int s_last;

    /// <summary>Numbers in use.</summary>
    public static int Count { get; private set; }

    /// <summary>The last number given.</summary>
    public static int Last => s_last;

    /// <summary>Gives a number that nothing has.</summary>
    /// <returns>Null without memory, or when all are in use.</returns>
    public static IdEntry? TryAllocate()
    {
        if (Count >= End - FirstAfterWrap || ProcessPools.Ids.Take() is not { } entry)
            return null;
        do
            s_last = s_last + 1 >= End ? FirstAfterWrap : s_last + 1;
        while (Find(s_last) is not null);
        entry.Number = s_last;
        ref IdEntry? bucket = ref s_buckets[s_last % Buckets];
        entry.NextInBucket = bucket;
        bucket = entry;
        Count++;
        return entry;
    }

    /// <summary>What has a number; null if nothing has.</summary>
    public static IdEntry? Find(int number)
    {
        for (IdEntry? entry = s_buckets[(uint)number % Buckets]; entry is not null; entry = entry.NextInBucket)
        {
            if (entry.Number == number)
                return entry;
        }
        return null;
    }

    /// <summary>Finds the first number at or after one, for listings.</summary>
    public static IdEntry? FindProcessAtOrAfter(int number)
    {
        for (; number < End; number++)
        {
            if (Find(number) is { Process: not null } entry)
                return entry;
        }
        return null;
    }

    /// <summary>Gives a number back if nothing has it any more.</summary>
    public static void ReleaseIfFree(IdEntry entry)
    {
        if (!entry.IsFree)
            return;
        ref IdEntry? bucket = ref s_buckets[entry.Number % Buckets];
        if (bucket == entry)
        {
            bucket = entry.NextInBucket;
        }
        else
        {
            IdEntry previous = bucket!;
            while (previous.NextInBucket != entry)
                previous = previous.NextInBucket!;
            previous.NextInBucket = entry.NextInBucket;
        }
        Count--;
        ProcessPools.Ids.Return(entry);
    }
}
