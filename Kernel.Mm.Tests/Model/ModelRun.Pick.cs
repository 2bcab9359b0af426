using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Where and how: from the dice, and from what is mapped.</content>
internal sealed partial class ModelRun
{
    private const Protection AllProtections = Protection.Read | Protection.Write | Protection.Execute | Protection.User;

    private static int PickPage(ref Dice dice)
    {
        int offset = dice.OneOf(0, 0, 1, 2, 100, 255, 256, 510, 511, dice.Roll(ModelSpace.BlockPages));
        return dice.Roll(ModelSpace.WindowBlocks) * ModelSpace.BlockPages + offset;
    }

    /// <summary>A page that is as wanted, if there is one, but for a few.</summary>
    private static int Pick(ModelSpace space, ref Dice dice, PageTest test)
    {
        int page = PickPage(ref dice);
        int found = dice.OneIn(12) ? -1 : space.Next(page, test);
        return found >= 0 ? found : dice.OneIn(4) ? page : int.Max(space.NextMapped(page), 0);
    }

    private static bool IsMapped(in ModelPage page) => page.IsMapped;

    private static bool IsStack(in ModelPage page) => (page.Flags & VAreaFlags.GrowsDown) != 0;

    private static bool IsWritten(in ModelPage page) => page.Own != default;

    private static bool IsWritable(in ModelPage page) => page.IsWritable && !page.IsBeyondEnd;

    private static bool IsWritableByUser(in ModelPage page) => IsWritable(page) && page.IsUser;

    private static bool IsExecutable(in ModelPage page) => (page.Protection & Protection.Execute) != 0;

    private static bool IsAccessible(in ModelPage page) => page.IsAccessible && !page.IsBeyondEnd;

    private static bool IsReadableByUser(in ModelPage page) => IsAccessible(page) && page.IsUser;

    private static int PickLength(ref Dice dice) => dice.OneOf(1, 1, 2, 3, 8, 40, 130, 300, 512, 512, 600, 1024);

    /// <summary>A range that mostly is mapped throughout, often of whole blocks or a whole varea.</summary>
    private static PageRange PickRange(ModelSpace space, ref Dice dice)
    {
        int first = Pick(space, ref dice, dice.OneIn(2) ? IsWritten : IsMapped);
        if (dice.OneIn(100))
            return PickImproper(first, ref dice);
        int end;
        if (dice.OneIn(4))
        {
            first -= first % ModelSpace.BlockPages;
            end = first + dice.OneOf(1, 1, 2) * ModelSpace.BlockPages;
        }
        else if (dice.OneIn(8))
        {
            first = space.AreaStart(first);
            end = space.AreaEnd(first);
        }
        else
        {
            end = first + PickLength(ref dice);
        }
        end = int.Min(end, ModelSpace.WindowPages);
        if (!dice.OneIn(10) && space.NextMapped(first) is var mapped && mapped >= first && mapped < end)
        {
            first = mapped;
            end = int.Min(end, space.MappedEnd(first));
        }
        return ModelSpace.Range(first, end - first);
    }

    private static PageRange PickImproper(int page, ref Dice dice) => dice.Roll(4) switch
    {
        0 => new PageRange(ModelSpace.At(page) + 1, 1),
        1 => ModelSpace.Range(page, 0),
        2 => ModelSpace.Range(page, ModelSpace.WindowPages),
        _ => new PageRange(ModelSpace.At(page), ulong.MaxValue >> Page.Shift),
    };

    private static Protection PickProtection(ref Dice dice) => dice.OneOf(
        TestMachine.ReadWrite,
        TestMachine.ReadWrite,
        TestMachine.ReadWrite,
        TestMachine.ReadWrite,
        TestMachine.ReadOnly,
        TestMachine.ReadOnly,
        Protection.None,
        AllProtections,
        Protection.Execute | Protection.User,
        Protection.Write | Protection.User,
        Protection.Read | Protection.Write,
        (Protection)dice.Roll((int)AllProtections + 1));
}
