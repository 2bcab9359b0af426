using System.Runtime.InteropServices;
using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>Locks in user memory that a thread holds when it ends: the next owner is told (get_robust_list(2)).</summary>
internal static class RobustFutexes
{
    private const uint WaitersBit = 0x8000_0000;
    private const uint OwnerDiedBit = 0x4000_0000;
    private const uint OwnerMask = 0x3fff_ffff;
    private const ulong PriorityInheritanceBit = 1;

    // As in Linux: a list that is longer is taken for damaged.
    private const int MostEntries = 2048;

    /// <summary>Marks and wakes all locks in the running thread's list. Whatever is wrong with the list ends it.</summary>
    public static void Release(Thread thread)
    {
        ulong head = thread.RobustList;
        thread.RobustList = 0;
        if (head == 0 || !UserMemory.Read(head, out ListHead list))
            return;
        ulong entry = list.First;
        for (int count = 0; (entry & ~PriorityInheritanceBit) != head && count < MostEntries; count++)
        {
            ulong address = entry & ~PriorityInheritanceBit;
            bool hasNext = UserMemory.Read(address, out ulong next);
            if (address != (list.Pending & ~PriorityInheritanceBit))
                ReleaseLock(thread, address + (ulong)list.FutexOffset);
            if (!hasNext)
                break;
            entry = next;
        }
        if (list.Pending != 0)
            ReleaseLock(thread, (list.Pending & ~PriorityInheritanceBit) + (ulong)list.FutexOffset);
    }

    private static void ReleaseLock(Thread thread, ulong address)
    {
        if ((address & 3) != 0 || !UserMemory.TryReadWord(address, out uint value))
            return;
        while ((value & OwnerMask) == (uint)thread.Id)
        {
            uint seen = value;
            if (!UserMemory.TryCompareExchange(address, ref seen, (value & WaitersBit) | OwnerDiedBit))
                return;
            if (seen == value)
            {
                if ((value & WaitersBit) != 0)
                    Futexes.Wake(address, 1);
                return;
            }
            value = seen;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ListHead
    {
        public readonly ulong First;
        public readonly long FutexOffset;
        public readonly ulong Pending;
    }
}
