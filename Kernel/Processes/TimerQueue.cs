using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Something that shall happen at a time: a field of the object that it happens to, which never moves.</summary>
internal unsafe struct TimerNode
{
    internal TimerNode* Child;
    internal TimerNode* Next;

    // The elder sibling, or the parent for a first child; itself for the root.
    internal TimerNode* Previous;

    /// <summary>When, in nanoseconds since boot.</summary>
    public ulong Deadline;

    /// <summary>The object, as <see cref="Owner"/> is given to <see cref="Expire"/>.</summary>
    public nint Owner;

    /// <summary>Called with the queue's lock held and interrupts off; the node is out of the queue.</summary>
    public delegate*<nint, void> Expire;

    /// <summary>Whether it is in the queue.</summary>
    public readonly bool IsQueued => Previous != null;
}

/// <summary>What shall happen when, the earliest first.</summary>
/// <remarks>
/// A pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986): adding costs O(1), taking the first or any other O(log n) amortized,
/// and nothing is allocated. One lock guards it; interrupt handlers take it too.
/// </remarks>
internal static unsafe class TimerQueue
{
    private static InterruptLock s_lock;
    private static TimerNode* s_root;

    /// <summary>When the first thing shall happen; <see cref="ulong.MaxValue"/> if there is nothing.</summary>
    public static ulong FirstDeadline => s_root == null ? ulong.MaxValue : s_root->Deadline;

    /// <summary>Adds a node that is in no queue.</summary>
    /// <returns>Whether it is the first now, so that the timer must be set.</returns>
    public static bool Add(TimerNode* node)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        return AddLocked(node);
    }

    /// <summary>As <see cref="Add"/>, from within <see cref="TimerNode.Expire"/>.</summary>
    public static bool AddLocked(TimerNode* node)
    {
        node->Child = null;
        node->Next = null;
        SetRoot(Meld(s_root, node));
        return s_root == node;
    }

    /// <summary>Takes a node out, if it is in.</summary>
    /// <returns>Whether it was.</returns>
    public static bool Remove(TimerNode* node)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (!node->IsQueued)
            return false;
        Unlink(node);
        return true;
    }

    /// <summary>Lets everything happen whose time has come.</summary>
    /// <param name="now">Nanoseconds since boot.</param>
    public static void RunExpired(ulong now)
    {
        if (FirstDeadline > now)
            return;
        using InterruptLock.Scope _ = s_lock.Enter();
        while (s_root != null && s_root->Deadline <= now)
        {
            TimerNode* node = s_root;
            Unlink(node);
            node->Expire(node->Owner);
        }
    }

    private static void SetRoot(TimerNode* node)
    {
        s_root = node;
        if (node != null)
            node->Previous = node;
    }

    private static void Unlink(TimerNode* node)
    {
        TimerNode* rest = MeldSiblings(node->Child);
        if (node == s_root)
        {
            SetRoot(rest);
        }
        else
        {
            if (node->Previous->Child == node)
                node->Previous->Child = node->Next;
            else
                node->Previous->Next = node->Next;
            if (node->Next != null)
                node->Next->Previous = node->Previous;
            SetRoot(Meld(s_root, rest));
        }
        node->Previous = null;
        node->Next = null;
        node->Child = null;
    }

    private static TimerNode* Meld(TimerNode* left, TimerNode* right)
    {
        if (left == null)
            return right;
        if (right == null)
            return left;
        if (right->Deadline < left->Deadline)
        {
            TimerNode* later = left;
            left = right;
            right = later;
        }
        right->Next = left->Child;
        right->Previous = left;
        if (left->Child != null)
            left->Child->Previous = right;
        left->Child = right;
        left->Next = null;
        return left;
    }

    /// <summary>Pairs siblings from the left, then melds the pairs: without recursion, whatever their number.</summary>
    private static TimerNode* MeldSiblings(TimerNode* first)
    {
        TimerNode* pairs = null;
        while (first != null)
        {
            TimerNode* second = first->Next;
            TimerNode* next = second == null ? null : second->Next;
            first->Next = null;
            if (second != null)
                second->Next = null;
            TimerNode* pair = Meld(first, second);
            pair->Next = pairs;
            pairs = pair;
            first = next;
        }
        TimerNode* result = null;
        while (pairs != null)
        {
            TimerNode* next = pairs->Next;
            pairs->Next = null;
            result = Meld(result, pairs);
            pairs = next;
        }
        return result;
    }
}
