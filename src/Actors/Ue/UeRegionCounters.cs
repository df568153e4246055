namespace UeFarm.Actors.Ue;

/// <summary>Counts of a region since its start; thread-safe.</summary>
public sealed class UeRegionCounters
{
    private long _phonesCreated;
    private long _restarts;
    private long _unknownTargets;
    private long _absentTargets;
    private long _unknownResponses;
    private long _overloaded;
    private long _undeliverable;
    private long _evictions;

    /// <summary>Phones that exist.</summary>
    public long PhonesCreated => Interlocked.Read(ref _phonesCreated);

    /// <summary>Phones restarted after a fault of ours or a <see cref="UeCommands.Crash"/>.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    /// <summary>Requests for a phone that does not exist; answered 404.</summary>
    public long UnknownTargets => Interlocked.Read(ref _unknownTargets);

    /// <summary>Requests for a phone that is not in this process now; answered 480.</summary>
    public long AbsentTargets => Interlocked.Read(ref _absentTargets);

    /// <summary>Responses to nothing that was sent here.</summary>
    public long UnknownResponses => Interlocked.Read(ref _unknownResponses);

    /// <summary>Requests answered 503 because too many were waiting.</summary>
    public long Overloaded => Interlocked.Read(ref _overloaded);

    /// <summary>Messages that the transport did not take.</summary>
    public long Undeliverable => Interlocked.Read(ref _undeliverable);

    /// <summary>Entries that replay caches deleted to make room, or because they left the window.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    internal void CountPhone() => Interlocked.Increment(ref _phonesCreated);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountUnknownTarget() => Interlocked.Increment(ref _unknownTargets);

    internal void CountAbsentTarget() => Interlocked.Increment(ref _absentTargets);

    internal void CountUnknownResponse() => Interlocked.Increment(ref _unknownResponses);

    internal void CountOverloaded() => Interlocked.Increment(ref _overloaded);

    internal void CountUndeliverable() => Interlocked.Increment(ref _undeliverable);

    internal void AddEvictions(long count) => Interlocked.Add(ref _evictions, count);
}
