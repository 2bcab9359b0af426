using System;
using System.Runtime.CompilerServices;

namespace Kernel.Processes;

/// <summary>On whose behalf a process acts (credentials(7)).</summary>
internal struct Credentials
{
    /// <summary>How many supplementary groups there can be.</summary>
    public const int MaximumGroups = 32;

    public uint User, EffectiveUser, SavedUser, FileUser;

    public uint Group, EffectiveGroup, SavedGroup, FileGroup;

    private GroupList _groups;

    /// <summary>How many supplementary groups there are.</summary>
    public int GroupCount { get; private set; }

    /// <summary>Whether nothing is denied to it.</summary>
    public readonly bool IsPrivileged => EffectiveUser == 0;

    /// <summary>Whether it is in a group.</summary>
    public readonly bool IsIn(uint group)
    {
        if (group == FileGroup)
            return true;
        for (int index = 0; index < GroupCount; index++)
        {
            if (_groups[index] == group)
                return true;
        }
        return false;
    }

    /// <summary>A supplementary group.</summary>
    public readonly uint GroupAt(int index) => _groups[index];

    /// <summary>Sets the supplementary groups.</summary>
    /// <param name="groups">At most <see cref="MaximumGroups"/>.</param>
    public void SetGroups(ReadOnlySpan<uint> groups)
    {
        for (int index = 0; index < groups.Length; index++)
            _groups[index] = groups[index];
        GroupCount = groups.Length;
    }

    [InlineArray(MaximumGroups)]
    private struct GroupList
    {
        private uint _first;
    }
}
