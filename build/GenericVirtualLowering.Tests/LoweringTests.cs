using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Xunit;

namespace CosmosVm.GenericVirtualLowering.Tests;

/// <summary>Programs give the same results as compiled, where the host's runtime finds generic virtual methods, and lowered.</summary>
public sealed class LoweringTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Linq;\n";

    /// <summary>What the kernel's suite needs of the kernel.</summary>
    private const string SelfTestStub = """
        namespace Kernel.SelfTests
        {
            public sealed class SelfTestSuite(string name)
            {
                public string Log = name;
                public void Add(System.ReadOnlySpan<byte> test, System.Action body)
                {
                    try { body(); Log += "\nok " + System.Text.Encoding.UTF8.GetString(test); }
                    catch (System.Exception error) { Log += "\nnot ok " + System.Text.Encoding.UTF8.GetString(test) + " " + error; }
                }
            }
            public static class Check
            {
                public static void True(bool condition) { if (!condition) throw new System.Exception("not true"); }
                public static void Equal(long expected, long actual) => True(expected == actual);
                public static void Equal(string expected, string actual) { if (expected != actual) throw new System.Exception(actual); }
                public static void Throws<T>(System.Action action) where T : System.Exception { try { action(); } catch (T) { return; } True(false); }
            }
        }
        public static class Program
        {
            public static string Run() => Kernel.SelfTests.Conformance.GenericVirtualTests.Create().Log;
        }
        """;

    [Fact]
    public void KernelSuitePasses()
    {
        string root = typeof(LoweringTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!;
        string suite = File.ReadAllText(Path.Combine(root, "Kernel/SelfTests/Conformance/GenericVirtualTests.cs"));
        using var sample = new Sample(suite.Replace("namespace Kernel.SelfTests.Conformance;", "namespace Kernel.SelfTests.Conformance {", StringComparison.Ordinal) + "}\n" + SelfTestStub);
        string log = sample.RunBoth();
        Assert.Contains("\nok override_at_three_levels", log, StringComparison.Ordinal);
        Assert.DoesNotContain("not ok", log, StringComparison.Ordinal);
    }

    [Fact]
    public void OverrideInAnotherAssembly()
    {
        Equal("library|program int", Usings + """
            public class Root { public virtual string M<T>() => "library"; }
            public static class Caller { public static string Call(Root root) => root.M<int>(); }
            """, """
            internal class Other : Root { public override string M<T>() => "program " + Name<T>(); private static string Name<T>() => typeof(T) == typeof(int) ? "int" : "?"; }
            public static class Program { public static string Run() => Caller.Call(new Root()) + "|" + Caller.Call(new Other()); }
            """);
    }

    [Fact]
    public void GenericClassesAreToldApart() => Equal("0 Int32 Byte|1 String Byte|0 List`1 Char", """
        interface IVisitor { string Visit<T>(); }
        class Visitor<A> : IVisitor { public virtual string Visit<T>() => "0 " + typeof(A).Name + " " + typeof(T).Name; }
        class Special : Visitor<string> { public override string Visit<T>() => "1 " + typeof(string).Name + " " + typeof(T).Name; }
        public static class Program
        {
            static IVisitor Make<A>() => new Visitor<A>();
            static IVisitor Nested<A>() => Make<List<A>>();
            public static string Run() => Make<int>().Visit<byte>() + "|" + new Special().Visit<byte>() + "|" + Nested<string>().Visit<char>();
        }
        """);

    [Fact]
    public void InstantiationsThatOnlyGenericVirtualMethodsMake() => Equal("Int32 Guid", """
        abstract class Factory { public abstract Maker Make<T>(); }
        class RealFactory : Factory { public override Maker Make<T>() => new Maker<T>(); }
        abstract class Maker { public abstract string Name<T>(); }
        class Maker<A> : Maker { public override string Name<T>() => typeof(A).Name + " " + typeof(T).Name; }
        public static class Program { public static string Run() { Factory factory = new RealFactory(); return factory.Make<int>().Name<Guid>(); } }
        """);

    [Fact]
    public void InstantiationsMadeByStaticAbstracts() => Equal("Byte Int32", """
        interface IMake<TSelf> where TSelf : IMake<TSelf> { static abstract Maker Make<T>(); }
        struct Make : IMake<Make> { static Maker IMake<Make>.Make<T>() => new Maker<T>(); }
        abstract class Maker { public abstract string Name<T>(); }
        class Maker<A> : Maker { public override string Name<T>() => typeof(A).Name + " " + typeof(T).Name; }
        public static class Program { static Maker By<TMake>() where TMake : IMake<TMake> => TMake.Make<byte>(); public static string Run() => By<Make>().Name<int>(); }
        """);

    [Fact]
    public void OneObjectWithAnInterfaceTwice() => Equal("i1 s2 i3 l4 i5", """
        interface I<A> { string M<T>(A value); }
        class Both : I<int>, I<string> { string I<int>.M<T>(int value) => "i" + value; string I<string>.M<T>(string value) => "s" + value; }
        class More : Both, I<long> { public string M<T>(long value) => "l" + value; }
        public static class Program
        {
            static string Call<A>(object target, A value) => ((I<A>)target).M<Guid>(value);
            public static string Run() => Call(new Both(), 1) + " " + Call(new Both(), "2") + " " + Call(new More(), 3) + " " + Call(new More(), 4L) + " " + Call((object)new More(), 5);
        }
        """);

    [Fact]
    public void VariantInterface() => Equal("text text", """
        interface ISource<out A> { A Get<T>(); }
        class Text : ISource<string> { public string Get<T>() => "text"; }
        public static class Program { public static string Run() { ISource<object> wide = new Text(); ISource<string> narrow = new Text(); return wide.Get<int>() + " " + narrow.Get<int>(); } }
        """);

    [Fact]
    public void DefaultImplementationOfADerivedInterface() => Equal("J Int32|I Int32|C Int32", """
        interface I { string M<T>() => "I " + typeof(T).Name; }
        interface J : I { string I.M<T>() => "J " + typeof(T).Name; }
        class A : J { }
        class B : I { }
        class C : A, I { public virtual string M<T>() => "C " + typeof(T).Name; }
        public static class Program { static string Call(I target) => target.M<int>(); public static string Run() => Call(new A()) + "|" + Call(new B()) + "|" + Call(new C()); }
        """);

    [Fact]
    public void InterfaceImplementedAgainAndByABaseClass() => Equal("base|derived|again|final", """
        interface I { string M<T>(); }
        class Plain { public virtual string M<T>() => "base"; }
        class A : Plain, I { }
        class B : A { public override string M<T>() => "derived"; }
        class C : A, I { string I.M<T>() => "again"; }
        sealed class D : C, I { public new string M<T>() => "final"; }
        public static class Program
        {
            static string Call(I target) => target.M<int>();
            public static string Run() => Call(new A()) + "|" + Call(new B()) + "|" + Call(new C()) + "|" + Call(new D());
        }
        """);

    [Fact]
    public void HiddenMethodIsItsOwn() => Equal("A|D|C", """
        class A { public virtual string M<T>() => "A"; }
        class B : A { public new virtual string M<T>() => "B"; }
        class C : A { public override string M<T>() => "C"; }
        class D : B { public override string M<T>() => "D"; }
        public static class Program { static string Call(A a) => a.M<int>(); public static string Run() { B b = new D(); return Call(b) + "|" + b.M<int>() + "|" + Call(new C()); } }
        """);

    [Fact]
    public void StructureKeepsItsChangesByConstrainedCalls() => Equal("1 2 3 2", """
        interface ICounter { int Next<T>(); }
        struct Counter : ICounter { public int Value; public int Next<T>() => ++Value; }
        struct Generic<A> : ICounter { public int Value; public int Next<T>() => Value += 2; }
        public static class Program
        {
            static int Next<C>(ref C counter) where C : ICounter => counter.Next<string>();
            public static string Run()
            {
                var counter = new Counter(); var generic = new Generic<Guid>(); object boxed = counter;
                int first = Next(ref counter), second = Next(ref counter), third = counter.Next<int>();
                ((ICounter)boxed).Next<int>();
                return $"{first} {second} {third} {Next(ref generic)}";
            }
        }
        """);

    [Fact]
    public void Constraints() => Equal("3 b null", """
        abstract class A
        {
            public abstract T Largest<T>(T[] values) where T : IComparable<T>;
            public abstract string Text<T>(T value) where T : class;
            public abstract T Create<T>() where T : new();
            public abstract unsafe int Size<T>() where T : unmanaged;
        }
        class B : A
        {
            public override T Largest<T>(T[] values) => values.Max()!;
            public override string Text<T>(T value) => value?.ToString() ?? "null";
            public override T Create<T>() => new T();
            public override unsafe int Size<T>() => sizeof(T);
        }
        public static class Program { public static string Run() { A a = new B(); return a.Largest([1, 3, 2]) + " " + a.Largest(["a", "b"]) + " " + a.Text<string>(null!); } }
        """);

    [Fact]
    public void DelegatesRememberTheirReceiver() => Equal("B7 Int32|I7 String|A1 Int32", """
        interface I { string M<T>(T value); }
        class A { public int Field; public virtual string M<T>(T value) => "A" + Field + " " + typeof(T).Name; public Func<int, string> OfBase() => M<int>; }
        class B : A, I { public override string M<T>(T value) => "B" + Field + " " + typeof(T).Name; string I.M<T>(T value) => "I" + Field + " " + typeof(T).Name; public Func<int, string> Base() => base.M<int>; }
        public static class Program
        {
            public static string Run()
            {
                A b = new B { Field = 7 }; I i = (I)b;
                Func<int, string> first = b.M; Func<string, string> second = i.M;
                return first(1) + "|" + second("x") + "|" + new B { Field = 1 }.Base()(2);
            }
        }
        """);

    [Fact]
    public void ClosuresIteratorsAndSpans() => Equal("1,2,3 6 true", """
        class A { public virtual IEnumerable<T> Each<T>(T[] items) { yield break; } public virtual int Sum<T>(ReadOnlySpan<T> items, Func<T, int> map) => 0; public virtual ref T First<T>(T[] items) => ref items[^1]; }
        class B : A
        {
            public override IEnumerable<T> Each<T>(T[] items) { foreach (T item in items) yield return item; }
            public override int Sum<T>(ReadOnlySpan<T> items, Func<T, int> map) { int sum = 0; foreach (T item in items) sum += map(item); return sum; }
            public override ref T First<T>(T[] items) => ref items[0];
        }
        public static class Program
        {
            public static string Run() { A a = new B(); int[] items = [1, 2, 3]; string each = string.Join(',', a.Each(items)); int sum = a.Sum<int>(items, x => x); a.First(items) = 9; return each + " " + sum + " " + (items[0] == 9 ? "true" : "false"); }
        }
        """);

    [Fact]
    public void LinesStay()
    {
        using var sample = new Sample(Usings + """
            class A { public virtual int M<T>() => 0; }
            class B : A
            {
                public override int M<T>() =>
                    throw new InvalidOperationException();
            }
            public static class Program
            {
                [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
                static int Call(A a) =>
                    a.M<int>();
                public static string Run() { try { return Call(new B()).ToString(); } catch (Exception error) { return string.Join(',', error.StackTrace!.Split('\n').Select(line => line[(line.LastIndexOf(' ') + 1)..]).Where(word => char.IsDigit(word[0]))); } }
            }
            """);
        Assert.Equal("6,12,13", sample.RunBoth());
    }

    [Fact]
    public void OutputIsTheSameInEveryFolder()
    {
        const string Source = Usings + "class A { public virtual int M<T>() => 0; } class B<C> : A { public override int M<T>() => 1; } public static class Program { static A X = new B<int>(), Y = new B<string>(); public static int Run() => X.M<int>(); }";
        using var first = new Sample(Source);
        using var second = new Sample(Source);
        string left = first.Lower()[0], right = second.Lower()[0];
        Assert.Equal(File.ReadAllBytes(left), File.ReadAllBytes(right));
        Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(left, ".pdb")), File.ReadAllBytes(Path.ChangeExtension(right, ".pdb")));
    }

    [Fact]
    public void ProgramsWithoutStayAsTheyWere()
    {
        using var sample = new Sample("class A { public virtual int M() => 0; public int N<T>() => 1; }");
        string copy = sample.Lower()[0];
        Assert.Equal(File.ReadAllBytes(Path.Combine(copy, "../../", Path.GetFileName(copy))), File.ReadAllBytes(copy));
    }

    [Fact]
    public void EndlessTypesAreRefused() => Refused("can't be enumerated", """
        abstract class A { public abstract A M<T>(int n); }
        class B<C> : A { public override A M<T>(int n) => n == 0 ? this : new B<B<C>>().M<T>(n - 1); }
        public static class Program { public static string Run() => new B<int>().M<int>(2).ToString()!; }
        """);

    [Fact]
    public void VariantInterfaceTwiceIsRefused() => Refused("variant", """
        interface I<out A> { A M<T>(); }
        class B : I<string>, I<Exception> { string I<string>.M<T>() => ""; Exception I<Exception>.M<T>() => null!; }
        public static class Program { static string Call(I<string> target) => target.M<int>(); public static string Run() => Call(new B()); }
        """);

    [Fact]
    public void OtherReturnTypeIsRefused() => Refused("another return type", """
        class A { public virtual object M<T>() => ""; }
        class B : A { public override string M<T>() => ""; }
        public static class Program { public static string Run() => new B().M<int>(); }
        """);

    private static void Equal(string expected, params string[] sources)
    {
        using var sample = new Sample(Array.ConvertAll(sources, source => source.StartsWith("using", StringComparison.Ordinal) ? source : Usings + source));
        Assert.Equal(expected, sample.RunBoth());
    }

    private static void Refused(string message, string source)
    {
        using var sample = new Sample(Usings + source);
        Assert.Contains(message, Assert.Throws<LoweringException>(sample.Lower).Message, StringComparison.Ordinal);
    }
}
