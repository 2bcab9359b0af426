using Kernel.Abi;
using Kernel.Arch.X64;

namespace Kernel.SystemCalls;

/// <content>The list, in order of number (arch/x86/entry/syscalls/syscall_64.tbl of Linux numbers them).</content>
internal static unsafe partial class SystemCallTable
{
    private static void Set(int number, delegate*<SystemCallFrame*, SysResult> call) => Table[number] = (nint)call;

    private static void Fill()
    {
        Set(9, &MemoryCalls.Map);
        Set(10, &MemoryCalls.Protect);
        Set(11, &MemoryCalls.Unmap);
        Set(12, &MemoryCalls.Break);
        Set(13, &SignalCalls.Action);
        Set(14, &SignalCalls.Mask);
        Set(15, &SignalCalls.Return);
        Set(24, &ProcessCalls.Yield);
        Set(25, &MemoryCalls.Remap);
        Set(26, &MemoryCalls.Synchronize);
        Set(27, &MemoryCalls.Residency);
        Set(28, &MemoryCalls.Advise);
        Set(34, &SignalCalls.Pause);
        Set(35, &TimeCalls.Sleep);
        Set(36, &TimeCalls.GetTimer);
        Set(37, &TimeCalls.Alarm);
        Set(38, &TimeCalls.SetTimer);
        Set(39, &IdentityCalls.GetProcessId);
        Set(56, &ProcessCalls.Clone);
        Set(57, &ProcessCalls.Fork);
        Set(58, &ProcessCalls.ForkShared);
        Set(59, &ExecuteCalls.Execute);
        Set(60, &ProcessCalls.ExitThread);
        Set(61, &ProcessCalls.Wait);
        Set(62, &SignalCalls.Kill);
        Set(63, &SystemInfoCalls.GetName);
        Set(96, &TimeCalls.GetTimeOfDay);
        Set(97, &IdentityCalls.GetLimit);
        Set(98, &IdentityCalls.GetUsage);
        Set(99, &SystemInfoCalls.GetInfo);
        Set(100, &TimeCalls.GetTimes);
        Set(102, &IdentityCalls.GetUser);
        Set(103, &SystemInfoCalls.ReadLog);
        Set(104, &IdentityCalls.GetGroup);
        Set(105, &IdentityCalls.SetUser);
        Set(106, &IdentityCalls.SetGroup);
        Set(107, &IdentityCalls.GetEffectiveUser);
        Set(108, &IdentityCalls.GetEffectiveGroup);
        Set(109, &IdentityCalls.SetProcessGroup);
        Set(110, &IdentityCalls.GetParentId);
        Set(111, &IdentityCalls.GetOwnProcessGroup);
        Set(112, &IdentityCalls.BeginSession);
        Set(113, &IdentityCalls.SetRealUser);
        Set(114, &IdentityCalls.SetRealGroup);
        Set(115, &IdentityCalls.GetGroups);
        Set(116, &IdentityCalls.SetGroups);
        Set(117, &IdentityCalls.SetAllUsers);
        Set(118, &IdentityCalls.GetAllUsers);
        Set(119, &IdentityCalls.SetAllGroups);
        Set(120, &IdentityCalls.GetAllGroups);
        Set(121, &IdentityCalls.GetProcessGroup);
        Set(122, &IdentityCalls.SetFileUser);
        Set(123, &IdentityCalls.SetFileGroup);
        Set(124, &IdentityCalls.GetSession);
        Set(127, &SignalCalls.Pending);
        Set(128, &SignalCalls.TimedWait);
        Set(129, &SignalCalls.Queue);
        Set(130, &SignalCalls.Suspend);
        Set(131, &SignalCalls.AlternateStack);
        Set(135, &IdentityCalls.Personality);
        Set(140, &IdentityCalls.GetPriority);
        Set(141, &IdentityCalls.SetPriority);
        Set(149, &MemoryCalls.Lock);
        Set(150, &MemoryCalls.Unlock);
        Set(151, &MemoryCalls.LockAll);
        Set(152, &MemoryCalls.UnlockAll);
        Set(157, &IdentityCalls.Control);
        Set(158, &ProcessCalls.SetBases);
        Set(160, &IdentityCalls.SetLimit);
        Set(169, &SystemInfoCalls.Reboot);
        Set(170, &SystemInfoCalls.SetHostName);
        Set(171, &SystemInfoCalls.SetDomainName);
        Set(186, &IdentityCalls.GetThreadId);
        Set(200, &SignalCalls.KillThread);
        Set(201, &TimeCalls.GetTime);
        Set(202, &ProcessCalls.Futex);
        Set(203, &IdentityCalls.SetAffinity);
        Set(204, &IdentityCalls.GetAffinity);
        Set(218, &ProcessCalls.SetClearOnExit);
        Set((int)SystemCallNumber.RestartSystemCall, &TimeCalls.Restart);
        Set(228, &TimeCalls.GetClock);
        Set(229, &TimeCalls.GetResolution);
        Set(230, &TimeCalls.SleepOnClock);
        Set(231, &ProcessCalls.ExitProcess);
        Set(234, &SignalCalls.KillThreadOf);
        Set(247, &ProcessCalls.WaitForId);
        Set(273, &ProcessCalls.SetRobustList);
        Set(274, &ProcessCalls.GetRobustList);
        Set(302, &IdentityCalls.Limit);
        Set(309, &IdentityCalls.GetProcessor);
        Set(310, &MemoryCalls.ReadProcess);
        Set(311, &MemoryCalls.WriteProcess);
        Set(318, &SystemInfoCalls.GetRandom);
        Set(325, &MemoryCalls.LockWithFlags);
        Set(435, &ProcessCalls.CloneExtended);
    }
}
