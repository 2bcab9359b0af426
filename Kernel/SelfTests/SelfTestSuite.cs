using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel.SelfTests;

/// <summary>One in-kernel test: a name and what to run. It passes when the body returns.</summary>
/// <remarks>The name is UTF-8 in the image's constants: hundreds of names as strings would take twice the room.</remarks>
public readonly unsafe struct SelfTest
{
    private readonly byte* _name;
    private readonly int _nameLength;

    /// <summary>A test.</summary>
    /// <param name="name">Describes the behaviour; unique in its suite. A literal: it must stay where it is.</param>
    /// <param name="body">Throws to fail, usually through <see cref="Check"/>.</param>
    public SelfTest(ReadOnlySpan<byte> name, Action body)
    {
        _name = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name));
        _nameLength = name.Length;
        Body = body;
    }

    /// <summary>What the test is about, in UTF-8.</summary>
    public ReadOnlySpan<byte> Name => new(_name, _nameLength);

    /// <summary>Runs the test.</summary>
    public Action Body { get; }
}

/// <summary>Named tests that run together, in the order in which they were added.</summary>
/// <param name="name">Dotted, such as <c>conformance.exceptions</c>: <c>selftest conformance</c> runs all below it.</param>
/// <param name="onlyWhenNamed">Left out when everything is run.</param>
public sealed class SelfTestSuite(string name, bool onlyWhenNamed = false)
{
    private readonly List<SelfTest> _tests = [];

    /// <summary>The suite's dotted name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the suite ran before, so that its static fields are filled.</summary>
    public bool HasRun { get; set; }

    /// <summary>The tests in order.</summary>
    public IReadOnlyList<SelfTest> Tests => _tests;

    /// <summary>Adds a test; its name is a UTF-8 literal.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Add(ReadOnlySpan<byte> testName, Action body) => _tests.Add(new SelfTest(testName, body));

    /// <summary>Whether <c>selftest filter</c> means this suite: everything, the same name, or a dotted parent of it.</summary>
    public bool IsSelectedBy(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty)
            return !onlyWhenNamed;
        if (!Name.AsSpan().StartsWith(filter))
            return false;
        return Name.Length == filter.Length || Name[filter.Length] == '.';
    }
}
