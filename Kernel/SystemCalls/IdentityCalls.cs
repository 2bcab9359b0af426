using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>Numbers, groups, sessions, users, limits, names and priorities of processes.</summary>
internal static unsafe class IdentityCalls
{
    private const uint Unchanged = uint.MaxValue;

    private static Process Current => Thread.Current.Process;

    public static SysResult GetProcessId(SystemCallFrame* frame) => Current.Id;

    public static SysResult GetThreadId(SystemCallFrame* frame) => Thread.Current.Id;

    public static SysResult GetParentId(SystemCallFrame* frame) => Current.Parent?.Id ?? 0;

    public static SysResult GetUser(SystemCallFrame* frame) => (long)Current.User.User;

    public static SysResult GetEffectiveUser(SystemCallFrame* frame) => (long)Current.User.EffectiveUser;

    public static SysResult GetGroup(SystemCallFrame* frame) => (long)Current.User.Group;

    public static SysResult GetEffectiveGroup(SystemCallFrame* frame) => (long)Current.User.EffectiveGroup;

    /// <summary>setpgid(process, group).</summary>
    public static SysResult SetProcessGroup(SystemCallFrame* frame) => ProcessTree.SetGroup(Current, (int)frame->Argument0, (int)frame->Argument1);

    /// <summary>getpgrp().</summary>
    public static SysResult GetOwnProcessGroup(SystemCallFrame* frame) => Current.Group.Id;

    /// <summary>getpgid(process).</summary>
    public static SysResult GetProcessGroup(SystemCallFrame* frame) => FindOrSelf((int)frame->Argument0) is { } process ? process.Group.Id : Errno.ESRCH;

    /// <summary>getsid(process).</summary>
    public static SysResult GetSession(SystemCallFrame* frame) => FindOrSelf((int)frame->Argument0) is { } process ? process.Session.Id : Errno.ESRCH;

    /// <summary>setsid().</summary>
    public static SysResult BeginSession(SystemCallFrame* frame)
    {
        Errno error = ProcessTree.BeginSession(Current);
        return error == Errno.None ? Current.Id : error;
    }

    /// <summary>setuid(user).</summary>
    public static SysResult SetUser(SystemCallFrame* frame)
    {
        uint user = (uint)frame->Argument0;
        ref Credentials own = ref Current.User;
        if (user == Unchanged)
            return Errno.EINVAL;
        if (own.IsPrivileged)
            own.User = own.SavedUser = user;
        else if (user != own.User && user != own.SavedUser)
            return Errno.EPERM;
        own.EffectiveUser = own.FileUser = user;
        return 0;
    }

    /// <summary>setgid(group).</summary>
    public static SysResult SetGroup(SystemCallFrame* frame)
    {
        uint group = (uint)frame->Argument0;
        ref Credentials own = ref Current.User;
        if (group == Unchanged)
            return Errno.EINVAL;
        if (own.IsPrivileged)
            own.Group = own.SavedGroup = group;
        else if (group != own.Group && group != own.SavedGroup)
            return Errno.EPERM;
        own.EffectiveGroup = own.FileGroup = group;
        return 0;
    }

    /// <summary>setreuid(real, effective).</summary>
    public static SysResult SetRealUser(SystemCallFrame* frame)
    {
        uint real = (uint)frame->Argument0, effective = (uint)frame->Argument1;
        ref Credentials own = ref Current.User;
        Credentials old = own;
        if (!own.IsPrivileged && ((real != Unchanged && real != old.User && real != old.EffectiveUser)
            || (effective != Unchanged && effective != old.User && effective != old.EffectiveUser && effective != old.SavedUser)))
            return Errno.EPERM;
        if (real != Unchanged)
            own.User = real;
        if (effective != Unchanged)
            own.EffectiveUser = own.FileUser = effective;
        if (real != Unchanged || (effective != Unchanged && effective != old.User))
            own.SavedUser = own.EffectiveUser;
        return 0;
    }

    /// <summary>setregid(real, effective).</summary>
    public static SysResult SetRealGroup(SystemCallFrame* frame)
    {
        uint real = (uint)frame->Argument0, effective = (uint)frame->Argument1;
        ref Credentials own = ref Current.User;
        Credentials old = own;
        if (!own.IsPrivileged && ((real != Unchanged && real != old.Group && real != old.EffectiveGroup)
            || (effective != Unchanged && effective != old.Group && effective != old.EffectiveGroup && effective != old.SavedGroup)))
            return Errno.EPERM;
        if (real != Unchanged)
            own.Group = real;
        if (effective != Unchanged)
            own.EffectiveGroup = own.FileGroup = effective;
        if (real != Unchanged || (effective != Unchanged && effective != old.Group))
            own.SavedGroup = own.EffectiveGroup;
        return 0;
    }

    /// <summary>setresuid(real, effective, saved).</summary>
    public static SysResult SetAllUsers(SystemCallFrame* frame)
    {
        uint real = (uint)frame->Argument0, effective = (uint)frame->Argument1, saved = (uint)frame->Argument2;
        ref Credentials own = ref Current.User;
        if (!own.IsPrivileged && !(MayBeUser(own, real) && MayBeUser(own, effective) && MayBeUser(own, saved)))
            return Errno.EPERM;
        own.User = real == Unchanged ? own.User : real;
        own.EffectiveUser = effective == Unchanged ? own.EffectiveUser : effective;
        own.SavedUser = saved == Unchanged ? own.SavedUser : saved;
        own.FileUser = own.EffectiveUser;
        return 0;
    }

    /// <summary>setresgid(real, effective, saved).</summary>
    public static SysResult SetAllGroups(SystemCallFrame* frame)
    {
        uint real = (uint)frame->Argument0, effective = (uint)frame->Argument1, saved = (uint)frame->Argument2;
        ref Credentials own = ref Current.User;
        if (!own.IsPrivileged && !(MayBeGroup(own, real) && MayBeGroup(own, effective) && MayBeGroup(own, saved)))
            return Errno.EPERM;
        own.Group = real == Unchanged ? own.Group : real;
        own.EffectiveGroup = effective == Unchanged ? own.EffectiveGroup : effective;
        own.SavedGroup = saved == Unchanged ? own.SavedGroup : saved;
        own.FileGroup = own.EffectiveGroup;
        return 0;
    }

    /// <summary>getresuid(real, effective, saved).</summary>
    public static SysResult GetAllUsers(SystemCallFrame* frame) =>
        WriteThree(frame, Current.User.User, Current.User.EffectiveUser, Current.User.SavedUser);

    /// <summary>getresgid(real, effective, saved).</summary>
    public static SysResult GetAllGroups(SystemCallFrame* frame) =>
        WriteThree(frame, Current.User.Group, Current.User.EffectiveGroup, Current.User.SavedGroup);

    /// <summary>setfsuid(user): the old one, whether or not it changed.</summary>
    public static SysResult SetFileUser(SystemCallFrame* frame)
    {
        ref Credentials own = ref Current.User;
        uint old = own.FileUser, user = (uint)frame->Argument0;
        if (own.IsPrivileged || MayBeUser(own, user))
            own.FileUser = user == Unchanged ? old : user;
        return (long)old;
    }

    /// <summary>setfsgid(group): as <see cref="SetFileUser"/>.</summary>
    public static SysResult SetFileGroup(SystemCallFrame* frame)
    {
        ref Credentials own = ref Current.User;
        uint old = own.FileGroup, group = (uint)frame->Argument0;
        if (own.IsPrivileged || MayBeGroup(own, group))
            own.FileGroup = group == Unchanged ? old : group;
        return (long)old;
    }

    /// <summary>getgroups(size, list).</summary>
    public static SysResult GetGroups(SystemCallFrame* frame)
    {
        int size = (int)frame->Argument0, count = Current.User.GroupCount;
        if (size < 0 || (size != 0 && size < count))
            return Errno.EINVAL;
        for (int index = 0; size != 0 && index < count; index++)
        {
            if (!UserMemory.Write(frame->Argument1 + (ulong)index * sizeof(uint), Current.User.GroupAt(index)))
                return Errno.EFAULT;
        }
        return count;
    }

    /// <summary>setgroups(size, list).</summary>
    public static SysResult SetGroups(SystemCallFrame* frame)
    {
        if (!Current.User.IsPrivileged)
            return Errno.EPERM;
        if (frame->Argument0 > Credentials.MaximumGroups)
            return Errno.EINVAL;
        int count = (int)frame->Argument0;
        uint* groups = stackalloc uint[Credentials.MaximumGroups];
        if (UserMemory.CopyIn((byte*)groups, frame->Argument1, (ulong)count * sizeof(uint)) != 0)
            return Errno.EFAULT;
        Current.User.SetGroups(new ReadOnlySpan<uint>(groups, count));
        return 0;
    }

    /// <summary>prlimit64(process, resource, limit, old).</summary>
    public static SysResult Limit(SystemCallFrame* frame) =>
        ChangeLimit((int)frame->Argument0, (uint)frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>getrlimit(resource, limit).</summary>
    public static SysResult GetLimit(SystemCallFrame* frame) => ChangeLimit(0, (uint)frame->Argument0, 0, frame->Argument1);

    /// <summary>setrlimit(resource, limit).</summary>
    public static SysResult SetLimit(SystemCallFrame* frame) =>
        frame->Argument1 == 0 ? Errno.EFAULT : ChangeLimit(0, (uint)frame->Argument0, frame->Argument1, 0);

    /// <summary>getrusage(who, usage).</summary>
    public static SysResult GetUsage(SystemCallFrame* frame)
    {
        const int self = 0, children = -1, thread = 1;
        switch ((int)frame->Argument0)
        {
            case self or thread:
                return UserMemory.Write(frame->Argument1, UsageRecord.From(Current.Usage)) ? 0 : Errno.EFAULT;
            case children:
                return UserMemory.Write(frame->Argument1, UsageRecord.From(Current.ChildrenUsage)) ? 0 : Errno.EFAULT;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>prctl(option, ...).</summary>
    public static SysResult Control(SystemCallFrame* frame)
    {
        const ulong setDeathSignal = 1, getDeathSignal = 2, getDumpable = 3, setDumpable = 4, getKeepCapabilities = 7, setKeepCapabilities = 8,
            setName = 15, getName = 16, getTimerSlack = 30, setChildSubreaper = 36, getChildSubreaper = 37, setNoNewPrivileges = 38, getNoNewPrivileges = 39;
        ulong argument = frame->Argument1;
        Thread thread = Thread.Current;
        switch (frame->Argument0)
        {
            case setDeathSignal:
                if (argument > (ulong)Signal.Count)
                    return Errno.EINVAL;
                Current.ParentDeathSignal = (Signal)argument;
                return 0;
            case getDeathSignal:
                return UserMemory.Write(argument, (int)Current.ParentDeathSignal) ? 0 : Errno.EFAULT;
            case getDumpable:
                return Current.Dumpable;
            case setDumpable:
                if (argument > 1)
                    return Errno.EINVAL;
                Current.Dumpable = (int)argument;
                return 0;
            case setName:
                Span<byte> name = stackalloc byte[Thread.NameSize];
                Errno error = UserMemory.ReadString(argument, name, out int length);
                if (error == Errno.EFAULT)
                    return error;
                thread.SetName(error == Errno.ENAMETOOLONG ? name : name[..length]);
                return 0;
            case getName:
                Span<byte> stored = stackalloc byte[Thread.NameSize];
                stored.Clear();
                thread.Name.CopyTo(stored);
                return UserMemory.CopyOut(argument, stored) ? 0 : Errno.EFAULT;
            case setChildSubreaper:
                Current.AdoptsOrphans = argument != 0;
                return 0;
            case getChildSubreaper:
                return UserMemory.Write(argument, Current.AdoptsOrphans ? 1 : 0) ? 0 : Errno.EFAULT;
            case getTimerSlack:
                return 50_000;
            case getKeepCapabilities or getNoNewPrivileges:
                return 0;
            case setKeepCapabilities:
                return argument > 1 ? Errno.EINVAL : 0;
            case setNoNewPrivileges:
                return argument == 1 ? 0 : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>personality(value): the old one.</summary>
    public static SysResult Personality(SystemCallFrame* frame)
    {
        uint old = Current.Personality, wanted = (uint)frame->Argument0;
        if (wanted != uint.MaxValue)
            Current.Personality = wanted;
        return (long)old;
    }

    /// <summary>getpriority(which, who): 20 less the nice value.</summary>
    public static SysResult GetPriority(SystemCallFrame* frame)
    {
        int best = int.MaxValue;
        Errno error = ForEach(frame->Argument0, (int)frame->Argument1, null, ref best);
        return error != Errno.None ? error : 20 - best;
    }

    /// <summary>setpriority(which, who, nice).</summary>
    public static SysResult SetPriority(SystemCallFrame* frame)
    {
        int unused = 0;
        return ForEach(frame->Argument0, (int)frame->Argument1, Math.Clamp((int)frame->Argument2, -20, 19), ref unused);
    }

    /// <summary>sched_getaffinity(thread, size, mask): how many bytes the mask has.</summary>
    public static SysResult GetAffinity(SystemCallFrame* frame)
    {
        if ((int)frame->Argument0 != 0 && ProcessTree.FindThread((int)frame->Argument0) is null)
            return Errno.ESRCH;
        if (frame->Argument1 < sizeof(ulong) || frame->Argument1 % sizeof(ulong) != 0)
            return Errno.EINVAL;
        return UserMemory.Write(frame->Argument2, 1UL) ? sizeof(ulong) : Errno.EFAULT;
    }

    /// <summary>sched_setaffinity(thread, size, mask).</summary>
    public static SysResult SetAffinity(SystemCallFrame* frame)
    {
        if ((int)frame->Argument0 != 0 && ProcessTree.FindThread((int)frame->Argument0) is null)
            return Errno.ESRCH;
        ulong mask = 0;
        if (UserMemory.CopyIn((byte*)&mask, frame->Argument2, Math.Min(frame->Argument1, sizeof(ulong))) != 0)
            return Errno.EFAULT;
        return (mask & 1) == 0 ? Errno.EINVAL : 0;
    }

    /// <summary>getcpu(processor, node).</summary>
    public static SysResult GetProcessor(SystemCallFrame* frame)
    {
        if (frame->Argument0 != 0 && !UserMemory.Write(frame->Argument0, Processor.Current->Index))
            return Errno.EFAULT;
        return frame->Argument1 == 0 || UserMemory.Write(frame->Argument1, 0u) ? 0 : Errno.EFAULT;
    }

    /// <summary>Puts a process's limits that concern memory into its space.</summary>
    public static void ApplyLimits(Process process)
    {
        if (process.Space is not { } space)
            return;
        space.Limits = new SpaceLimits(
            ToPages(process.Limits[(int)Resource.AddressSpace].Current),
            ToPages(process.Limits[(int)Resource.Data].Current),
            ToPages(process.Limits[(int)Resource.Stack].Current),
            process.User.IsPrivileged ? ulong.MaxValue : ToPages(process.Limits[(int)Resource.LockedMemory].Current));
    }

    private static ulong ToPages(ulong bytes) => bytes == ResourceLimit.Unlimited ? ulong.MaxValue : bytes >> Page.Shift;

    private static SysResult ChangeLimit(int id, uint resource, ulong from, ulong to)
    {
        if (resource >= (uint)Resource.Count)
            return Errno.EINVAL;
        if (FindOrSelf(id) is not { } process)
            return Errno.ESRCH;
        if (process != Current && !Current.MayAccess(process))
            return Errno.EPERM;
        ResourceLimit wanted = default;
        if (from != 0 && !UserMemory.Read(from, out wanted))
            return Errno.EFAULT;
        ResourceLimit old = process.Limits[(int)resource];
        if (from != 0)
        {
            if (wanted.Current > wanted.Maximum)
                return Errno.EINVAL;
            if (wanted.Maximum > old.Maximum && !Current.User.IsPrivileged)
                return Errno.EPERM;
            process.Limits[(int)resource] = wanted;
            ApplyLimits(process);
        }
        return to == 0 || UserMemory.Write(to, old) ? 0 : Errno.EFAULT;
    }

    private static Errno ForEach(ulong which, int who, int? nice, ref int best)
    {
        const ulong one = 0, group = 1, user = 2;
        if (which > user)
            return Errno.EINVAL;
        bool isFound = false;
        Process caller = Current;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            Process process = entry.Process!;
            bool matches = which switch
            {
                one => who == 0 ? process == caller : process.Id == who,
                group => process.Group.Id == (who == 0 ? caller.Group.Id : who),
                _ => process.User.User == (who == 0 ? caller.User.User : (uint)who),
            };
            if (!matches)
                continue;
            isFound = true;
            best = Math.Min(best, process.Nice);
            if (nice is not { } wanted)
                continue;
            if (!caller.User.IsPrivileged && caller.User.EffectiveUser != process.User.User && caller.User.EffectiveUser != process.User.EffectiveUser)
                return Errno.EPERM;
            if (wanted < process.Nice && !caller.User.IsPrivileged)
                return Errno.EACCES;
            process.Nice = wanted;
        }
        return isFound ? Errno.None : Errno.ESRCH;
    }

    private static SysResult WriteThree(SystemCallFrame* frame, uint first, uint second, uint third) =>
        UserMemory.Write(frame->Argument0, first) && UserMemory.Write(frame->Argument1, second) && UserMemory.Write(frame->Argument2, third)
            ? 0 : Errno.EFAULT;

    private static bool MayBeUser(in Credentials own, uint user) =>
        user == Unchanged || user == own.User || user == own.EffectiveUser || user == own.SavedUser;

    private static bool MayBeGroup(in Credentials own, uint group) =>
        group == Unchanged || group == own.Group || group == own.EffectiveGroup || group == own.SavedGroup;

    private static Process? FindOrSelf(int id) => id == 0 ? Current : ProcessTree.Find(id);
}
