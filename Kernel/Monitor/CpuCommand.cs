using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>cpu</c>: the processor, what it can do, and what the kernel has switched on.</summary>
internal sealed class CpuCommand : MonitorCommand
{
    private const int ControlNamesWidth = 60;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "cpu"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "describes the processor and its control registers"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        ref readonly CpuFeatures cpu = ref CpuFeatures.Current;
        output.Write($"vendor     {cpu.Vendor}\n");
        output.Write($"brand      {(cpu.Brand.IsEmpty ? "unknown"u8 : cpu.Brand)}\n");
        output.Write($"identity   family {cpu.Family} (0x{cpu.Family:x}), model {cpu.Model} (0x{cpu.Model:x}), stepping {cpu.Stepping}\n");
        output.Write($"addresses  {cpu.PhysicalAddressBits} bits physical, {cpu.LinearAddressBits} bits virtual\n");
        output.Write(cpu.HasHypervisor ? "machine    virtual\n"u8 : "machine    real, or one that doesn't say otherwise\n"u8);
        WriteFeatures(cpu, output);
        WriteControlRegisters(output);
        return CommandResult.Done;
    }

    private static void WriteFeatures(in CpuFeatures cpu, TextSink output)
    {
        ulong cr0 = Instructions.ReadCr0(), cr4 = Instructions.ReadCr4();
        ulong efer = Instructions.ReadMsr(Msr.Efer);
        ulong apic = cpu.HasApic ? Instructions.ReadMsr(Msr.ApicBase) : 0;
        output.Write("feature    has  used  what it is\n"u8);
        Feature("nx"u8, cpu.HasNoExecute, (efer & (ulong)Efer.NoExecuteEnable) != 0, "pages that are not code"u8, output);
        Feature("wp"u8, true, (cr0 & (ulong)Cr0.WriteProtect) != 0, "read-only pages are so for the kernel too"u8, output);
        Feature("smep"u8, cpu.HasSmep, Has(cr4, Cr4.SupervisorExecutePrevention), "the kernel can't run user memory"u8, output);
        Feature("smap"u8, cpu.HasSmap, Has(cr4, Cr4.SupervisorAccessPrevention), "the kernel can't touch user memory unasked"u8, output);
        Feature("umip"u8, cpu.HasUmip, Has(cr4, Cr4.UserModeInstructionPrevention), "user mode can't read descriptor tables"u8, output);
        Feature("pge"u8, cpu.HasGlobalPages, Has(cr4, Cr4.PageGlobalEnable), "translations that survive a new address space"u8, output);
        Feature("pat"u8, cpu.HasPat, cpu.HasPat, "cache policy for each page"u8, output);
        Feature("pdpe1gb"u8, cpu.HasHugePages, cpu.HasHugePages, "pages of 1 GiB"u8, output);
        Feature("pcid"u8, cpu.HasPcid, HasBit(cr4, ControlRegisterBits.PcidEnable), "translations tagged with their address space"u8, output);
        Feature("invpcid"u8, cpu.HasInvpcid, false, "invalidation by address space"u8, output);
        Feature("la57"u8, cpu.HasFiveLevelPaging, HasBit(cr4, ControlRegisterBits.FiveLevels), "page tables of five levels"u8, output);
        Feature("mce"u8, cpu.HasMachineCheck, Has(cr4, Cr4.MachineCheckEnable), "machine check exceptions"u8, output);
        Feature("apic"u8, cpu.HasApic, HasBit(apic, ControlRegisterBits.ApicEnable), "local interrupt controller"u8, output);
        Feature("x2apic"u8, cpu.HasX2Apic, HasBit(apic, ControlRegisterBits.X2ApicEnable), "the same by registers instead of memory"u8, output);
        Feature("fsgsbase"u8, cpu.HasFsGsBase, HasBit(cr4, ControlRegisterBits.FsGsBase), "FS and GS bases for user mode"u8, output);
        Feature("xsave"u8, cpu.HasXsave, HasBit(cr4, ControlRegisterBits.OsXsave), "saving of extended state"u8, output);
        Feature("avx"u8, cpu.HasAvx, false, "256-bit vectors"u8, output);
        Feature("rdrand"u8, cpu.HasRdrand, false, "random numbers"u8, output);
    }

    private static bool Has(ulong cr4, Cr4 bit) => HasBit(cr4, (ulong)bit);

    private static bool HasBit(ulong register, ulong bit) => (register & bit) != 0;

    private static void Feature(ReadOnlySpan<byte> name, bool isPresent, bool isUsed, ReadOnlySpan<byte> meaning, TextSink output) =>
        output.Write($"{name,-10} {(isPresent ? "yes"u8 : "no"u8),-4} {(isUsed ? "yes"u8 : "no"u8),-5} {meaning}\n");

    private static void WriteControlRegisters(TextSink output)
    {
        Register("cr0"u8, Instructions.ReadCr0(), output);
        output.Write($"cr2   0x{Instructions.ReadCr2():x16}\n");
        output.Write($"cr3   0x{Instructions.ReadCr3():x16}\n");
        Register("cr4"u8, Instructions.ReadCr4(), output);
        Register("efer"u8, Instructions.ReadMsr(Msr.Efer), output);
    }

    private static void Register(ReadOnlySpan<byte> name, ulong value, TextSink output)
    {
        output.Write($"{name,-5} 0x{value:x16} ");
        int column = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            if ((value >> bit & 1) == 0)
                continue;
            ReadOnlySpan<byte> bitName = ControlRegisterBits.NameOf(name, bit);
            if (column + 1 + bitName.Length > ControlNamesWidth - 7)
            {
                output.Write("\n                         "u8);
                column = 0;
            }
            output.Write(" "u8);
            if (bitName.IsEmpty)
                output.Write($"bit{bit}");
            else
                output.Write(bitName);
            column += 1 + bitName.Length;
        }
        output.WriteLine();
    }
}
