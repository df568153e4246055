namespace UeFarm.Protocol.Replay;

/// <summary>Makes replay caches.</summary>
public static class ReplayCaches
{
    /// <summary>An empty cache with the policy of the settings.</summary>
    /// <param name="settings">How to make it.</param>
    /// <param name="random">For the key of a table of senders; other policies take nothing from it.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static IReplayCache Create(ReplayCacheSettings settings, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        return settings.Policy switch
        {
            ReplayPolicy.Modified => new ModifiedReplayCache(settings),
            ReplayPolicy.PerSender => new PerSenderReplayCache(settings, random),
            ReplayPolicy.Window => new WindowReplayCache(settings),
            ReplayPolicy.None => NoReplayCache.Instance,
            _ => throw new ArgumentException("Not a policy.", nameof(settings)),
        };
    }
}
