using System;
using Kernel.Abi;
using Kernel.Processes;
using Kernel.Randomness;
using Kernel.SystemCalls;

namespace Kernel.Files.Proc;

/// <summary>/proc/sys: what tools read, and the few settings that can be changed.</summary>
internal static class SystemSettings
{
    private const int FullRandomness = 2;

    private static Uuid s_bootId;

    /// <summary>Whether new programs get random addresses: 0 for no.</summary>
    public static int RandomizeAddresses { get; private set; } = FullRandomness;

    /// <summary>Writes a file; false if it is none of these.</summary>
    public static bool TryWrite(ProcFile file, ref ProcText text)
    {
        switch (file)
        {
            case ProcFile.FileCounts:
                text.Line(default, (ulong)FilePools.OpenFiles.Statistics.ObjectsInUse, "\t0\t"u8);
                text.Number(long.MaxValue);
                break;
            case ProcFile.CorePattern:
                text.Add("core"u8);
                break;
            case ProcFile.HostName:
                text.Add(SystemInfoCalls.HostName);
                break;
            case ProcFile.DomainName:
                text.Add(SystemInfoCalls.DomainName);
                break;
            case ProcFile.Release:
                text.Add(KernelVersion.LinuxRelease);
                break;
            case ProcFile.SystemType:
                text.Add("Linux"u8);
                break;
            case ProcFile.VersionText:
                text.Add(KernelVersion.Description);
                break;
            case ProcFile.BootId:
                if (s_bootId.Low == 0)
                    s_bootId = Uuid.Random();
                WriteUuid(ref text, s_bootId);
                break;
            case ProcFile.Uuid:
                WriteUuid(ref text, Uuid.Random());
                break;
            default:
                if (NumberOf(file) is not { } number)
                    return false;
                text.Number(number);
                break;
        }
        text.Add("\n"u8);
        return true;
    }

    /// <summary>Changes a setting.</summary>
    /// <param name="file">Which.</param>
    /// <param name="text">The new value, without a line's end.</param>
    /// <returns><see cref="Errno.EINVAL"/> also if it can't be changed.</returns>
    public static Errno Set(ProcFile file, ReadOnlySpan<byte> text)
    {
        switch (file)
        {
            case ProcFile.HostName:
                return SystemInfoCalls.TrySetHostName(text) ? Errno.None : Errno.EINVAL;
            case ProcFile.DomainName:
                return SystemInfoCalls.TrySetDomainName(text) ? Errno.None : Errno.EINVAL;
            case ProcFile.RandomizeAddresses when TryParse(text, out long value) && value is >= 0 and <= FullRandomness:
                RandomizeAddresses = (int)value;
                return Errno.None;
            case ProcFile.DropCaches:
                // All file pages are files' only copy.
                return TryParse(text, out long kinds) && kinds is >= 1 and <= 4 ? Errno.None : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>Reads a decimal number that is all of a text but for blanks around it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        while (text.Length > 0 && text[^1] is (byte)' ' or (byte)'\t' or (byte)'\n' or 0)
            text = text[..^1];
        while (text.Length > 0 && text[0] is (byte)' ' or (byte)'\t')
            text = text[1..];
        bool isNegative = text.Length > 0 && text[0] == (byte)'-';
        if (isNegative)
            text = text[1..];
        const int longest = 18;
        if (text.Length is 0 or > longest)
            return false;
        foreach (byte unit in text)
        {
            if (unit is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + (unit - '0');
        }
        value = isNegative ? -value : value;
        return true;
    }

    private static ulong? NumberOf(ProcFile file) => file switch
    {
        ProcFile.FileMaximum => long.MaxValue,
        ProcFile.DescriptorMaximum => FileTable.Most,
        ProcFile.PipeMaximum => 1 << 20,
        ProcFile.LastCapability => 40,
        ProcFile.GroupMaximum => Credentials.MaximumGroups,
        ProcFile.IdMaximum => IdTable.End,
        ProcFile.RandomizeAddresses => (ulong)RandomizeAddresses,
        ProcFile.ThreadMaximum => IdTable.End,
        ProcFile.EntropyAvailable => 256,
        ProcFile.MapMaximum => int.MaxValue,
        ProcFile.LowestAddress => Memory.VirtualMemory.UserRange.Start.Value,
        // Nothing is counted in advance: memory runs out when it is used.
        ProcFile.Overcommit => 1,
        ProcFile.OvercommitRatio => 50,
        ProcFile.LargePages or ProcFile.PanicOnOutOfMemory or ProcFile.Swappiness => 0,
        _ => null,
    };

    private static void WriteUuid(ref ProcText text, Uuid id)
    {
        text.Hex(id.High >> 32, 8);
        text.Add((byte)'-');
        text.Hex(id.High >> 16 & 0xffff, 4);
        text.Add((byte)'-');
        text.Hex(id.High & 0xffff, 4);
        text.Add((byte)'-');
        text.Hex(id.Low >> 48, 4);
        text.Add((byte)'-');
        text.Hex(id.Low & 0xffff_ffff_ffff, 12);
    }

    private struct Uuid
    {
        public ulong High, Low;

        /// <summary>Version 4, variant 1 (RFC 4122, 4.4).</summary>
        public static Uuid Random() => new()
        {
            High = (KernelRandom.Next() & ~0xf000UL) | 0x4000,
            Low = KernelRandom.Next() >> 2 | 1UL << 63,
        };
    }
}
