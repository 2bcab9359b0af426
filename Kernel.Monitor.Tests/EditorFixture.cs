using System;
using System.Collections.Generic;
using System.Text;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor.Tests;

/// <summary>An editor on a fake terminal, with the completions of a small set of commands.</summary>
internal sealed class EditorFixture : ICompleter
{
    public const string Prompt = "cosmos> ";
    public const string Left = "\e[D";
    public const string Right = "\e[C";
    public const string Up = "\e[A";
    public const string Down = "\e[B";
    public const string Home = "\e[H";
    public const string End = "\e[F";
    public const string Delete = "\e[3~";
    public const string Backspace = "\u007f";
    public const string ControlA = "\u0001";
    public const string ControlC = "\u0003";
    public const string ControlE = "\u0005";
    public const string ControlK = "\u000b";
    public const string ControlL = "\u000c";
    public const string ControlU = "\u0015";
    public const string ControlW = "\u0017";

    private static readonly string[] s_commands = ["mem", "memmap", "pci", "panic", "poweroff", "selftest"];
    private static readonly string[] s_suites = ["conformance.strings", "conformance.spans", "memory"];

    public EditorFixture()
    {
        Editor = new LineEditor(Terminal, Encoding.UTF8.GetBytes(Prompt), this);
        Editor.Begin();
    }

    public FakeTerminal Terminal { get; } = new();

    public LineEditor Editor { get; }

    /// <summary>The lines that were entered.</summary>
    public List<string> Entered { get; } = [];

    /// <summary>The line being edited.</summary>
    public string Line => Encoding.UTF8.GetString(Editor.Line);

    /// <summary>What is behind the prompt on the terminal.</summary>
    public string Shown => Terminal.CurrentRow.PadRight(Prompt.Length)[Prompt.Length..];

    /// <summary>Types keys, and starts a new line after each one that is entered.</summary>
    public EditorFixture Type(string keys) => Type(Encoding.UTF8.GetBytes(keys));

    public EditorFixture Type(params ReadOnlySpan<byte> keys)
    {
        foreach (byte key in keys)
        {
            if (Editor.Accept(key) != LineState.Entered)
                continue;
            Entered.Add(Line);
            Editor.Begin();
        }
        return this;
    }

    public void Complete(ReadOnlySpan<byte> line, CompletionSet candidates)
    {
        string text = Encoding.UTF8.GetString(line);
        if (!text.Contains(' '))
        {
            foreach (string command in s_commands)
                candidates.Offer(Encoding.UTF8.GetBytes(command));
        }
        else if (text.StartsWith("selftest "))
        {
            foreach (string suite in s_suites)
                candidates.Offer(suite.AsSpan());
        }
    }
}
