using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// The differences between Linux and our kernel that are meant, each with its reason: user/tests/differences.txt. A
/// difference is four lines, <c>program:</c>, <c>linux:</c>, <c>here:</c> and <c>reason:</c>.
/// </summary>
public static class AllowedDifferences
{
    private static readonly string[] s_keys = ["program: ", "linux: ", "here: ", "reason: "];

    /// <summary>What our kernel should print for a program that printed <paramref name="linux"/> on Linux.</summary>
    /// <exception cref="FormatException">The list is not of its form, or a line of it isn't printed on Linux any more.</exception>
    public static IReadOnlyList<string> Apply(string program, IReadOnlyList<string> linux)
    {
        List<string> expected = [.. linux];
        foreach (string[] difference in Read(File.ReadAllLines(Path.Combine(UserTestRun.Sources, "differences.txt"))))
        {
            if (difference[0] != program)
                continue;
            int place = expected.IndexOf(difference[1]);
            if (place < 0)
                throw new FormatException($"differences.txt: {program} doesn't print '{difference[1]}' on Linux.");
            expected[place] = difference[2];
        }
        return expected;
    }

    /// <summary>The differences in the list's order: program, line on Linux, line here, reason.</summary>
    public static IReadOnlyList<string[]> Read(IEnumerable<string> lines)
    {
        string[] meant = lines.Where(line => line.Length != 0 && line[0] != '#').ToArray();
        List<string[]> differences = [];
        foreach (string[] group in meant.Chunk(s_keys.Length))
        {
            for (int i = 0; i < s_keys.Length; i++)
            {
                if (i >= group.Length || !group[i].StartsWith(s_keys[i], StringComparison.Ordinal) || group[i].Length == s_keys[i].Length)
                    throw new FormatException($"differences.txt: expected '{s_keys[i]}' behind '{group[Math.Max(0, i - 1)]}'.");
                group[i] = group[i][s_keys[i].Length..];
            }
            differences.Add(group);
        }
        return differences;
    }
}
