using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Arch.X64;

/// <summary>Switches on what protects the kernel, once its own page tables exist.</summary>
internal static unsafe class ProcessorSetup
{
    /// <summary>Loads the kernel's page tables and enables write protection, global pages, SMEP, SMAP and UMIP.</summary>
    public static void EnterKernelPageTables()
    {
        PageAttributes.Load();
        Instructions.WriteCr3(KernelPageTables.Root.Value);
        Instructions.WriteCr0(Instructions.ReadCr0() | (ulong)(Cr0.WriteProtect | Cr0.MonitorCoprocessor | Cr0.NumericError));
        ref readonly CpuFeatures cpu = ref CpuFeatures.Current;
        var cr4 = (Cr4)Instructions.ReadCr4() | Cr4.OsFxsr | Cr4.OsXmmExceptions;
        cr4 |= cpu.HasGlobalPages ? Cr4.PageGlobalEnable : 0;
        cr4 |= cpu.HasMachineCheck ? Cr4.MachineCheckEnable : 0;
        cr4 |= cpu.HasSmep ? Cr4.SupervisorExecutePrevention : 0;
        cr4 |= cpu.HasSmap ? Cr4.SupervisorAccessPrevention : 0;
        cr4 |= cpu.HasUmip ? Cr4.UserModeInstructionPrevention : 0;
        Instructions.WriteCr4((ulong)cr4);
    }

    /// <summary>Switches address-space ids on (<c>pcid=on</c> on the command line). The root in force has id zero.</summary>
    /// <returns>Whether the processor has them.</returns>
    public static bool TryEnableSpaceIds()
    {
        if (CpuFeatures.Current.HasPcid)
            Instructions.WriteCr4(Instructions.ReadCr4() | (ulong)Cr4.SpaceIdEnable);
        return CpuFeatures.Current.HasPcid;
    }

    /// <summary>Gives the processor its own stacks for double fault, NMI and machine check.</summary>
    public static void CreateInterruptStacks()
    {
        Processor* processor = Processor.Current;
        for (InterruptStack stack = InterruptStack.DoubleFault; stack <= InterruptStack.MachineCheck; stack++)
            processor->Tss.SetInterruptStack(stack, KernelStacks.Create(TaskStateSegment.StackSize).Value);
    }
}
