using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Takes the moments of a run while its books are kept, by the time of the facts: whoever reads the journal comes to the same ones. Only what the application server
/// holds is not in the journal: it is as the server says, and where nobody has heard it then, as answers and receipts tell it. One thread takes, any may read.
/// </summary>
/// <param name="settings">Of the run.</param>
/// <param name="recorder">Keeps the books.</param>
/// <param name="began">When the run was submitted.</param>
/// <param name="start">When its first phase begins.</param>
/// <param name="stored">Messages in the application server now, for a moment; null: nobody has heard it then.</param>
internal sealed class ClusterCourse(FarmRunSettings settings, RunRecorder recorder, Instant began, Instant start, Func<Instant, long?> stored)
{
    private readonly TimeSpan _interval = RunSampling.IntervalOf(settings.Phases.Aggregate(TimeSpan.Zero, static (sum, phase) => sum + phase.Duration));
    private readonly List<ClusterMoment> _moments = [];
    private readonly Lock _gate = new();
    private TimeSpan _last;

    /// <param name="first">How many the caller has; the others are given.</param>
    public IReadOnlyList<ClusterMoment> Read(int first)
    {
        lock (_gate)
        {
            return first < _moments.Count ? _moments[first..] : [];
        }
    }

    /// <summary>The books have all there was before that time.</summary>
    public void AdvanceTo(Instant time)
    {
        while (began + (_last + _interval) <= time)
        {
            _last += _interval;
            var moment = Take(_last);
            lock (_gate)
            {
                _moments.Add(moment);
            }
        }
    }

    private ClusterMoment Take(TimeSpan at)
    {
        var counters = recorder.Counters;
        return new ClusterMoment(
            at,
            PhaseAt(began + at),
            recorder.RegisteredPhones,
            recorder.RegisteringPhones,
            counters.Registrations,
            counters.Due,
            counters.Sent,
            counters.Received(ReceiveOutcome.Accepted) + counters.Received(ReceiveOutcome.PlainAccepted),
            Enum.GetValues<ReceiveOutcome>()
                .Where(static outcome => outcome is not (ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted or ReceiveOutcome.Duplicate)).Sum(counters.Received),
            Enum.GetValues<FailureReason>().Sum(counters.FailedForGood),
            counters.Expired,
            counters.Redelivered,
            Enum.GetValues<AttackKind>().Sum(counters.AttacksSent),
            stored(began + at) ?? counters.Deferred,
            counters.InFlight,
            recorder.Delivery.TakeInterval(),
            recorder.Lag.TakeInterval());
    }

    private int PhaseAt(Instant time)
    {
        var (phase, end) = (-1, start);
        while (phase < settings.Phases.Count && end <= time)
        {
            phase++;
            end = phase < settings.Phases.Count ? end + settings.Phases[phase].Duration : end;
        }

        return phase;
    }
}
