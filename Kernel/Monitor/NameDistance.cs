using System;

namespace Kernel.Monitor;

/// <summary>How many typing mistakes are between two words.</summary>
internal static class NameDistance
{
    private const int LongestWord = 32;

    /// <summary>
    /// Characters to insert, remove or replace, or neighbours to swap, to get from one word to the other (the optimal
    /// string alignment distance). Words that are too long are as far away as they can be.
    /// </summary>
    public static int Between(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length > LongestWord || right.Length > LongestWord)
            return int.MaxValue;
        Span<int> beforePrevious = stackalloc int[LongestWord + 1];
        Span<int> previous = stackalloc int[LongestWord + 1];
        Span<int> current = stackalloc int[LongestWord + 1];
        for (int column = 0; column <= right.Length; column++)
            previous[column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int replaced = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                int distance = Math.Min(replaced, Math.Min(previous[column], current[column - 1]) + 1);
                bool swapped = row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
                if (swapped)
                    distance = Math.Min(distance, beforePrevious[column - 2] + 1);
                current[column] = distance;
            }
            Span<int> free = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = free;
        }
        return previous[right.Length];
    }
}
