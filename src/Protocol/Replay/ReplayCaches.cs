namespace UeFarm.Protocol.Replay;

/// <summary>Makes replay caches.</summary>
public static class ReplayCaches
{
    /// <summary>An empty cache with the policy of the settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static IReplayCache Create(ReplayCacheSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Policy switch
        {
            ReplayPolicy.Modified => new ModifiedReplayCache(settings),
            ReplayPolicy.Window => new WindowReplayCache(settings),
            ReplayPolicy.None => NoReplayCache.Instance,
            _ => throw new ArgumentException("Not a policy.", nameof(settings)),
        };
    }
}
