using System;

namespace Kernel.Arch.X64;

/// <summary>What the processor has, read once by CPUID (Intel SDM vol. 2, CPUID).</summary>
/// <remarks>A value without references in static storage: read before there is a heap, only read afterwards.</remarks>
internal unsafe struct CpuFeatures
{
    private const uint VendorLeaf = 0;
    private const uint FeatureLeaf = 1;
    private const uint StructuredLeaf = 7;
    private const uint ExtendedMaximumLeaf = 0x8000_0000;
    private const uint ExtendedFeatureLeaf = 0x8000_0001;
    private const uint BrandLeaf = 0x8000_0002;
    private const uint AddressSizeLeaf = 0x8000_0008;
    private const int BrandLength = 48;
    private const int VendorLength = 12;

    private fixed byte _vendor[VendorLength];
    private fixed byte _brand[BrandLength];

    /// <summary>The features of the processor that ran <see cref="Detect"/>.</summary>
    public static CpuFeatures Current;

    /// <summary>Family, model and stepping as displayed (with the extended fields folded in).</summary>
    public uint Family, Model, Stepping;

    /// <summary>Bits of physical addresses and of linear addresses.</summary>
    public byte PhysicalAddressBits, LinearAddressBits;

    /// <summary>EDX of CPUID leaf 1, as programs want to see it (AT_HWCAP).</summary>
    public uint FeatureBits;

    public bool HasApic, HasX2Apic, HasPat, HasGlobalPages, HasPcid, HasFsGsBase, HasXsave, HasAvx, HasRdrand;

    public bool HasSmep, HasSmap, HasUmip, HasInvpcid, HasNoExecute, HasHugePages, HasFiveLevelPaging, HasMachineCheck;

    /// <summary>Whether it runs under a hypervisor or emulator that says so.</summary>
    public bool HasHypervisor;

    /// <summary>Vendor identification in ASCII.</summary>
    public readonly ReadOnlySpan<byte> Vendor
    {
        get
        {
            fixed (byte* first = _vendor)
                return new ReadOnlySpan<byte>(first, VendorLength);
        }
    }

    /// <summary>Brand string in ASCII, trimmed; empty if there is none. Only for <see cref="Current"/>: a span into it.</summary>
    public readonly ReadOnlySpan<byte> Brand
    {
        get
        {
            fixed (byte* first = _brand)
            {
                var brand = new ReadOnlySpan<byte>(first, BrandLength);
                int end = brand.IndexOf((byte)0);
                return (end < 0 ? brand : brand[..end]).Trim((byte)' ');
            }
        }
    }

    /// <summary>Reads everything into <see cref="Current"/>.</summary>
    public static void Detect()
    {
        ref CpuFeatures cpu = ref Current;
        uint* r = stackalloc uint[4];
        Instructions.Cpuid(VendorLeaf, 0, r);
        uint maximumLeaf = r[0];
        fixed (byte* vendor = cpu._vendor)
        {
            ((uint*)vendor)[0] = r[1];
            ((uint*)vendor)[1] = r[3];
            ((uint*)vendor)[2] = r[2];
        }
        Instructions.Cpuid(FeatureLeaf, 0, r);
        cpu.DecodeSignature(r[0]);
        uint ecx = r[2], edx = r[3];
        cpu.FeatureBits = edx;
        cpu.HasPcid = Bit(ecx, 17);
        cpu.HasX2Apic = Bit(ecx, 21);
        cpu.HasXsave = Bit(ecx, 26);
        cpu.HasAvx = Bit(ecx, 28);
        cpu.HasRdrand = Bit(ecx, 30);
        cpu.HasHypervisor = Bit(ecx, 31);
        cpu.HasMachineCheck = Bit(edx, 7);
        cpu.HasApic = Bit(edx, 9);
        cpu.HasGlobalPages = Bit(edx, 13);
        cpu.HasPat = Bit(edx, 16);
        if (maximumLeaf >= StructuredLeaf)
        {
            Instructions.Cpuid(StructuredLeaf, 0, r);
            cpu.HasFsGsBase = Bit(r[1], 0);
            cpu.HasSmep = Bit(r[1], 7);
            cpu.HasInvpcid = Bit(r[1], 10);
            cpu.HasSmap = Bit(r[1], 20);
            cpu.HasUmip = Bit(r[2], 2);
            cpu.HasFiveLevelPaging = Bit(r[2], 16);
        }
        cpu.DetectExtended(r);
    }

    private void DetectExtended(uint* r)
    {
        PhysicalAddressBits = 36;
        LinearAddressBits = 48;
        Instructions.Cpuid(ExtendedMaximumLeaf, 0, r);
        uint maximumLeaf = r[0];
        if (maximumLeaf >= ExtendedFeatureLeaf)
        {
            Instructions.Cpuid(ExtendedFeatureLeaf, 0, r);
            HasNoExecute = Bit(r[3], 20);
            HasHugePages = Bit(r[3], 26);
        }
        if (maximumLeaf >= AddressSizeLeaf)
        {
            Instructions.Cpuid(AddressSizeLeaf, 0, r);
            PhysicalAddressBits = (byte)r[0];
            LinearAddressBits = (byte)(r[0] >> 8);
        }
        if (maximumLeaf < BrandLeaf + 2)
            return;
        fixed (byte* brand = _brand)
            for (uint i = 0; i < 3; i++)
                Instructions.Cpuid(BrandLeaf + i, 0, (uint*)brand + 4 * i);
    }

    private void DecodeSignature(uint signature)
    {
        Stepping = signature & 0xf;
        Model = (signature >> 4) & 0xf;
        Family = (signature >> 8) & 0xf;
        if (Family is 6 or 0xf)
            Model |= (signature >> 12) & 0xf0;
        if (Family == 0xf)
            Family += (signature >> 20) & 0xff;
    }

    private static bool Bit(uint register, int bit) => ((register >> bit) & 1) != 0;
}
