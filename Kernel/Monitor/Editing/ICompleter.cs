using System;

namespace Kernel.Monitor.Editing;

/// <summary>Knows how a line may go on.</summary>
internal interface ICompleter
{
    /// <summary>Offers every word that may stand where the last word of <paramref name="line"/> stands.</summary>
    /// <param name="line">The line up to the cursor; its last word, possibly empty, is what is completed.</param>
    /// <param name="candidates">Takes the offers and leaves out those that don't start with the last word.</param>
    void Complete(ReadOnlySpan<byte> line, CompletionSet candidates);
}
