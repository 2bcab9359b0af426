using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// What a person types at the image's shell, and what comes back: a file of qemu-tests/shell. A line is typed when the
/// prompt is there; these are orders for the script itself:
/// <code>
/// # text           a remark
/// @keys TEXT       types without Enter and without waiting; \r, \e and \xNN stand for bytes
/// @wait REGEX      waits until the shell's terminal shows this
/// @prompt          waits for the prompt
/// @limit SECONDS   how long to wait from here on
/// @hide, @show     what is between doesn't count
/// @same REGEX =&gt; TEXT   in the whole output, what varies from run to run becomes the text
/// </code>
/// </summary>
public sealed class ShellScript
{
    /// <summary>What the shell is told to print when it waits for a line.</summary>
    public const string Prompt = "==> ";

    private static readonly Regex s_promptAtLineStart = new($"(?m)^{Prompt}", RegexOptions.Compiled);
    private static readonly Regex s_escape = new(@"\\(?:r|e|x(?<code>[0-9a-fA-F]{2}))", RegexOptions.Compiled);

    // The log of our kernel shares the line with the shell.
    private static readonly Regex s_logLine = new(@"(?m)^\[ *\d+\.\d{6}\] .*\n", RegexOptions.Compiled);

    private readonly string[] _lines;

    private ShellScript(string name, string[] lines)
    {
        Name = name;
        _lines = lines;
    }

    /// <summary>The names of all scripts.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    /// <summary>The script's name.</summary>
    public string Name { get; }

    private static string Folder => Path.Combine(Repository.Root, "qemu-tests", "shell");

    /// <summary>Reads a script.</summary>
    public static ShellScript Read(string name) => new(name, File.ReadAllLines(Path.Combine(Folder, name + ".txt")));

    /// <summary>Where the output on Debian's kernel is recorded.</summary>
    public static string RecordOf(string name) => Path.Combine(Folder, "expected", name + ".txt");

    /// <summary>Prepares a shell that shows its first prompt.</summary>
    public static async Task PrepareAsync(QemuMachine machine)
    {
        // Linux doesn't know the size of a terminal on a serial line.
        await machine.SendAsync($"stty rows 24 cols 132; export PS1='{Prompt}' PS2='{Prompt}'\r");
        await machine.WaitForAsync(s_promptAtLineStart);
    }

    /// <summary>Types the script at a prepared shell.</summary>
    /// <returns>What was shown meanwhile, without what varies.</returns>
    /// <exception cref="QemuException">Something that was waited for didn't come.</exception>
    public async Task<string> RunAsync(QemuMachine machine)
    {
        StringBuilder shown = new(Prompt);
        List<(Regex Pattern, string Text)> same = [];
        TimeSpan limit = TimeSpan.FromSeconds(60);
        bool isHidden = false;
        foreach (string line in _lines.Where(line => line.Length != 0 && !line.StartsWith("# ", StringComparison.Ordinal)))
        {
            string[] words = line.Split(' ', 2);
            string rest = words.Length > 1 ? words[1] : "";
            switch (words[0])
            {
                case "@keys":
                    await machine.SendAsync(Bytes(rest));
                    break;
                case "@wait":
                    Show(await machine.WaitForAsync(new Regex(rest), limit));
                    break;
                case "@prompt":
                    Show(await machine.WaitForAsync(s_promptAtLineStart, limit));
                    break;
                case "@limit":
                    limit = TimeSpan.FromSeconds(int.Parse(rest));
                    break;
                case "@hide" or "@show":
                    isHidden = words[0] == "@hide";
                    break;
                case "@same":
                    string[] sides = rest.Split(" => ", 2);
                    same.Add((new Regex(sides[0], RegexOptions.Multiline), sides[1]));
                    break;
                default:
                    await machine.SendAsync(line + "\r");
                    Show(await machine.WaitForAsync(s_promptAtLineStart, limit));
                    break;
            }
        }
        string text = s_logLine.Replace(shown.ToString(), "");
        foreach ((Regex pattern, string replacement) in same)
            text = pattern.Replace(text, replacement);
        return text[..text.LastIndexOf(Prompt, StringComparison.Ordinal)];

        void Show(string output)
        {
            if (!isHidden)
                shown.Append(output);
        }
    }

    private static string Bytes(string text) => s_escape.Replace(text, match => match.Groups["code"] is { Success: true } code
        ? ((char)Convert.ToByte(code.Value, 16)).ToString()
        : match.Value == "\\r" ? "\r" : "\u001b");
}
