using System;
using System.Linq;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Records of the caller for vareas: in use exactly as long as a varea is kept in them.</content>
internal sealed partial class ModelRun
{
    private const int Records = 8;

    private readonly VArea[] _records = [.. Enumerable.Range(0, Records).Select(static _ => new VArea())];

    // Which are in use.
    private readonly bool[] _wasInUse = new bool[Records];

    /// <summary>Mostly one that isn't in use.</summary>
    private VArea PickRecord(ref Dice dice)
    {
        int free = dice.OneIn(20) ? -1 : Array.FindIndex(_records, static record => record.Space is null);
        return _records[free >= 0 ? free : dice.Roll(Records)];
    }

    private void CompareRecords()
    {
        for (int i = 0; i < Records; i++)
        {
            VArea record = _records[i];
            bool isInUse = record.Space is not null;
            if (isInUse ? !IsKnown(record) : record.Object is not null || record.ObjectState is not null)
                throw new ModelMismatchException($"the caller's record {i} {(isInUse ? "was not given back" : "still refers to something")}");
            if (_wasInUse[i] && !isInUse)
                _statistics.Events.Count(TableEvent.RecordReturned);
            _wasInUse[i] = isInUse;
        }
    }

    private bool IsKnown(VArea record) =>
        _spaces.Find(space => space.Real == record.Space) is { } owner && owner.Pages[ModelSpace.PageOf(record.Start)].Storage == record;
}
