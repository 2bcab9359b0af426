using System;
using System.Collections.Generic;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Reading, writing and executing: by user mode, by the kernel, by devices.</content>
internal sealed partial class ModelRun
{
    private void ReadByUser(ModelSpace space, ref Dice dice)
    {
        (bool isSecond, bool isUser) = (dice.OneIn(2), !dice.OneIn(8));
        int page = PickAccessed(space, ref dice, isUser ? IsReadableByUser : IsAccessible);
        FaultResult expected = ExpectAccess(space, page, isUser ? FaultAccess.User : FaultAccess.Read);
        byte value = 0;
        FaultResult actual = _machine.Load(space.Real).Read(AddressOf(page, isSecond), new Span<byte>(ref value), isUser);
        _machine.Unload(space.Real);
        if (_log is not null)
            Log($"{space.Name}.{(isUser ? "" : "kernel.")}Read({Show(page)}, {Offset(isSecond)}) => {actual}, {value}");
        if (!Agree(actual, expected))
            return;
        NoteRead(space, page, isSecond, value);
        if (space.Pages[page].Object is ModelDevice device && space.Real.Translate(ModelSpace.At(page)).Physical is var physical
            && physical != device.Start + (ulong)space.Pages[page].Offset * Page.Size)
            throw new ModelMismatchException($"the device is mapped wrongly, at {physical}");
    }

    private void WriteByUser(ModelSpace space, ref Dice dice)
    {
        (bool isSecond, bool isUser) = (dice.OneIn(2), !dice.OneIn(8));
        int page = PickAccessed(space, ref dice, isUser ? IsWritableByUser : IsWritable);
        byte value = (byte)dice.Roll(256);
        FaultResult expected = ExpectAccess(space, page, FaultAccess.Write | (isUser ? FaultAccess.User : FaultAccess.Read));
        FaultResult actual = _machine.Load(space.Real).Write(AddressOf(page, isSecond), [value], isUser);
        _machine.Unload(space.Real);
        if (_log is not null)
            Log($"{space.Name}.{(isUser ? "" : "kernel.")}Write({Show(page)}, {Offset(isSecond)}, {value}) => {actual}");
        if (Agree(actual, expected))
            NoteWritten(space, page, isSecond, value);
    }

    private void Execute(ModelSpace space, ref Dice dice)
    {
        int page = PickAccessed(space, ref dice, IsExecutable);
        bool isUser = !dice.OneIn(8);
        FaultResult expected = ExpectAccess(space, page, FaultAccess.Execute | (isUser ? FaultAccess.User : FaultAccess.Read));
        FaultResult actual = _machine.Load(space.Real).Execute(ModelSpace.At(page), isUser);
        _machine.Unload(space.Real);
        if (_log is not null)
            Log($"{space.Name}.{(isUser ? "" : "kernel.")}Execute({Show(page)}) => {actual}");
        Agree(actual, expected);
    }

    private void ReadByKernel(ModelSpace space, ref Dice dice)
    {
        int page = PickAccessed(space, ref dice, IsAccessible);
        int pages = int.Min(1 + dice.Roll(3), ModelSpace.WindowPages - page);
        byte[] bytes = new byte[pages * (int)Page.Size];
        Status expected = Status.Success;
        int read = 0;
        while (read < pages && expected == Status.Success)
            expected = ExpectRead(space.Pages[page + read++]);
        Status actual = space.Real.Read(ModelSpace.At(page), bytes);
        if (_log is not null)
            Log($"{space.Name}.Read({Show(page)}, {pages} pages) => {actual}");
        if (!Agree(actual, expected))
            return;
        for (int i = 0; i < pages; i++)
        {
            NoteRead(space, page + i, false, bytes[i * (int)Page.Size]);
            NoteRead(space, page + i, true, bytes[i * (int)Page.Size + (int)_secondOffset]);
        }
    }

    private static Status ExpectRead(in ModelPage page) =>
        !page.IsMapped ? Status.BadAddress
        : !page.IsAccessible ? Status.AccessDenied
        : page.Object is ModelDevice ? Status.NotSupported
        : page.IsBeyondEnd ? Status.BeyondEnd
        : Status.Success;

    /// <summary>Writes a byte, or from one page's second byte to the next page's first.</summary>
    private void WriteByKernel(ModelSpace space, ref Dice dice)
    {
        int page = PickAccessed(space, ref dice, IsWritable);
        WriteByKernel(space, page, ref dice);
    }

    private void WriteByKernel(ModelSpace space, int page, ref Dice dice)
    {
        bool isSecond = dice.OneIn(2);
        bool crosses = isSecond && dice.OneIn(3) && page + 1 < ModelSpace.WindowPages;
        byte value = (byte)dice.Roll(256);
        byte[] bytes = new byte[crosses ? (int)(Page.Size - _secondOffset) + 1 : 1];
        Array.Fill(bytes, value);
        Status expected = ExpectTouch(space, page, FaultAccess.Write);
        bool first = expected == Status.Success;
        if (crosses && first)
            expected = ExpectTouch(space, page + 1, FaultAccess.Write);
        Status actual = space.Real.Write(AddressOf(page, isSecond), bytes);
        if (_log is not null)
            Log($"{space.Name}.Write({Show(page)}, {Offset(isSecond)}, {bytes.Length} x {value}) => {actual}");
        bool agrees = Agree(actual, expected);
        byte written = 0;
        bool isFirstDone = agrees || (crosses && first
            && (!_wasOutOfMemory || (space.Real.Read(AddressOf(page, isSecond), new Span<byte>(ref written)) == Status.Success && written == value)));
        if (isFirstDone)
            NoteWritten(space, page, isSecond, value);
        if (agrees && crosses)
            NoteWritten(space, page + 1, false, value);
    }

    private Status ExpectTouch(ModelSpace space, int page, FaultAccess access)
    {
        Status status = ExpectAccess(space, page, access) switch
        {
            FaultResult.Resolved => Status.Success,
            FaultResult.NotAllowed => Status.AccessDenied,
            FaultResult.BusError => Status.BeyondEnd,
            _ => Status.BadAddress,
        };
        return status == Status.Success && space.Pages[page].Object is ModelDevice ? Status.NotSupported : status;
    }

    private VirtualAddress AddressOf(int page, bool isSecond) => ModelSpace.At(page) + Offset(isSecond);

    private uint Offset(bool isSecond) => isSecond ? _secondOffset : 0;

    /// <summary>A page that mostly is as wanted, sometimes just below a varea.</summary>
    private static int PickAccessed(ModelSpace space, ref Dice dice, PageTest test)
    {
        if (dice.OneIn(15) && space.Next(PickPage(ref dice), IsStack) is var stack && stack >= 0)
            return int.Max(space.AreaStart(stack) - 1 - dice.Roll(30), 0);
        int page = Pick(space, ref dice, test);
        return dice.OneIn(30) ? int.Max(space.AreaStart(page) - 1 - dice.Roll(4), 0) : page;
    }

    private bool Agree(FaultResult actual, FaultResult expected)
    {
        _wasOutOfMemory = actual == FaultResult.OutOfMemory;
        if (actual != expected && !(_wasOutOfMemory && MayBeRefused))
            throw new ModelMismatchException($"{actual} instead of {expected}");
        _hasSucceeded = actual == FaultResult.Resolved;
        return _hasSucceeded;
    }

    /// <summary>What becomes of an access; a stack may have grown then.</summary>
    private FaultResult ExpectAccess(ModelSpace space, int page, FaultAccess access)
    {
        if (!space.Pages[page].IsMapped && !GrowStack(space, page))
            return FaultResult.NotMapped;
        ref readonly ModelPage found = ref space.Pages[page];
        Protection needed = ((access & FaultAccess.Write) != 0 ? Protection.Write : Protection.None)
            | ((access & FaultAccess.User) != 0 ? Protection.User : Protection.None)
            | ((access & FaultAccess.Execute) != 0 ? Protection.Execute : Protection.None);
        if (!found.IsAccessible || (needed & ~found.Protection) != 0 || (space.IsFrozen && (needed & Protection.Write) != 0))
            return FaultResult.NotAllowed;
        return found.IsBeyondEnd ? FaultResult.BusError : FaultResult.Resolved;
    }

    private bool GrowStack(ModelSpace space, int page)
    {
        int start = page;
        while (start < ModelSpace.WindowPages && !space.Pages[start].IsMapped)
            start++;
        if (space.IsFrozen || start == ModelSpace.WindowPages || (space.Pages[start].Flags & VAreaFlags.GrowsDown) == 0)
            return false;
        ModelPage stack = space.Pages[start];
        int pages = start - page;
        if (!space.IsFree(page - (int)AddressSpace.StackGuardPages, (int)AddressSpace.StackGuardPages)
            || (!stack.IsAnonymous && stack.Offset < pages) || stack.Object is ModelFrozen)
            return false;
        bool isOver = (ulong)(space.AreaEnd(start) - page) > space.Limits.Stack || IsOverLimit(space, (ulong)pages, stack.Flags, stack.Protection);
        // The step may have done something before.
        _isOverLimit = false;
        if (isOver)
        {
            _statistics.Events.Count(TableEvent.StackRefused);
            return false;
        }
        for (int i = start - 1; i >= page; i--)
        {
            space.Pages[i] = stack;
            space.Pages[i].Drop();
            space.Pages[i].Offset -= stack.IsAnonymous ? 0 : start - i;
        }
        _hasChanged = true;
        return true;
    }

    private static void NoteRead(ModelSpace space, int page, bool isSecond, byte value)
    {
        ref ModelPage read = ref space.Pages[page];
        byte expected = read.Content.At(isSecond);
        if (value == expected)
            return;
        if (!read.MayBeZero || value != 0)
            throw new ModelMismatchException($"{space.Name}: page {page} reads {value} instead of {expected}");
        read.Own = default;
    }

    private void NoteWritten(ModelSpace space, int page, bool isSecond, byte value)
    {
        _hasChanged = true;
        ref ModelPage written = ref space.Pages[page];
        if (!written.IsPrivate)
        {
            written.Object!.Write(written.Offset, isSecond, value);
            return;
        }
        written.MakeOwn();
        written.Own = written.Own.With(isSecond, value);
        Settle(space, page);
    }

    /// <summary>Finds out whether a page that was freed lazily, and stays from now on, has become zero.</summary>
    private void Settle(ModelSpace space, int page)
    {
        ref ModelPage settled = ref space.Pages[page];
        byte first = 0, second = 0;
        if (!settled.MayBeZero || space.Real.Read(AddressOf(page, false), new Span<byte>(ref first)) != Status.Success
            || space.Real.Read(AddressOf(page, true), new Span<byte>(ref second)) != Status.Success)
            return;
        if ((first != settled.Own.First && first != 0) || (second != settled.Own.Second && second != 0))
            throw new ModelMismatchException($"{space.Name}: page {page} reads {first}, {second} after it was freed lazily");
        settled.Own = new Content(first, second);
        settled.MayBeZero = false;
    }

    /// <summary>Compares all pages of a space with the model's, without a fault.</summary>
    private void Compare(ModelSpace space)
    {
        if (_log is not null)
            Log($"// compare {space.Name}");
        for (int page = 0; page < ModelSpace.WindowPages; page++)
        {
            if (!space.Pages[page].IsMapped)
                continue;
            Compare(space, page, false);
            Compare(space, page, true);
        }
        _hasSucceeded = true;
    }

    private void Compare(ModelSpace space, int page, bool isSecond)
    {
        byte value = 0;
        Status expected = ExpectRead(space.Pages[page]);
        Status actual = space.Real.Read(AddressOf(page, isSecond), new Span<byte>(ref value));
        if (actual == Status.Success && actual == expected)
            NoteRead(space, page, isSecond, value);
        else if (actual != expected && !(actual == Status.OutOfMemory && MayBeRefused))
            throw new ModelMismatchException($"{space.Name}: reading page {page} gives {actual} instead of {expected}");
    }

    private void Pin(ModelSpace space, ref Dice dice)
    {
        int page = PickAccessed(space, ref dice, IsWritable);
        bool forWrite = !dice.OneIn(3);
        Status expected = ExpectTouch(space, page, forWrite ? FaultAccess.Write : FaultAccess.Read);
        Status actual = space.Real.Pin(ModelSpace.At(page), forWrite, out FrameNumber frame);
        if (_log is not null)
            Log($"{space.Name}.Pin({Show(page)}, {forWrite}) => {actual}");
        if (!Agree(actual, expected))
            return;
        _hasChanged = true;
        ref ModelPage pinned = ref space.Pages[page];
        var pin = new ModelPin(space, frame, ++_names, forWrite && !pinned.IsPrivate ? pinned.Object : null, pinned.Offset, forWrite);
        _pins.Add(pin);
        // A frozen space's page isn't replaced: nobody writes to it.
        if (!pinned.IsPrivate || space.IsFrozen)
            return;
        pinned.MakeOwn();
        Settle(space, page);
        if (pinned.Pin == 0)
            pinned.Pin = pin.Id;
        else
            _pins[^1] = pin with { Id = pinned.Pin };
    }

    private void Unpin(ModelSpace space, ref Dice dice)
    {
        if (_pins.Count == 0)
        {
            Pin(space, ref dice);
            return;
        }
        ModelPin pin = _pins[dice.Roll(_pins.Count)];
        if (_log is not null)
            Log($"{pin.Space.Name}.Unpin(frame of pin {pin.Id})");
        Unpin(pin);
        _hasSucceeded = true;
    }

    private void Unpin(ModelPin pin)
    {
        pin.Space.Real.Unpin(pin.Frame);
        _pins.Remove(pin);
        _hasChanged = true;
        if (!_pins.Exists(other => other.Id == pin.Id))
            foreach (ref ModelPage page in pin.Space.Pages)
                if (page.Pin == pin.Id)
                    page.Pin = 0;
    }

    /// <summary>A device writes to a frame that is pinned for it: whoever has the page sees it.</summary>
    private void WriteByDevice(ModelSpace space, ref Dice dice)
    {
        List<ModelPin> writable = _pins.FindAll(static pin => pin.ForWrite);
        if (writable.Count == 0)
        {
            Pin(space, ref dice);
            return;
        }
        ModelPin pin = writable[dice.Roll(writable.Count)];
        bool isSecond = dice.OneIn(2);
        byte value = (byte)dice.Roll(256);
        SimulatedMemory.Write(pin.Frame.Address + Offset(isSecond), [value]);
        if (_log is not null)
            Log($"// the device of pin {pin.Id} of {pin.Space.Name} writes {value}");
        _hasSucceeded = true;
        _hasChanged = true;
        pin.Object?.Write(pin.Offset, isSecond, value);
        if (pin.Object is not null)
            return;
        foreach (ref ModelPage page in pin.Space.Pages)
            if (page.Pin == pin.Id)
                page.Own = page.Own.With(isSecond, value);
    }

    /// <summary>A frame that a device uses.</summary>
    /// <param name="Space">Through which it was pinned.</param>
    /// <param name="Frame">The frame.</param>
    /// <param name="Id">That of a private page's <see cref="ModelPage.Pin"/>.</param>
    /// <param name="Object">The object whose page it is, if it is no private one and the device writes.</param>
    /// <param name="Offset">Page of the object.</param>
    /// <param name="ForWrite">Whether the device writes.</param>
    private sealed record ModelPin(ModelSpace Space, FrameNumber Frame, int Id, ModelObject? Object, long Offset, bool ForWrite);
}
