using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Kernel.Diagnostics;
using Kernel.Mm;
using Xunit;

namespace CosmosVm.SymbolTool.Tests;

/// <summary>What the tool writes, the kernel's reader finds; and no damage makes the reader fault.</summary>
public class SymbolTableTests
{
    private const ulong Base = 0xffffffff80201000;

    [Fact]
    public void Every_address_of_a_method_finds_its_name_and_line()
    {
        List<Method> methods = ManyMethods(1000);
        byte[] table = SymbolTableWriter.Write(methods);
        foreach (Method method in methods)
        {
            for (ulong address = method.Start; address < method.Start + method.Length; address++)
            {
                MethodLine expected = method.Lines.LastOrDefault(line => line.Address <= address, method.Lines[0]);
                Assert.Equal($"{method.Name} at {expected.File}:{expected.Line}", Resolve(table, address));
            }
        }
    }

    [Fact]
    public void Addresses_between_before_and_behind_methods_are_not_found()
    {
        byte[] table = SymbolTableWriter.Write(
        [
            new Method(Base, 0x10, "A.First()", []),
            new Method(Base + 0x20, 0x10, "A.Second()", []),
        ]);
        Assert.Null(Resolve(table, Base - 1));
        Assert.Null(Resolve(table, Base + 0x10));
        Assert.Null(Resolve(table, Base + 0x1f));
        Assert.Null(Resolve(table, Base + 0x30));
        Assert.Null(Resolve(table, 0));
        Assert.Null(Resolve(table, ulong.MaxValue));
        Assert.Equal("A.Second() at :0", Resolve(table, Base + 0x2f));
    }

    [Fact]
    public void Lines_may_go_back_and_change_the_file()
    {
        byte[] table = SymbolTableWriter.Write(
        [
            new Method(Base, 0x100, "A.B()",
            [
                new MethodLine(Base + 4, "Kernel/A.cs", 4000),
                new MethodLine(Base + 8, "Kernel/Inlined.cs", 7),
                new MethodLine(Base + 0x80, "Kernel/A.cs", 3999),
            ]),
        ]);
        Assert.Equal("A.B() at Kernel/A.cs:4000", Resolve(table, Base));
        Assert.Equal("A.B() at Kernel/Inlined.cs:7", Resolve(table, Base + 8));
        Assert.Equal("A.B() at Kernel/Inlined.cs:7", Resolve(table, Base + 0x7f));
        Assert.Equal("A.B() at Kernel/A.cs:3999", Resolve(table, Base + 0xff));
    }

    [Fact]
    public void An_empty_table_finds_nothing()
    {
        Assert.Null(Resolve([], Base));
        Assert.Null(Resolve(SymbolTableWriter.Write([]), Base));
        Assert.Null(Resolve(new byte[64], Base));
    }

    [Fact]
    public void A_short_buffer_cuts_the_texts_off()
    {
        byte[] table = SymbolTableWriter.Write([new Method(Base, 4, "Kernel.Long.Name()", [new MethodLine(Base, "Kernel/Long.cs", 3)])]);
        Assert.Equal("Kernel.Lon at :3", Resolve(table, Base, bufferSize: 10));
        Assert.Equal("Kernel.Long.Name() at Ker:3", Resolve(table, Base, bufferSize: 21));
        Assert.Equal(" at :3", Resolve(table, Base, bufferSize: 0));
    }

    [Fact]
    public void A_damaged_table_never_makes_the_reader_fault()
    {
        List<Method> methods = ManyMethods(200);
        byte[] original = SymbolTableWriter.Write(methods);
        var random = new Random(20260101);
        var addresses = methods.Where((_, index) => index % 7 == 0).Select(method => method.Start + 1).ToArray();
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = [.. original];
            int changes = 1 + random.Next(8);
            for (int change = 0; change < changes; change++)
            {
                // The header and the indexes decide about more than the rest, so they are hit more often.
                int place = random.Next(random.Next(2) == 0 ? 200 : damaged.Length);
                damaged[place] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            foreach (ulong address in addresses)
                Resolve(damaged, address);
        }
    }

    [Fact]
    public void Every_header_field_with_every_extreme_value_is_survived()
    {
        byte[] original = SymbolTableWriter.Write(ManyMethods(40));
        for (int offset = 8; offset < 40; offset += 4)
        {
            foreach (uint value in new uint[] { 0, 1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, (uint)original.Length, (uint)original.Length - 1 })
            {
                byte[] damaged = [.. original];
                BitConverter.TryWriteBytes(damaged.AsSpan(offset), value);
                Resolve(damaged, Base + 1);
            }
        }
    }

    [Fact]
    public void Methods_with_common_prefixes_take_little_room()
    {
        List<Method> methods = ManyMethods(1000);
        int plainText = methods.Sum(method => method.Name.Length);
        Assert.True(SymbolTableWriter.Write(methods).Length < plainText);
    }

    private static List<Method> ManyMethods(int count)
    {
        var random = new Random(7);
        var methods = new List<Method>();
        ulong start = Base;
        for (int index = 0; index < count; index++)
        {
            ulong length = 1 + (ulong)random.Next(60);
            var lines = new List<MethodLine>();
            int line = random.Next(1, 2000);
            for (ulong address = start + (ulong)random.Next(2); address < start + length; address += 1 + (ulong)random.Next(20))
                lines.Add(new MethodLine(address, $"Kernel/Folder{random.Next(3)}/File{index % 9}.cs", line += random.Next(-5, 200) + 6));
            if (lines.Count == 0)
                lines.Add(new MethodLine(start, "Kernel/Only.cs", 1));
            methods.Add(new Method(start, length, $"Kernel.Some.Space.Type{index / 20}.Method{index % 20}(ReadOnlySpan<byte>, int)", lines));
            start += length + (ulong)random.Next(16);
        }

        return methods;
    }

    private static string? Resolve(byte[] table, ulong address, int bufferSize = 512)
    {
        Span<byte> buffer = stackalloc byte[bufferSize];
        var reader = new SymbolTable(table);
        if (!reader.TryResolve(new VirtualAddress(address), buffer, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> file, out int line))
            return null;
        return $"{Encoding.UTF8.GetString(method)} at {Encoding.UTF8.GetString(file)}:{line}";
    }
}
