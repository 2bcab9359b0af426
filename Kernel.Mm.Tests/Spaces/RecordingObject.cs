using System;
using System.Collections.Generic;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>A memory object that plays a file: it writes down every handler's call, and refuses or delays what a test wants.</summary>
internal sealed class RecordingObject : MemoryObject
{
    private readonly SharedAnonymousObject _pages;

    /// <summary>Page <c>n</c> is full of <c>n + 1</c>.</summary>
    public RecordingObject(MemoryManager manager, ulong pages)
    {
        _pages = SharedAnonymousObject.Create(manager, pages)!;
        Span<byte> content = stackalloc byte[(int)Page.Size];
        for (ulong page = 0; page < ulong.Min(pages, 32); page++)
        {
            content.Fill((byte)(page + 1));
            Assert.Equal(Status.Success, _pages.WritePage(null!, page, 0, content));
        }
    }

    /// <summary>Calls so far, "open 3" and the like; sizes in pages.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Vareas that use it now.</summary>
    public int Users { get; private set; }

    /// <summary>The handler that refuses: "open", "expand", "shrink", "split"; null if none.</summary>
    public string? Refusing { get; set; }

    /// <summary>How many calls of the refusing handler succeed before.</summary>
    public int RefusesAfter { get; set; }

    /// <summary>What it says then.</summary>
    public Status Refusal { get; set; } = Status.AccessDenied;

    /// <summary>Answers to the next faults, before pages are given.</summary>
    public Queue<PageAnswer> Answers { get; } = new();

    /// <summary>Whether faults had I/O.</summary>
    public bool HasInputOutput { get; set; }

    /// <summary>Runs inside the next fault, as if another thread did.</summary>
    public Action? DuringFault { get; set; }

    /// <summary>Runs inside the next close, as if another thread did.</summary>
    public Action? DuringClose { get; set; }

    /// <summary>Whether bytes can be read without a mapping.</summary>
    public bool CanBeRead { get; set; } = true;

    /// <summary>Where it wants to be mapped; zero for no wish.</summary>
    public VirtualAddress Wish { get; set; }

    /// <summary>What <see cref="CanRefetch"/> says.</summary>
    public bool Refetches { get; set; } = true;

    public override MemoryObjectKind Kind => MemoryObjectKind.File;

    public override bool CanRefetch => Refetches;

    public override ReadOnlySpan<byte> NameFor(VArea area) => "recorded"u8;

    /// <summary>Gives its pages back.</summary>
    public void Release()
    {
        Assert.Equal(0, Users);
        _pages.Release();
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Clear() => Events.Clear();

    /// <summary>The calls so far.</summary>
    public string Calls => string.Join(", ", Events);

    public override void PlaceHint(ref MapRequest request)
    {
        Events.Add("place");
        if (Wish.Value != 0 && request.Address.Value == 0)
            request.Address = Wish;
    }

    public override Status OnOpen(VArea area)
    {
        Status status = Answer("open", area.Pages);
        Users += status == Status.Success ? 1 : 0;
        return status;
    }

    public override void OnClose(VArea area)
    {
        Events.Add($"close {area.Pages}");
        Users--;
        Action? during = DuringClose;
        DuringClose = null;
        during?.Invoke();
    }

    public override Status OnExpand(VArea area, ulong pages, bool atStart) => Answer(atStart ? "expand start" : "expand", pages);

    public override Status OnShrink(VArea area, ulong pages, bool atStart) => Answer(atStart ? "shrink start" : "shrink", pages);

    public override Status OnSplit(VArea area, VArea tail)
    {
        Status status = Answer("split", tail.Pages);
        Users += status == Status.Success ? 1 : 0;
        return status;
    }

    public override void OnMerge(VArea area, VArea tail)
    {
        Events.Add($"merge {tail.Pages}");
        Users--;
    }

    public override PageAnswer OnPageFault(ref PageRequest request)
    {
        Events.Add($"fault {request.Page}{(request.ForWrite ? " write" : "")}");
        Action? during = DuringFault;
        DuringFault = null;
        during?.Invoke();
        request.HadInputOutput = HasInputOutput;
        return Answers.TryDequeue(out PageAnswer answer) && answer != PageAnswer.Frame ? answer : _pages.OnPageFault(ref request);
    }

    public override Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination)
    {
        Events.Add($"read {page}");
        return CanBeRead ? _pages.ReadPage(area, page, offset, destination) : base.ReadPage(area, page, offset, destination);
    }

    private Status Answer(string handler, ulong pages)
    {
        Events.Add($"{handler} {pages}");
        return Refusing is not null && handler.StartsWith(Refusing, StringComparison.Ordinal) && RefusesAfter-- <= 0 ? Refusal : Status.Success;
    }
}
