namespace UeFarm.Farm.Live;

/// <summary>Who looks at a live page: whether one is open, and whether the end of the run has come to it. Safe from any thread.</summary>
internal sealed class LiveAudience(TimeProvider time)
{
    /// <summary>A page asks once a second, and waits that long for an answer: one that asked within this time is open.</summary>
    private static readonly TimeSpan OpenPage = TimeSpan.FromSeconds(5);

    /// <summary>In this time every page that is open has asked, if nothing holds it up.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private long? _askedAt;
    private long? _endToldAt;

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return IsWithin(_askedAt, OpenPage);
            }
        }
    }

    private bool HasHeard
    {
        get
        {
            lock (_gate)
            {
                return _endToldAt is not null && !IsWithin(_endToldAt, Round);
            }
        }
    }

    /// <summary>A page asks.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            _askedAt = time.GetTimestamp();
        }
    }

    /// <summary>A page is told this.</summary>
    public LiveDocument Tell(LiveDocument document)
    {
        lock (_gate)
        {
            _endToldAt = document.IsFinal ? _endToldAt ?? time.GetTimestamp() : null;
        }

        return document;
    }

    /// <summary>
    /// The end is known and will be told to whoever asks: comes back when open pages have heard it, at once without any, and when none has asked for as long as a page
    /// waits.
    /// </summary>
    public async Task SayFarewellAsync()
    {
        var began = time.GetTimestamp();
        while (IsOpen && !HasHeard && time.GetElapsedTime(began) < OpenPage)
        {
            await Task.Delay(Step, time).ConfigureAwait(false);
        }
    }

    private bool IsWithin(long? moment, TimeSpan length) => moment is { } since && time.GetElapsedTime(since) < length;
}
