using System.IO;

namespace CosmosVm.QemuTests.Harness;

/// <summary>The UEFI firmware of Debian's package <c>ovmf</c>.</summary>
public static class Firmware
{
    /// <summary>Flash image with the code, which QEMU maps read-only.</summary>
    public static string Code => Installed("OVMF_CODE_4M.fd");

    /// <summary>Flash image with the variables as they are at first; every machine needs its own copy.</summary>
    public static string VariablesTemplate => Installed("OVMF_VARS_4M.fd");

    private static string Installed(string name)
    {
        string path = Path.Combine("/usr/share/OVMF", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is missing: install the package 'ovmf'.", path);
    }
}
