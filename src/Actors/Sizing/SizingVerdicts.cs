using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>What the caches of one kind decided about the messages of a sizing run.</summary>
public sealed class SizingVerdicts
{
    public required ReplayCacheSettings Cache { get; init; }

    /// <summary>First-time messages, by what was decided about their first arrival.</summary>
    public long Accepted { get; private set; }

    public long Stale { get; private set; }

    public long Tied { get; private set; }

    public long Future { get; private set; }

    /// <summary>Replays and redelivered copies accepted although their message had been accepted before.</summary>
    public long AcceptedTwice { get; private set; }

    public long Refused => Stale + Tied + Future;

    internal void CountFirst(ReplayVerdict verdict)
    {
        switch (verdict)
        {
            case ReplayVerdict.Accepted:
                Accepted++;
                break;
            case ReplayVerdict.Tie:
                Tied++;
                break;
            case ReplayVerdict.Future:
                Future++;
                break;
            default:
                Stale++;
                break;
        }
    }

    internal void CountTwice() => AcceptedTwice++;
}
