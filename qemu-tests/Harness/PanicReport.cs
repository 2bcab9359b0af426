using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace CosmosVm.QemuTests.Harness;

/// <summary>One line of a panic's backtrace.</summary>
/// <param name="Address">Where the processor was, or will return to.</param>
/// <param name="Method">Namespace, type and method; empty for an address that belongs to none.</param>
/// <param name="File">Relative to the repository; empty for code without line information.</param>
/// <param name="Line">From 1; 0 for code without line information.</param>
public sealed record BacktraceFrame(ulong Address, string Method, string File, int Line);

/// <summary>A strict reader for what the kernel prints when it gives up; docs/serial-log.md describes the format.</summary>
public sealed partial class PanicReport
{
    /// <summary>The last line of a report.</summary>
    public const string End = "*** END OF PANIC";

    private static readonly string[] s_registers =
    [
        "rip", "cs", "rflags", "rsp", "ss", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp",
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cr0", "cr2", "cr3", "cr4",
    ];

    private PanicReport(string reason, string head, IReadOnlyDictionary<string, ulong> registers, IReadOnlyList<BacktraceFrame> backtrace)
    {
        Reason = reason;
        Registers = registers;
        Backtrace = backtrace;
        if (UnhandledReason().Match(reason) is { Success: true } unhandled)
            ExceptionType = unhandled.Groups["type"].Value;
        if (ExceptionLine().Match(head) is not { Success: true } exception)
            return;
        Vector = int.Parse(exception.Groups["vector"].Value, CultureInfo.InvariantCulture);
        VectorName = exception.Groups["name"].Value;
        if (exception.Groups["error"] is { Success: true } error)
            ErrorCode = Hexadecimal(error.Value);
        if (exception.Groups["cr2"] is { Success: true } address)
            FaultAddress = Hexadecimal(address.Value);
    }

    /// <summary>The one-line reason.</summary>
    public string Reason { get; }

    /// <summary>The type of the exception that nothing caught; null if the reason is another.</summary>
    public string? ExceptionType { get; }

    /// <summary>The processor's exception; null if the kernel gave up by itself.</summary>
    public int? Vector { get; }

    /// <summary>The exception's name in words.</summary>
    public string? VectorName { get; }

    /// <summary>The error code, if this exception pushes one.</summary>
    public ulong? ErrorCode { get; }

    /// <summary>The address of a page fault, or of the fault that a double fault followed.</summary>
    public ulong? FaultAddress { get; }

    /// <summary>All registers by name.</summary>
    public IReadOnlyDictionary<string, ulong> Registers { get; }

    /// <summary>Who called whom, innermost first.</summary>
    public IReadOnlyList<BacktraceFrame> Backtrace { get; }

    /// <summary>Reads the one report in a text.</summary>
    /// <param name="text">Lines ending in '\n'; may have other lines around the report.</param>
    /// <exception cref="FormatException">There isn't exactly one, or it isn't well-formed.</exception>
    public static PanicReport Parse(string text)
    {
        MatchCollection reports = Whole().Matches(text);
        if (reports.Count != 1)
            throw new FormatException($"Expected one panic report, found {reports.Count}.");
        string body = reports[0].Groups["body"].Value;
        string[] parts = body.Split("backtrace:\n");
        if (parts.Length != 2)
            throw new FormatException("The panic report has no backtrace.");
        Dictionary<string, ulong> registers = RegisterValue().Matches(parts[0])
            .GroupBy(match => match.Groups["name"].Value)
            .ToDictionary(group => group.Key, group => Hexadecimal(group.Last().Groups["value"].Value));
        if (s_registers.Except(registers.Keys).ToArray() is { Length: > 0 } missing)
            throw new FormatException($"The panic report lacks {string.Join(", ", missing)}.");
        return new PanicReport(reports[0].Groups["reason"].Value, parts[0], registers, [.. Frames(parts[1])]);
    }

    private static IEnumerable<BacktraceFrame> Frames(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Match frame = FrameLine().Match(line);
            if (!frame.Success)
                throw new FormatException($"The backtrace has a line of another form: {line}");
            int.TryParse(frame.Groups["line"].Value, CultureInfo.InvariantCulture, out int number);
            yield return new BacktraceFrame(
                Hexadecimal(frame.Groups["address"].Value),
                frame.Groups["method"].Value,
                frame.Groups["file"].Value,
                number);
        }
    }

    private static ulong Hexadecimal(string digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^\*\*\* KERNEL PANIC: (?<reason>.+)\n(?<body>(?s:.*?))^\*\*\* END OF PANIC$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?m)^vector (?<vector>\d+) \((?<name>[^)]+)\)(, error code 0x(?<error>[0-9a-f]{16}))?(, cr2 0x(?<cr2>[0-9a-f]{16}))?$")]
    private static partial Regex ExceptionLine();

    [GeneratedRegex(@"^unhandled (?<type>[\w.+`]+): ")]
    private static partial Regex UnhandledReason();

    [GeneratedRegex(@"\b(?<name>r[a-z]{2}|r\d+|rflags|[cs]s|cr\d) +0x(?<value>[0-9a-f]+)")]
    private static partial Regex RegisterValue();

    [GeneratedRegex(@"^  0x(?<address>[0-9a-f]{16})( (?<method>\S.*?)( at (?<file>[^ :]+):(?<line>\d+))?)?$")]
    private static partial Regex FrameLine();
}
