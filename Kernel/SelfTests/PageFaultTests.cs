using System;
using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.SelfTests;

/// <summary>Page faults in the lower half reach their handler, and the kernel's accesses survive them.</summary>
internal static unsafe class PageFaultTests
{
    private const byte Return = 0xc3;
    private const byte Written = 0x5a;


    private static int s_calls;
    private static VirtualAddress s_address;
    private static FaultAccess s_access;
    private static FaultResult s_answer;
    private static bool s_interrupts;
    private static PageTableEntry s_mapping;

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("faults");
        suite.Add("a read fails with what the handler answers"u8, static () => Fails(FaultResult.NotMapped, FaultAccess.Read));
        suite.Add("a write fails with what the handler answers"u8, static () => Fails(FaultResult.NotAllowed, FaultAccess.Write));
        suite.Add("a fetch fails with what the handler answers"u8, FetchFails);
        suite.Add("without a handler nothing is mapped"u8, static () => Check.Equal((int)FaultResult.NotMapped, (int)UserAccess.Read(UserPage.Address, out _)));
        suite.Add("addresses of the kernel are not user memory"u8, KernelAddressesFail);
        suite.Add("an access is repeated when its fault is resolved"u8, AccessIsRepeated);
        suite.Add("user memory is closed but to these accesses"u8, OtherAccessesAreNotHandled);
        suite.Add("the handler runs with interrupts as they were"u8, InterruptsAreAsBefore);
        return suite;
    }

    private static void Fails(FaultResult answer, FaultAccess access)
    {
        PageFaults.Handler = &Answer;
        s_answer = answer;
        s_calls = 0;
        VirtualAddress address = UserPage.Address + 5;
        FaultResult result = Access(address, access);
        PageFaults.Handler = VirtualMemory.FaultHandler;
        Check.Equal((int)answer, (int)result);
        Check.Equal(1, s_calls);
        Check.Equal(address.Value, s_address.Value);
        Check.Equal((int)access, (int)s_access);
    }

    private static FaultResult Access(VirtualAddress address, FaultAccess access) => access switch
    {
        FaultAccess.Write => UserAccess.Write(address, Written),
        FaultAccess.Execute => UserAccess.Execute(address),
        _ => UserAccess.Read(address, out _),
    };

    private static void FetchFails()
    {
        if (UserAccess.CanExecute)
            Fails(FaultResult.NotAllowed, FaultAccess.Execute);
    }

    private static void KernelAddressesFail()
    {
        Check.Equal((int)FaultResult.NotMapped, (int)UserAccess.Read(new VirtualAddress(KernelLayout.DirectMapStart), out _));
        Check.Equal((int)FaultResult.NotMapped, (int)UserAccess.Write(new VirtualAddress(1UL << 63), Written));
    }

    private static void AccessIsRepeated()
    {
        using var page = new UserPage();
        PageFaults.Handler = &MapPage;
        s_mapping = page.EntryFor(PageFlags.Writable);
        FaultResult written = UserAccess.Write(UserPage.Address, Return);
        PageFaults.Handler = &Answer;
        s_answer = FaultResult.NotAllowed;
        FaultResult read = UserAccess.Read(UserPage.Address, out byte value);
        FaultResult executed = UserAccess.CanExecute ? UserAccess.Execute(UserPage.Address) : FaultResult.Resolved;
        PageFaults.Handler = VirtualMemory.FaultHandler;
        Check.Equal((int)FaultResult.Resolved, (int)written);
        Check.Equal((int)FaultResult.Resolved, (int)read);
        Check.Equal((int)FaultResult.Resolved, (int)executed);
        Check.Equal(Return, value);
    }

    private static void OtherAccessesAreNotHandled()
    {
        PageFaults.Handler = &Answer;
        s_answer = FaultResult.Resolved;
        s_calls = 0;
        Item? nothing = null;
        bool thrown = false;
        try
        {
            nothing!.Number++;
        }
        catch (NullReferenceException)
        {
            thrown = true;
        }
        PageFaults.Handler = VirtualMemory.FaultHandler;
        Check.True(thrown);
        Check.Equal(0, s_calls);
    }

    private static void InterruptsAreAsBefore()
    {
        s_answer = FaultResult.NotMapped;
        PageFaults.Handler = &Answer;
        ulong flags = Instructions.SaveAndDisableInterrupts();
        UserAccess.Read(UserPage.Address, out _);
        bool whenOff = s_interrupts;
        Instructions.EnableInterrupts();
        UserAccess.Read(UserPage.Address, out _);
        bool whenOn = s_interrupts;
        Instructions.RestoreInterrupts(flags);
        PageFaults.Handler = VirtualMemory.FaultHandler;
        Check.False(whenOff);
        Check.True(whenOn);
    }

    private static FaultResult Answer(VirtualAddress address, FaultAccess access)
    {
        s_calls++;
        s_address = address;
        s_access = access;
        ulong flags = Instructions.SaveAndDisableInterrupts();
        Instructions.RestoreInterrupts(flags);
        s_interrupts = (flags & (ulong)ProcessorFlags.InterruptEnable) != 0;
        return s_answer;
    }

    private static FaultResult MapPage(VirtualAddress address, FaultAccess access)
    {
        *UserPage.Entry = s_mapping;
        return FaultResult.Resolved;
    }

    private sealed class Item
    {
        public int Number;
    }
}
