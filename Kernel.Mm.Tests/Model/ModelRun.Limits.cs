using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Limits: what goes over one is refused, and nothing has changed then.</content>
internal sealed partial class ModelRun
{
    // Whether the step was to be refused by a limit, before anything is done.
    private bool _isOverLimit;

    /// <summary>Sets limits near to what the space has, often below.</summary>
    private void SetLimits(ModelSpace space, ref Dice dice)
    {
        PageCounts counts = space.Count();
        SpaceLimits limits = dice.OneIn(2) ? SpaceLimits.None : new SpaceLimits(
            PickLimit(counts.Mapped, ref dice),
            PickLimit(counts.Data, ref dice),
            PickStackLimit(space, ref dice),
            PickLimit(counts.Locked, ref dice));
        _hasSucceeded = true;
        _hasChanged = space.Limits != limits;
        space.Limits = limits;
        space.Real.Limits = limits;
        if (_log is not null)
            Log($"{space.Name}.Limits = new({limits.Mapped}, {limits.Data}, {limits.Stack}, {limits.Locked})");
    }

    private static ulong PickStackLimit(ModelSpace space, ref Dice dice)
    {
        int stack = space.Next(PickPage(ref dice), IsStack);
        return stack < 0 || dice.OneIn(3) ? dice.OneOf(SpaceLimits.None.Stack, 600ul, 20ul) : (ulong)(space.AreaEnd(stack) - space.AreaStart(stack) + dice.Roll(10));
    }

    private static ulong PickLimit(ulong used, ref Dice dice) => dice.Roll(6) switch
    {
        0 => used,
        1 => used / 2,
        2 => used + (ulong)dice.Roll(40),
        3 => used + (ulong)dice.Roll(2000),
        _ => ulong.MaxValue,
    };

    /// <summary>Whether more pages, in the place of others, would be over a limit.</summary>
    private bool IsOverLimit(ModelSpace space, ulong pages, VAreaFlags flags, Protection protection, PageCounts replaced = default)
    {
        if (space.Limits == SpaceLimits.None)
            return false;
        PageCounts before = space.Count();
        before = new PageCounts(before.Mapped - replaced.Mapped, before.Data - replaced.Data, before.Locked - replaced.Locked);
        _isOverLimit = before.Plus(pages, flags, protection).IsOver(space.Limits, before);
        return _isOverLimit;
    }

    /// <summary>Whether changed pages would be over a limit.</summary>
    private bool IsOverLimit(ModelSpace space, ulong newData, ulong newLocked)
    {
        if (space.Limits == SpaceLimits.None)
            return false;
        PageCounts before = space.Count();
        _isOverLimit = (before with { Data = before.Data + newData, Locked = before.Locked + newLocked }).IsOver(space.Limits, before);
        return _isOverLimit;
    }

    /// <summary>Compares what a refused step left with what there was.</summary>
    private void CheckRefused(bool tablesChanged, ulong freeBefore)
    {
        if (!_isOverLimit)
            return;
        if (_hasSucceeded || _hasChanged || tablesChanged || _machine.Frames.FreeFrames != freeBefore)
            throw new ModelMismatchException("refused by a limit, and something has changed");
        _statistics.Events.Count(TableEvent.LimitRefused);
    }
}
