namespace UeFarm.Actors.Cluster;

/// <summary>
/// Whether the database answers: told of each time that it is asked something small, and of each answer. A question that is repeated until there is an answer counts as one.
/// Not thread-safe.
/// </summary>
internal sealed class DatabaseWatch(TimeProvider time)
{
    /// <summary>Longer than a busy database, or a busy machine, takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private long _askedAt;

    /// <summary>No other question until this one is answered.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>There has been no answer for too long.</summary>
    public bool IsSilent { get; private set; }

    public void Ask() => (IsAsked, _askedAt) = (true, time.GetTimestamp());

    /// <summary>Time passes. True: it has been for too long just now.</summary>
    public bool HasFallenSilent()
    {
        var wasSilent = IsSilent;
        IsSilent = IsAsked && time.GetElapsedTime(_askedAt) > Patience;
        return IsSilent && !wasSilent;
    }

    /// <summary>There is an answer. How long it took, if that was too long; else zero.</summary>
    public TimeSpan Answer()
    {
        var took = time.GetElapsedTime(_askedAt);
        (IsAsked, IsSilent) = (false, false);
        return took > Patience ? took : TimeSpan.Zero;
    }
}
