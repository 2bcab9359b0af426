namespace Kernel.Monitor.Editing;

/// <summary>What a person at a terminal asks the line editor to do.</summary>
internal enum EditKey
{
    /// <summary>Nothing yet, or nothing that the editor knows.</summary>
    None = 0,

    /// <summary>Insert <see cref="KeyDecoder.Character"/>.</summary>
    Character,

    /// <summary>The line is finished.</summary>
    Enter,

    /// <summary>Remove the character before the cursor.</summary>
    Backspace,

    /// <summary>Remove the character at the cursor.</summary>
    Delete,

    /// <summary>One character back.</summary>
    Left,

    /// <summary>One character on.</summary>
    Right,

    /// <summary>The line that was entered before.</summary>
    Up,

    /// <summary>The line that was entered after.</summary>
    Down,

    /// <summary>To the start of the line.</summary>
    Home,

    /// <summary>To the end of the line.</summary>
    End,

    /// <summary>Complete the word before the cursor.</summary>
    Complete,

    /// <summary>Remove everything from the cursor on.</summary>
    KillToEnd,

    /// <summary>Remove everything before the cursor.</summary>
    KillToStart,

    /// <summary>Remove the word before the cursor.</summary>
    KillWord,

    /// <summary>Empty the screen but for the line.</summary>
    ClearScreen,

    /// <summary>Give the line up and start a new one.</summary>
    Abandon,
}
