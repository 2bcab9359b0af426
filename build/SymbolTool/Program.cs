using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CosmosVm.SymbolTool;

/// <summary>Command line of the tool; README.md tells what it is for.</summary>
public static class Program
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUse = 2;

    private const string Usage = """
        usage: SymbolTool make KERNEL SYMBOLS UNWIND ASSEMBLY... write the tables of a linked kernel to two files
               SymbolTool check FIRST FINAL LIMIT TABLELIMIT  check addresses and sizes (bytes, without tests) of the final kernel
               SymbolTool list KERNEL ASSEMBLY...             print what the table would hold
        """;

    /// <summary>Runs one command; returns the exit code.</summary>
    public static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["make", var kernel, var symbols, var unwind, .. var assemblies]:
                    return Make(kernel, symbols, unwind, assemblies);
                case ["check", var first, var final, var limit, var tableLimit]:
                    return Check(first, final, ulong.Parse(limit, CultureInfo.InvariantCulture), ulong.Parse(tableLimit, CultureInfo.InvariantCulture));
                case ["list", var kernel, .. var assemblies]:
                    return List(kernel, assemblies);
                default:
                    Console.Error.WriteLine(Usage);
                    return WrongUse;
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException or BadImageFormatException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"SymbolTool: {error.Message}");
            return Failure;
        }
    }

    private static int Make(string kernel, string symbols, string unwind, string[] assemblies)
    {
        ElfFile elf = ElfFile.Open(kernel);
        List<Method> methods = Collect(elf, assemblies);
        byte[] table = SymbolTableWriter.Write(methods);
        File.WriteAllBytes(symbols, table);
        Console.WriteLine($"  symbols  {methods.Count} methods, {methods.Sum(method => method.Lines.Count)} lines, {Kibibytes((ulong)table.Length)}");
        List<FunctionFrame> frames = FrameReader.ReadAll(elf);
        byte[] unwindTable = UnwindTableWriter.Write(elf, frames);
        File.WriteAllBytes(unwind, unwindTable);
        Console.WriteLine($"  unwind   {frames.Count} functions, {Kibibytes((ulong)unwindTable.Length)}");
        return Success;
    }

    private static int Check(string first, string final, ulong limit, ulong tableLimit)
    {
        ElfFile elf = ElfFile.Open(final);
        List<string> problems = KernelCheck.MovedSymbols(ElfFile.Open(first), elf)
            .ConvertAll(name => $"embedding the tables moved {name}");
        ulong size = KernelCheck.KernelSize(elf);
        ulong tableSize = KernelCheck.TableSize(elf);
        Console.WriteLine($"  size     kernel {Kibibytes(size)} of {Kibibytes(limit)}, symbol and line tables {Kibibytes(tableSize)} of {Kibibytes(tableLimit)}");
        if (size > limit)
            problems.Add($"the kernel has {size} bytes in memory, {size - limit} more than its limit");
        if (tableSize > tableLimit)
            problems.Add($"symbol and line tables have {tableSize} bytes, {tableSize - tableLimit} more than their limit");
        foreach (string problem in problems)
            Console.Error.WriteLine($"SymbolTool: {problem}");
        return problems.Count == 0 ? Success : Failure;
    }

    private static int List(string kernel, string[] assemblies)
    {
        foreach (Method method in Collect(ElfFile.Open(kernel), assemblies))
        {
            Console.WriteLine($"{method.Start:x16} {method.Length,6} {method.Name}");
            foreach (MethodLine line in method.Lines)
                Console.WriteLine($"    {line.Address:x16} {line.File}:{line.Line}");
        }

        return Success;
    }

    private static List<Method> Collect(ElfFile elf, string[] assemblies)
    {
        var names = new MethodNames();
        foreach (string assembly in assemblies)
            names.AddAssembly(assembly);
        return MethodCollector.Collect(elf, names);
    }

    private static string Kibibytes(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB");
}
