using System;
using System.Collections.Generic;

namespace Kernel.SelfTests;

/// <summary>One in-kernel test: a name and what to run. It passes when the body returns.</summary>
/// <param name="Name">Describes the behaviour; unique in its suite.</param>
/// <param name="Body">Throws to fail, usually through <see cref="Check"/>.</param>
public readonly record struct SelfTest(string Name, Action Body);

/// <summary>Named tests that run together, in the order in which they were added.</summary>
/// <param name="name">Dotted, such as <c>conformance.exceptions</c>: <c>selftest conformance</c> runs all below it.</param>
/// <param name="onlyWhenNamed">Left out when everything is run.</param>
public sealed class SelfTestSuite(string name, bool onlyWhenNamed = false)
{
    private readonly List<SelfTest> _tests = [];

    /// <summary>The suite's dotted name.</summary>
    public string Name { get; } = name;

    /// <summary>The tests in order.</summary>
    public IReadOnlyList<SelfTest> Tests => _tests;

    /// <summary>Adds a test.</summary>
    public void Add(string testName, Action body) => _tests.Add(new SelfTest(testName, body));

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
