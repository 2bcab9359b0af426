using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Files: written, read, made shorter and longer, and what that does to those who map them.</content>
internal sealed partial class ModelRun
{
    private const int Files = 3;

    private readonly ModelFile?[] _files = new ModelFile?[Files];

    private ModelFile FileIn(int slot)
    {
        if (_files[slot] is { } there)
            return there;
        int mostPages = slot == 0 ? 700 : 200;
        FileObject real = FileObject.Create(_machine.Manager)!;
        _names++;
        var file = new ModelFile(real, mostPages, _secondOffset, $"file{_names}");
        ulong size = (ulong)mostPages / 2 * Page.Size + 100;
        real.SetSize(size);
        file.SetSize(size);
        return _files[slot] = file;
    }

    private static bool ShowsFile(ModelSpace space) => space.Next(0, static (in ModelPage page) => page is { Object: ModelFile, IsBeyondEnd: false }) >= 0;

    /// <summary>Mostly a file that the space shows, which nobody else may refer to any more.</summary>
    /// <param name="space">The space.</param>
    /// <param name="offset">A byte in the file or behind its end: often in a page that the space shows, and next to a byte that the test looks at.</param>
    /// <param name="dice">Chooses.</param>
    private ModelFile PickFile(ModelSpace space, out ulong offset, ref Dice dice) => PickFile(space, out offset, out _, ref dice);

    private ModelFile PickFile(ModelSpace space, out ulong offset, out int shown, ref Dice dice)
    {
        shown = dice.OneIn(5) ? -1 : space.Next(PickPage(ref dice), static (in ModelPage page) => page is { Object: ModelFile, IsBeyondEnd: false });
        ModelFile file = shown >= 0 ? (ModelFile)space.Pages[shown].Object! : FileIn(dice.Roll(Files));
        long pages = (long)Page.CountFor(file.Size);
        long page = dice.OneOf(0, pages - 1, dice.Roll((int)pages + 1), dice.Roll(file.MostPages));
        if (shown >= 0 && !dice.OneIn(3))
            page = space.Pages[shown].Offset + dice.Roll(10);
        offset = (ulong)long.Clamp(page, 0, file.MostPages - 1) * Page.Size
            + dice.OneOf(0u, 0u, _secondOffset, _secondOffset + 1, (uint)dice.Roll((int)Page.Size));
        return file;
    }

    private void WriteFile(ModelSpace space, ref Dice dice)
    {
        ModelFile file = PickFile(space, out ulong offset, ref dice);
        int length = dice.OneOf(1, 1, 100, (int)Page.Size, (int)Page.Size, 3 * (int)Page.Size, dice.Roll(20) * (int)Page.Size + 1);
        length = int.Min(length, (int)((ulong)file.MostPages * Page.Size - offset));
        byte[] bytes = new byte[length];
        byte value = (byte)dice.Roll(256);
        Array.Fill(bytes, value);
        Status actual = file.Real.Write(offset, bytes, out int written);
        if (_log is not null)
            Log($"{file.Name}.Write({offset}, {length} x {value}) => {actual}, {written}");
        if (Agree(actual, Status.Success) && written != length)
            throw new ModelMismatchException($"{written} bytes written");
        if (written == 0)
            return;
        _hasChanged = true;
        ulong end = offset + (ulong)written;
        file.SetSize(ulong.Max(file.Size, end));
        file.Fill(offset, end, value);
        CompareSize(file);
    }

    private void ReadFile(ModelSpace space, ref Dice dice)
    {
        ModelFile file = PickFile(space, out ulong offset, ref dice);
        byte[] bytes = new byte[1 + dice.Roll(3 * (int)Page.Size)];
        int read = file.Real.Read(offset, bytes);
        if (_log is not null)
            Log($"{file.Name}.Read({offset}, {bytes.Length} bytes) => {read}");
        if ((ulong)read != (offset < file.Size ? ulong.Min((ulong)bytes.Length, file.Size - offset) : 0))
            throw new ModelMismatchException($"{read} bytes read of a file of {file.Size}");
        CompareRead(file, offset, bytes.AsSpan(0, read));
        _hasSucceeded = true;
    }

    private void CompareRead(ModelFile file, ulong offset, ReadOnlySpan<byte> bytes)
    {
        for (ulong page = offset / Page.Size; page * Page.Size < offset + (ulong)bytes.Length; page++)
            for (int i = 0; i < 2; i++)
            {
                ulong at = page * Page.Size + Offset(i == 1);
                if (at < offset || at >= offset + (ulong)bytes.Length)
                    continue;
                byte expected = file.Read((long)page).At(i == 1);
                if (bytes[(int)(at - offset)] != expected)
                    throw new ModelMismatchException($"{file.Name}: byte {at} is {bytes[(int)(at - offset)]} instead of {expected}");
            }
    }

    private static void CompareSize(ModelFile file)
    {
        if (file.Real.Size != file.Size)
            throw new ModelMismatchException($"{file.Name} has {file.Real.Size} bytes instead of {file.Size}");
    }

    private void SetFileSize(ModelSpace space, ref Dice dice)
    {
        ModelFile file = PickFile(space, out ulong size, out int shown, ref dice);
        if (dice.OneIn(12))
        {
            Allocate(file, size, ref dice);
            return;
        }
        // A short file soon is long again.
        if (dice.OneIn(Page.CountFor(file.Size) < (ulong)file.MostPages / 2 ? 2 : 8))
            size += ((ulong)file.MostPages - 1 - size / Page.Size) * Page.Size;
        else
            Touch(space, shown, ref dice);
        bool isShorter = size < file.Size;
        long first = (long)Page.CountFor(size);
        // The guests that this ends may have been the last who mapped it.
        file.Real.AddReference();
        if (isShorter)
            EndGuestsOf(file, first, long.MaxValue, takesPrivate: true);
        _statistics.Events.LookBeforeCut(_spaces);
        Status actual = file.Real.SetSize(size);
        if (_log is not null)
            Log($"{file.Name}.SetSize({size}) => {actual}");
        Agree(actual, Status.Success);
        _hasChanged |= size != file.Size;
        file.SetSize(size);
        if (isShorter)
            Take(file, first, long.MaxValue, takesPrivate: true);
        _statistics.Events.CountCut(_spaces, isShorter ? TableEvent.FileTruncatedWhileMapped : null);
        CompareSize(file);
        file.Real.Release();
    }

    /// <summary>Makes pages of a file present that it is about to lose, now and then in two spaces that share their table.</summary>
    private void Touch(ModelSpace space, int shown, ref Dice dice)
    {
        if (shown < 0 || dice.OneIn(3))
            return;
        Populate(space, ModelSpace.Range(shown, int.Min(1 + dice.Roll(20), ModelSpace.WindowPages - shown)));
        if (dice.OneIn(4) && !space.IsFrozen && _spaces.Count < MostSpaces)
            Fork(space);
    }

    private void Allocate(ModelFile file, ulong offset, ref Dice dice)
    {
        ulong bytes = ulong.Min(1 + (ulong)dice.Roll(5 * (int)Page.Size), (ulong)file.MostPages * Page.Size - offset);
        bool keepsSize = dice.OneIn(2);
        Status actual = file.Real.Allocate(offset, bytes, keepsSize);
        if (_log is not null)
            Log($"{file.Name}.Allocate({offset}, {bytes}, {keepsSize}) => {actual}");
        if (Agree(actual, Status.Success) && !keepsSize)
        {
            _hasChanged |= offset + bytes > file.Size;
            file.SetSize(ulong.Max(file.Size, offset + bytes));
        }
        CompareSize(file);
    }

    private void PunchHole(ModelSpace space, ref Dice dice)
    {
        if (dice.OneIn(3))
        {
            RemoveContent(space, ref dice);
            return;
        }
        ModelFile file = PickFile(space, out ulong start, out int shown, ref dice);
        Touch(space, shown, ref dice);
        ulong bytes = (ulong)dice.OneOf(0, 1, 5000, (int)Page.Size - (int)(start % Page.Size) + dice.Roll(20 * (int)Page.Size), 100 * (int)Page.Size);
        file.Real.AddReference();
        if (bytes != 0)
            EndGuestsOf(file, (long)Page.CountFor(start), (long)((start + bytes) / Page.Size), takesPrivate: false);
        _statistics.Events.LookBeforeCut(_spaces);
        Status actual = file.Real.PunchHole(start, bytes);
        if (_log is not null)
            Log($"{file.Name}.PunchHole({start}, {bytes}) => {actual}");
        if (Agree(actual, bytes == 0 ? Status.InvalidArgument : Status.Success))
            NoteHole(file, start, start + bytes);
        _statistics.Events.CountCut(_spaces, TableEvent.HolePunchedWhileMapped);
        CompareSize(file);
        file.Real.Release();
    }

    private void NoteHole(ModelFile file, ulong start, ulong end)
    {
        _hasChanged = true;
        file.Fill(start, end, 0);
        Take(file, (long)Page.CountFor(start), (long)(end / Page.Size), takesPrivate: false);
    }

    /// <summary>Makes holes in what a range of a space shows.</summary>
    private void RemoveContent(ModelSpace space, ref Dice dice)
    {
        int shown = Pick(space, ref dice, static (in ModelPage page) => page.Object is ModelFile && !page.IsPrivate);
        PageRange range = dice.OneIn(10) ? PickRange(space, ref dice)
            : ModelSpace.Range(shown, int.Min(PickLength(ref dice), ModelSpace.WindowPages - shown));
        int holes = 0;
        Status expected = IsImproper(range) ? Status.InvalidArgument : ExpectRemoveContent(space, range, out holes);
        ReadOnlySpan<ModelPage> taken = holes == 0 ? [] : space.In(range)[..holes].ToArray();
        foreach (ref readonly ModelPage page in taken)
            EndGuestsOf((ModelFile)page.Object!, page.Offset, page.Offset + 1, takesPrivate: false);
        // It may be one of the guests itself.
        if (!_spaces.Contains(space))
            return;
        _statistics.Events.LookBeforeCut(_spaces);
        Status actual = space.Real.RemoveContent(range);
        if (_log is not null)
            Log($"{space.Name}.RemoveContent({Show(range)}) => {actual}");
        Agree(actual, expected);
        foreach (ref readonly ModelPage page in taken)
            NoteHole((ModelFile)page.Object!, (ulong)page.Offset * Page.Size, (ulong)(page.Offset + 1) * Page.Size);
        _statistics.Events.CountCut(_spaces, TableEvent.HolePunchedWhileMapped);
    }

    /// <param name="space">Where.</param>
    /// <param name="range">Proper.</param>
    /// <param name="holes">How many pages become holes before one that can't.</param>
    private static Status ExpectRemoveContent(ModelSpace space, PageRange range, out int holes)
    {
        holes = 0;
        foreach (ref readonly ModelPage page in space.In(range))
        {
            if (!page.IsMapped)
                return Status.NotFound;
            if ((page.Flags & VAreaFlags.Locked) != 0 || page.Object is not ModelFile)
                return Status.InvalidArgument;
            if (page.IsPrivate || (page.MaximumProtection & Protection.Write) == 0)
                return Status.AccessDenied;
            holes++;
        }
        return Status.Success;
    }

    /// <summary>A file has lost pages: those who map it have too, and devices write to frames that nobody sees any more.</summary>
    private void Take(ModelFile file, long first, long end, bool takesPrivate)
    {
        foreach (ModelSpace space in _spaces)
            foreach (ref ModelPage page in space.Pages)
                if (takesPrivate && page.Object == file && page.Offset >= first)
                    page.Drop();
        for (int i = 0; i < _pins.Count; i++)
            if (_pins[i].Object == file && _pins[i].Offset >= first && _pins[i].Offset < end)
                _pins[i] = _pins[i] with { Object = null };
    }

    /// <summary>
    /// Ends the spaces that show pages which a file is about to lose through a frozen space: those that they have mapped already would
    /// stay, the others wouldn't, and the model doesn't know which these are.
    /// </summary>
    private void EndGuestsOf(ModelFile file, long first, long end, bool takesPrivate)
    {
        if (!_spaces.Exists(space => space.IsFrozen && space.Next(0, (in ModelPage page) => page.Object == file) >= 0))
            return;
        foreach (ModelSpace space in _spaces.ToArray())
            if (_spaces.Contains(space) && Shows(space, file, first, end, takesPrivate))
                ExitWithGuests(space);
        KeepOneAlive();
    }

    private static bool Shows(ModelSpace space, ModelFile file, long first, long end, bool takesPrivate)
    {
        foreach (ref readonly ModelPage page in space.Pages)
        {
            if (page is not { ShowsObject: true, Object: ModelFrozen frozen })
                continue;
            long shown = page.Offset;
            if (frozen.Follow(ref shown, out bool isOwn) == file && shown >= first && shown < end && (takesPrivate || !isOwn))
                return true;
        }
        return false;
    }

    private void ExitWithGuests(ModelSpace space)
    {
        foreach (ModelSpace guest in _spaces.ToArray())
            if (_spaces.Contains(guest) && guest != space && IsGuestOf(guest, space))
                ExitWithGuests(guest);
        Exit(space);
    }
}
