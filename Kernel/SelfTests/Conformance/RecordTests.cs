using System;
using System.Collections.Generic;

namespace Kernel.SelfTests.Conformance;

/// <summary>Records, record structs, tuples, structs and their compiler-made members.</summary>
public static class RecordTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.records");
        suite.Add("Records_compare_by_value"u8, static () =>
        {
            var a = new Device("disk", 3);
            var b = new Device(new string(['d', 'i', 's', 'k']), 3);
            Check.True(a == b);
            Check.Equal(a.GetHashCode(), b.GetHashCode());
            Check.True(a != new Device("disk", 4));
            Check.False(a.Equals(null));
        });
        suite.Add("Records_print_their_members"u8, static () =>
        {
            Check.Equal("Device { Name = disk, Irq = 3 }", new Device("disk", 3).ToString());
            Check.Equal("Point { X = 1, Y = -2 }", new Point(1, -2).ToString());
        });
        suite.Add("With_copies_and_changes"u8, static () =>
        {
            var a = new Device("disk", 3);
            Device b = a with { Irq = 9 };
            Check.Equal(3, a.Irq);
            Check.Equal(9, b.Irq);
            Check.Equal("disk", b.Name);
            Point p = new Point(1, 2) with { Y = 5 };
            Check.Equal(6, p.X + p.Y);
        });
        suite.Add("Derived_records_differ_from_their_base"u8, static () =>
        {
            Device plain = new("disk", 3);
            Device pci = new PciDevice("disk", 3, 0x1F);
            Check.True(plain != pci);
            Check.True(pci != plain);
            Check.True(pci == new PciDevice("disk", 3, 0x1F));
            Check.Equal("PciDevice { Name = disk, Irq = 3, Function = 31 }", pci.ToString());
            Device copy = pci with { Name = "x" };
            Check.True(copy is PciDevice { Function: 0x1F, Name: "x" });
        });
        suite.Add("Record_structs_compare_by_value"u8, static () =>
        {
            Check.True(new Point(1, 2) == new Point(1, 2));
            Check.True(new Point(1, 2) != new Point(2, 1));
            Check.Equal(new Point(7, 8).GetHashCode(), new Point(7, 8).GetHashCode());
            Check.True(new Point(1, 2).Equals((object)new Point(1, 2)));
        });
        suite.Add("Deconstruction_takes_apart"u8, static () =>
        {
            (string name, int irq) = new Device("uart", 4);
            Check.Equal("uart", name);
            Check.Equal(4, irq);
            var (x, _) = new Point(3, 4);
            Check.Equal(3, x);
        });
        suite.Add("Generic_records"u8, static () =>
        {
            var a = new Box<string>("x");
            Check.True(a == new Box<string>(new string(['x'])));
            Check.True(new Box<int>(1) != new Box<int>(2));
            Check.True(new Box<string?>(null) == new Box<string?>(null));
        });
        suite.Add("Tuples_compare_hash_and_print"u8, static () =>
        {
            (int, string) a = (1, "x");
            Check.True(a == (1, new string(['x'])));
            Check.True(a.Equals((1, "x")));
            Check.Equal(a.GetHashCode(), (1, "x").GetHashCode());
            Check.Equal("(1, x)", a.ToString());
            Check.True((1, 2).CompareTo((1, 3)) < 0);
            Check.True(("b", 1).CompareTo(("a", 9)) > 0);
        });
        suite.Add("Tuples_swap_and_return_several_values"u8, static () =>
        {
            int a = 1, b = 2;
            (a, b) = (b, a);
            Check.Equal(21, a * 10 + b);
            (int quotient, int remainder) = Math.DivRem(17, 5);
            Check.Equal(32, quotient * 10 + remainder);
        });
        suite.Add("Tuples_of_nine_elements"u8, static () =>
        {
            var nine = (1, 2, 3, 4, 5, 6, 7, 8, 9);
            Check.Equal(17, nine.Item8 + nine.Item9);
            Check.True(nine == (1, 2, 3, 4, 5, 6, 7, 8, 9));
        });
        suite.Add("Required_and_init_members"u8, static () =>
        {
            var options = new Options { Name = "a", Size = 4 };
            Check.Equal("a4", options.Name + options.Size);
        });
        suite.Add("Hash_codes_combine_in_order"u8, static () =>
        {
            Check.Equal(HashCode.Combine(1, "a"), HashCode.Combine(1, "a"));
            Check.True(HashCode.Combine(1, 2) != HashCode.Combine(2, 1));
            var distinct = new HashSet<int>();
            for (int i = 0; i < 1000; i++)
                distinct.Add(HashCode.Combine(i, 0, -i));
            Check.True(distinct.Count > 990);
        });
        return suite;
    }

    private record Device(string Name, int Irq);

    private sealed record PciDevice(string Name, int Irq, int Function) : Device(Name, Irq);

    private readonly record struct Point(int X, int Y);

    private sealed record Box<T>(T Content);

    private sealed class Options
    {
        public required string Name { get; init; }

        public int Size { get; init; }
    }
}
