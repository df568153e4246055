using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What survives a crash or restart of the phone's machine, as flash memory does: replay cache, last timestamp sent, highest SQN, and whether the
/// user has the phone switched on. One owner at a time.
/// </summary>
public sealed class UeDurableState
{
    /// <summary>Null: made when the first protected message arrives.</summary>
    public IReplayCache? ReplayCache { get; set; }

    /// <summary>T of the last message; later ones are strictly higher (RFC 3830 section 5.2).</summary>
    public NtpTimestamp LastSent { get; set; } = NtpTimestamp.FromOrderKey(0);

    /// <summary>SQN_MS of AKA, 48 bits.</summary>
    public ulong SqnMs { get; set; }

    /// <summary>Secret behind the identifiers of messages that ask for reports (<see cref="ReportId"/>); null until the first one.</summary>
    public byte[]? ReportKey { get; set; }

    /// <summary>The user's wish: true between going online and going offline. A restarted phone goes online again.</summary>
    public bool WantsOnline { get; set; }

    /// <summary>The timestamp of the next message: the clock's, or the next one after the last where the clock has not moved or was set back.</summary>
    public NtpTimestamp NextTimestamp(DateTimeOffset utcNow)
    {
        var timestamp = NtpTimestamp.FromUtc(utcNow);
        LastSent = timestamp > LastSent ? timestamp : LastSent.Next();
        return LastSent;
    }

    /// <summary>
    /// What a restart does to the replay cache. A cache of a policy without a floor (window, none) knows no newest timestamp to refuse by: it is emptied. With
    /// the entries goes what was known of each sender, so that the one newest timestamp then holds for all of them.
    /// </summary>
    public void RestartReplayCache(ReplayRestart rule, ReplayCacheSettings settings, IRandomSource random)
    {
        if (rule == ReplayRestart.Restore || ReplayCache is null)
        {
            return;
        }

        var newest = rule == ReplayRestart.RejectOlder && ReplayCache is IFlooredReplayCache lost ? lost.NewestSeen : null;
        ReplayCache = ReplayCaches.Create(settings, random);
        if (newest is { } floor)
        {
            ((IFlooredReplayCache)ReplayCache).RaiseFloor(floor);
        }
    }
}
