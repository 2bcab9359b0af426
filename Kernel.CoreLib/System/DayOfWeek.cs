namespace System;

/// <summary>A day of the week.</summary>
public enum DayOfWeek
{
    /// <summary>The first day.</summary>
    Sunday,

    /// <summary>The second day.</summary>
    Monday,

    /// <summary>The third day.</summary>
    Tuesday,

    /// <summary>The fourth day.</summary>
    Wednesday,

    /// <summary>The fifth day.</summary>
    Thursday,

    /// <summary>The sixth day.</summary>
    Friday,

    /// <summary>The seventh day.</summary>
    Saturday,
}
