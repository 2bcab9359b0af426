using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime;
using System.Text;
using Xunit;

namespace CosmosVm.SymbolTool.Tests;

/// <summary>What the tool makes of .eh_frame, the kernel's reader finds; and no damage makes the reader fault.</summary>
public sealed unsafe class UnwindTableTests : IDisposable
{
    private const int HeaderSize = 40;

    private const string Source = """
            .section .lsda, "a"
        .Lclauses: .byte 2, 1, 2, 3
        .Lplain: .byte 0x00
        .Lassociated: .byte 0x10
            .long .Lclauses - .
        .Lregions: .byte 0x14
            .long .Lplain - .
            .long .Lclauses - .
        .Lfunclet: .byte 0x01
            .long .Lregions - .
            .long funclet - regions
        .Lstub: .byte 0x03, 0x04
            .text
            .globl _start
        _start:
        simple: .cfi_startproc
            push %rbp
            .cfi_def_cfa_offset 16
            .cfi_offset %rbp, -16
            nop
            .cfi_def_cfa %rdi, 0
            ret
            .cfi_endproc
            .skip 11
        interrupt: .cfi_startproc
            .cfi_signal_frame
            .cfi_undefined %rip
            nop
            .cfi_endproc
        plain: .cfi_startproc
            .cfi_lsda 0x1b, .Lplain
            push %rbp
            .cfi_def_cfa_offset 16
            .cfi_offset %rbp, -16
            nop
            .cfi_def_cfa %rdi, 0
            ret
            .cfi_endproc
        associated: .cfi_startproc
            .cfi_lsda 0x1b, .Lassociated
            ret
            .cfi_endproc
        regions: .cfi_startproc
            .cfi_lsda 0x1b, .Lregions
            .skip 300
            ret
            .cfi_endproc
        funclet: .cfi_startproc
            .cfi_lsda 0x1b, .Lfunclet
            ret
            .cfi_endproc
        stub: .cfi_startproc
            .cfi_lsda 0x1b, .Lstub
            .cfi_remember_state
            ret
            .cfi_restore_state
            nop
            .cfi_endproc
            .rept 40
            .cfi_startproc
            push %rbx
            .cfi_adjust_cfa_offset 8
            ret
            .cfi_endproc
            .endr
            .section .unwind, "a"
            .globl __unwind_start
        __unwind_start:
            .quad 0
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("symboltool").FullName;

    [Fact]
    public void Every_address_of_every_function_finds_the_same_as_in_eh_frame()
    {
        ElfFile elf = Link(Source);
        List<FunctionFrame> frames = FrameReader.ReadAll(elf);
        Assert.Equal(47, frames.Count);
        byte[] table = UnwindTableWriter.Write(elf, frames);
        foreach (FunctionFrame frame in frames)
        {
            for (ulong address = frame.Start; address < frame.Start + frame.Length; address++)
            {
                Found found = Find(table, address) ?? throw new InvalidOperationException($"{address:x} is not found");
                Assert.Equal((frame.Start, frame.Start + frame.Length), (found.Start, found.End));
                Assert.Equal(frame.Instructions, found.Instructions);
                Assert.Equal(frame.Common.Instructions, found.CommonInstructions);
                Assert.Equal(frame.Common.IsSignalFrame, found.IsSignalFrame);
                Assert.Equal((frame.Common.CodeAlignment, frame.Common.DataAlignment), (found.CodeAlignment, found.DataAlignment));
                Assert.Equal(frame.LanguageData != 0, found.LanguageData >= 0);
            }
        }
    }

    [Fact]
    public void Instructions_are_those_of_the_source()
    {
        ElfFile elf = Link(Source);
        byte[] table = UnwindTableWriter.Write(elf, FrameReader.ReadAll(elf));

        Found simple = Find(table, AddressOf(elf, "simple"))!;
        // advance 1, def_cfa_offset 16, offset rbp 2, advance 1, def_cfa rdi 0: the last byte is no padding.
        Assert.Equal([0x41, 0x0e, 0x10, 0x86, 0x02, 0x41, 0x0c, 0x05, 0x00], simple.Instructions);
        // def_cfa rsp 8, offset rip 1
        Assert.Equal([0x0c, 0x07, 0x08, 0x90, 0x01], simple.CommonInstructions);
        Assert.Equal((1UL, -8L), (simple.CodeAlignment, simple.DataAlignment));
        Assert.False(simple.IsSignalFrame);
        Assert.True(Find(table, AddressOf(elf, "interrupt"))!.IsSignalFrame);
    }

    [Fact]
    public void Addresses_between_before_and_behind_functions_are_not_found()
    {
        ElfFile elf = Link(Source);
        List<FunctionFrame> frames = FrameReader.ReadAll(elf);
        byte[] table = UnwindTableWriter.Write(elf, frames);
        ulong interrupt = AddressOf(elf, "interrupt");
        for (ulong address = interrupt - 11; address < interrupt; address++)
            Assert.Null(Find(table, address));
        Assert.Null(Find(table, frames[0].Start - 1));
        Assert.Null(Find(table, frames[^1].Start + frames[^1].Length));
        Assert.Null(Find(table, 0));
        Assert.Null(Find(table, ulong.MaxValue));
    }

    [Fact]
    public void Equal_programs_are_stored_once()
    {
        ElfFile elf = Link(Source);
        byte[] table = UnwindTableWriter.Write(elf, FrameReader.ReadAll(elf));
        // simple and plain differ only in their language-specific data, and so do their common entries.
        Assert.Equal(Find(table, AddressOf(elf, "simple"))!.Program, Find(table, AddressOf(elf, "plain"))!.Program);
        Assert.InRange(table.Length, HeaderSize, HeaderSize + (47 * 6));
    }

    [Fact]
    public void Language_data_keeps_its_meaning_and_nothing_else()
    {
        ElfFile elf = Link(Source);
        byte[] table = UnwindTableWriter.Write(elf, FrameReader.ReadAll(elf));
        int plain = Find(table, AddressOf(elf, "plain"))!.LanguageData;
        Assert.Equal(0, table[plain]);
        Assert.Equal(plain, Find(table, AddressOf(elf, "associated"))!.LanguageData);
        Assert.Equal(-1, Find(table, AddressOf(elf, "simple"))!.LanguageData);

        int regions = Find(table, AddressOf(elf, "regions"))!.LanguageData;
        Assert.Equal(0x04, table[regions]);
        ulong lsda = elf.Sections.Single(section => section.Name == ".lsda").Address;
        Assert.Equal(lsda, AddressOf(elf, "__unwind_start") + (ulong)Follow(table, regions + 1));

        int funclet = Find(table, AddressOf(elf, "funclet"))!.LanguageData;
        Assert.Equal(0x01, table[funclet]);
        Assert.Equal(regions, Follow(table, funclet + 1));
        Assert.Equal(301, BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(funclet + 5)));

        int stub = Find(table, AddressOf(elf, "stub"))!.LanguageData;
        Assert.Equal([0x03, 0x04], table[stub..(stub + 2)]);
    }

    [Theory]
    [InlineData(".cfi_escape 0x0f, 1, 0x9c")]
    [InlineData(".cfi_escape 0x01, 0, 0, 0, 0, 0, 0, 0, 0")]
    [InlineData(".cfi_personality 0x1b, _start")]
    [InlineData(".cfi_lsda 0x03, _start")]
    public void What_the_kernel_could_not_read_is_refused(string directive)
    {
        ElfFile elf = Link($"    .globl _start\n_start: .cfi_startproc\n    nop\n    {directive}\n    nop\n    .cfi_endproc");
        Assert.Throws<InvalidDataException>(() => FrameReader.ReadAll(elf));
    }

    [Fact]
    public void A_damaged_header_is_refused()
    {
        ElfFile elf = Link(Source);
        byte[] table = UnwindTableWriter.Write(elf, FrameReader.ReadAll(elf));
        ulong address = AddressOf(elf, "simple");
        Assert.NotNull(Find(table, address));
        Assert.Null(Find([], address));
        Assert.Null(Find(new byte[64], address));
        Assert.Null(Find(table[..^1], address));
        for (int offset = 0; offset < 8; offset++)
        {
            byte[] damaged = [.. table];
            damaged[offset]++;
            Assert.Null(Find(damaged, address));
        }

        for (int offset = 16; offset < 36; offset += sizeof(uint))
        {
            byte[] damaged = [.. table];
            BinaryPrimitives.WriteUInt32LittleEndian(damaged.AsSpan(offset), uint.MaxValue);
            Assert.Null(Find(damaged, address));
        }
    }

    [Fact]
    public void A_damaged_table_never_leads_outside_of_it()
    {
        ElfFile elf = Link(Source);
        List<FunctionFrame> frames = FrameReader.ReadAll(elf);
        byte[] original = UnwindTableWriter.Write(elf, frames);
        var random = new Random(20260101);
        for (int round = 0; round < 20000; round++)
        {
            byte[] damaged = [.. original];
            int changes = 1 + random.Next(4);
            for (int change = 0; change < changes; change++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(8) == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            foreach (FunctionFrame frame in frames.Take(20))
                Find(damaged, frame.Start);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Asks the kernel's reader; every reference that it returns must lie inside the table.</summary>
    private static Found? Find(byte[] table, ulong address)
    {
        // Exactly as long as the table, so that a tool that watches memory would see an access behind it.
        byte[] copy = [.. table];
        fixed (byte* start = copy)
        {
            if (!new UnwindTableReader(start, (ulong)copy.Length).TryFind(address, out FunctionUnwindInformation information))
                return null;
            int languageData = -1;
            if (information.LanguageData != null)
            {
                languageData = (int)(information.LanguageData - start);
                Assert.InRange(languageData, 0, copy.Length - 1);
            }

            return new Found(
                information.Start,
                information.End,
                information.IsSignalFrame,
                information.CodeAlignment,
                information.DataAlignment,
                Part(copy, information.CommonInstructions - start, information.CommonInstructionsEnd - start),
                Part(copy, information.Instructions - start, information.InstructionsEnd - start),
                information.Instructions - start,
                languageData);
        }
    }

    private static byte[] Part(byte[] table, long start, long end)
    {
        Assert.InRange(start, 0, end);
        Assert.InRange(end, start, table.Length);
        return table[(int)start..(int)end];
    }

    private static int Follow(byte[] table, int reference) =>
        reference + BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(reference));

    private static ulong AddressOf(ElfFile elf, string name) => elf.Symbols.Single(symbol => symbol.Name == name).Value;

    private ElfFile Link(string source)
    {
        File.WriteAllText(Path.Combine(_folder, "source.S"), source + "\n", Encoding.ASCII);
        Run("as", "-o", "object.o", "source.S");
        Run("ld", "-z", "noexecstack", "-o", "linked.elf", "object.o");
        return ElfFile.Open(Path.Combine(_folder, "linked.elf"));
    }

    private void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private sealed record Found(
        ulong Start, ulong End, bool IsSignalFrame, ulong CodeAlignment, long DataAlignment,
        byte[] CommonInstructions, byte[] Instructions, long Program, int LanguageData);
}
