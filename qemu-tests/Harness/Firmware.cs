using System.IO;
using System.Linq;

namespace CosmosVm.QemuTests.Harness;

/// <summary>The UEFI firmware of Debian's package <c>ovmf</c>: its code, and the template of its variable store.</summary>
/// <param name="Code">Flash image that QEMU maps read-only.</param>
/// <param name="VariablesTemplate">Flash image of which every machine gets a private copy.</param>
public sealed record Firmware(string Code, string VariablesTemplate)
{
    private const string Folder = "/usr/share/OVMF";

    // Debian 12 has both layouts, Debian 13 only the 4 MiB one.
    private static readonly Firmware[] s_known =
    [
        new(Path.Combine(Folder, "OVMF_CODE.fd"), Path.Combine(Folder, "OVMF_VARS.fd")),
        new(Path.Combine(Folder, "OVMF_CODE_4M.fd"), Path.Combine(Folder, "OVMF_VARS_4M.fd")),
    ];

    /// <summary>The first of the known firmware files that is installed.</summary>
    public static Firmware Find() =>
        s_known.FirstOrDefault(firmware => File.Exists(firmware.Code) && File.Exists(firmware.VariablesTemplate))
        ?? throw new FileNotFoundException($"No UEFI firmware in {Folder}: install the package 'ovmf'.");
}
