namespace UeFarm.Actors.Sizing;

/// <summary>How a message stands; all but the first are final.</summary>
internal enum SizingMessageState : byte
{
    UnderWay,
    Accepted,
    Stale,
    Tied,
    Future,
    Expired,
    NotSent,
    RefusedByServer,
}
