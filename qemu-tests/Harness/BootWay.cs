namespace CosmosVm.QemuTests.Harness;

/// <summary>The five ways in which the kernel is started.</summary>
public enum BootWay
{
    /// <summary>QEMU loads <c>out/kernel.elf</c> itself (<c>-kernel</c>, <c>-initrd</c>, <c>-append</c>).</summary>
    Pvh,

    /// <summary>The image as a CD, SeaBIOS.</summary>
    BiosCd,

    /// <summary>The image as a USB stick on an xHCI controller, SeaBIOS.</summary>
    BiosUsb,

    /// <summary>The image as a CD, OVMF.</summary>
    UefiCd,

    /// <summary>The image as a USB stick on an xHCI controller, OVMF.</summary>
    UefiUsb,
}
