using System;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.SelfTests;

/// <summary>What the kernel promises about its own page tables and the processor's state.</summary>
internal static unsafe class ArchitectureTests
{
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("arch");
        suite.Add("the null page is not mapped"u8, static () => Check.False(Walk(0).IsMapped));
        suite.Add("the identity map is gone"u8, static () => Check.False(Walk(KernelImage.ToPhysical(KernelImage.Start).Value).IsMapped));
        suite.Add("kernel code is executable and not writable"u8, static () => CheckRange(KernelImage.Start, KernelImage.CodeEnd, writable: false, executable: true));
        suite.Add("kernel constants are neither writable nor executable"u8, static () => CheckRange(KernelImage.ConstantsStart, KernelImage.DataStart, writable: false, executable: false));
        suite.Add("kernel data is writable and not executable"u8, static () => CheckRange(KernelImage.DataStart, KernelImage.BootTablesStart, writable: true, executable: false));
        suite.Add("the first page tables are not mapped in the image any more"u8, static () => Check.False(Walk(KernelImage.BootTablesStart.Value).IsMapped));
        suite.Add("the page below the boot stack is not mapped"u8, static () => Check.False(Walk(KernelImage.BootStackGuard.Value).IsMapped));
        suite.Add("no page is writable and executable"u8, NothingIsWritableAndExecutable);
        suite.Add("no kernel page is accessible to user mode"u8, NothingIsForUserMode);
        suite.Add("the direct map is writable and not executable"u8, static () => CheckRange(new VirtualAddress(KernelLayout.DirectMapStart), new VirtualAddress(KernelLayout.DirectMapStart + Page.Size), writable: true, executable: false));
        suite.Add("the direct map uses large pages"u8, DirectMapUsesLargePages);
        suite.Add("the direct map shows the kernel image"u8, static () => Check.Equal(*(ulong*)KernelImage.Start.Value, *(ulong*)DirectMap.Pointer(KernelImage.ToPhysical(KernelImage.Start))));
        suite.Add("supervisor writes respect read-only pages"u8, static () => Check.True((Instructions.ReadCr0() & (ulong)Cr0.WriteProtect) != 0));
        suite.Add("protection features that the processor has are on"u8, ProtectionFeaturesAreOn);
        suite.Add("global pages are on where the processor has them"u8, static () => Check.Equal(CpuFeatures.Current.HasGlobalPages, (Instructions.ReadCr4() & (ulong)Cr4.PageGlobalEnable) != 0));
        suite.Add("GS points to the processor's block"u8, static () => Check.True(Processor.Current->Self == Processor.Current));
        suite.Add("interrupt stacks have an unmapped page below"u8, InterruptStacksAreGuarded);
        suite.Add("a breakpoint handler can resume"u8, BreakpointResumes);
        return suite;
    }

    private static PageTableWalk Walk(ulong address) => new(new PhysicalAddress(Instructions.ReadCr3() & ~Page.OffsetMask), new VirtualAddress(address));

    private static void CheckRange(VirtualAddress start, VirtualAddress end, bool writable, bool executable)
    {
        for (ulong address = start.Value; address < end.Value; address += Page.Size)
        {
            PageTableWalk walk = Walk(address);
            Check.True(walk.IsMapped);
            Check.Equal(writable, walk.IsWritable);
            Check.Equal(executable, walk.IsExecutable);
        }
    }

    private static void NothingIsWritableAndExecutable() =>
        ForEachLeaf(static (writable, executable, _) => Check.False(writable && executable));

    private static void NothingIsForUserMode() =>
        ForEachLeaf(static (_, _, user) => Check.False(user));

    /// <summary>Visits every mapping in the tables in force: effective write, execute and user permission.</summary>
    private static void ForEachLeaf(Action<bool, bool, bool> visit) =>
        VisitTable(new PhysicalAddress(Instructions.ReadCr3() & ~Page.OffsetMask), PageTableWalk.Levels, true, true, true, visit);

    private static void VisitTable(PhysicalAddress table, int level, bool writable, bool executable, bool user, Action<bool, bool, bool> visit)
    {
        var entries = new ReadOnlySpan<PageTableEntry>(DirectMap.Pointer(table), 512);
        foreach (PageTableEntry entry in entries)
        {
            if (!entry.IsPresent)
                continue;
            bool w = writable && (entry.Flags & PageFlags.Writable) != 0;
            bool x = executable && (entry.Flags & PageFlags.NoExecute) == 0;
            bool u = user && (entry.Flags & PageFlags.User) != 0;
            if (level == 1 || entry.IsLarge)
                visit(w, x, u);
            else
                VisitTable(entry.Target, level - 1, w, x, u, visit);
        }
    }

    private static void DirectMapUsesLargePages() =>
        Check.True(Walk(KernelLayout.DirectMapStart + KernelImage.ToPhysical(KernelImage.Start).AlignUp(Page.LargeSize).Value + Page.LargeSize).LastLevel >= 2);

    private static void ProtectionFeaturesAreOn()
    {
        var cr4 = (Cr4)Instructions.ReadCr4();
        Check.Equal(CpuFeatures.Current.HasSmep, (cr4 & Cr4.SupervisorExecutePrevention) != 0);
        Check.Equal(CpuFeatures.Current.HasSmap, (cr4 & Cr4.SupervisorAccessPrevention) != 0);
        Check.Equal(CpuFeatures.Current.HasUmip, (cr4 & Cr4.UserModeInstructionPrevention) != 0);
    }

    private static void InterruptStacksAreGuarded()
    {
        for (InterruptStack stack = InterruptStack.DoubleFault; stack <= InterruptStack.MachineCheck; stack++)
        {
            ulong top = Processor.Current->Tss.InterruptStackTop(stack);
            Check.True(Walk(top - 8).IsMapped);
            Check.True(Walk(top - TaskStateSegment.StackSize).IsMapped);
            Check.False(Walk(top - TaskStateSegment.StackSize - 8).IsMapped);
        }
    }

    private static int s_breakpoints;

    private static void BreakpointResumes()
    {
        s_breakpoints = 0;
        Traps.SetHandler((byte)ExceptionVector.Breakpoint, &CountBreakpoint);
        Diagnostics.ExceptionTriggers.Raise((byte)ExceptionVector.Breakpoint);
        Traps.SetHandler((byte)ExceptionVector.Breakpoint, null);
        Check.Equal(1, s_breakpoints);
    }

    private static void CountBreakpoint(TrapFrame* frame) => s_breakpoints++;
}
