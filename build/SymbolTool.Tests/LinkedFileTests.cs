using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Xunit;

namespace CosmosVm.SymbolTool.Tests;

/// <summary>Files made by the real assembler and linker.</summary>
public sealed class LinkedFileTests : IDisposable
{
    private const string Source = """
            .text
            .globl first, second
            .type first, @function
        first:
            nop
            nop
            ret
            .size first, . - first
            .balign 16
        second:
            nop
            ret
            .bss
            .globl variable
        variable:
            .skip 100
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("symboltool").FullName;

    [Theory]
    [InlineData("--gdwarf-3")]
    [InlineData("--gdwarf-4")]
    [InlineData("--gdwarf-5")]
    public void Functions_and_labels_get_their_lines(string format)
    {
        List<Method> methods = MethodCollector.Collect(Link(Source, format), new MethodNames());
        Assert.Equal(["first", "second"], methods.Select(method => method.Name));
        Assert.Equal([5, 6, 7], methods[0].Lines.Select(line => line.Line));
        Assert.Equal(3UL, methods[0].Length);
        Assert.Equal([11, 12], methods[1].Lines.Select(line => line.Line));
        Assert.All(methods[0].Lines, line => Assert.Equal("sub/source.S", line.File));
    }

    [Fact]
    public void Size_counts_what_is_loaded_and_leaves_the_table_out()
    {
        ElfFile elf = Link(Source + "\n.section .ksyms, \"a\"\n.skip 50\n", "--gdwarf-5");
        Assert.Equal(50UL, KernelCheck.TableSize(elf));
        const ulong CodeAndVariable = 18 + 100;
        const ulong Padding = 8;
        Assert.InRange(KernelCheck.KernelSize(elf), CodeAndVariable, CodeAndVariable + Padding);
    }

    [Fact]
    public void A_symbol_that_moved_is_reported()
    {
        ElfFile before = Link(Source, "--gdwarf-5");
        ElfFile after = Link(Source.Replace("    nop\n    ret\n    .size", "    nop\n    .skip 32\n    ret\n    .size"), "--gdwarf-5");
        Assert.Empty(KernelCheck.MovedSymbols(before, before));
        Assert.Contains("second", KernelCheck.MovedSymbols(before, after));
        Assert.DoesNotContain("first", KernelCheck.MovedSymbols(before, after));
    }

    [Fact]
    public void What_is_no_elf_file_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => new ElfFile(new byte[100]));
        Assert.Throws<InvalidDataException>(() => new ElfFile([]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ElfFile Link(string source, string format)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        File.WriteAllText(Path.Combine(_folder, "sub/source.S"), source + "\n");
        Run("as", "-g", format, $"--debug-prefix-map={_folder}=.", "-o", "object.o", "sub/source.S");
        Run("ld", "-z", "noexecstack", "--no-warn-rwx-segments", "-e", "first", "-o", "linked.elf", "object.o");
        return ElfFile.Open(Path.Combine(_folder, "linked.elf"));
    }

    private void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
