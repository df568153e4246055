using System.Diagnostics;

namespace UeFarm.Actors.Stores;

/// <summary>Waits that double with every failure in a row.</summary>
internal sealed class StoreBackOff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _wait;
    private long _failedAt;
    private bool _hasFailed;

    /// <summary>Zero: it may be tried (again).</summary>
    public TimeSpan Remaining
    {
        get
        {
            var passed = Stopwatch.GetElapsedTime(_failedAt);
            return _hasFailed && passed < _wait ? _wait - passed : TimeSpan.Zero;
        }
    }

    public void Fail()
    {
        _wait = !_hasFailed ? first : _wait * 2 < longest ? _wait * 2 : longest;
        _hasFailed = true;
        _failedAt = Stopwatch.GetTimestamp();
    }

    public void Reset() => _hasFailed = false;
}
