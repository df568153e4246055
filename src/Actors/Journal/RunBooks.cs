using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;

namespace UeFarm.Actors.Journal;

/// <summary>
/// Keeps the books of a run whose schedule is played elsewhere: opens each message in the schedule's order once its time has come, and then takes the facts about it.
/// Not thread-safe.
/// </summary>
public sealed class RunBooks
{
    private readonly RunRecorder _recorder;
    private readonly RunSchedule _schedule;
    private readonly Instant _start;
    private readonly List<Instant> _phases = [];
    private Instant _end = Instant.Never;
    private TimeSpan _certainUntil = TimeSpan.MaxValue;
    private int _phase = -1;

    /// <param name="recorder">Has no message yet.</param>
    /// <param name="schedule">From its beginning.</param>
    /// <param name="start">When the first phase begins, by the clock of the facts.</param>
    public RunBooks(RunRecorder recorder, RunSchedule schedule, Instant start)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(schedule);
        _recorder = recorder;
        _schedule = schedule;
        _start = start;
    }

    /// <summary>What was changed is known until some time of the schedule: so far messages are opened by the clock, and no further.</summary>
    /// <param name="changes">All of them so far.</param>
    /// <param name="until">Since the start of the first phase; from then on there may be others.</param>
    public void Learn(IReadOnlyList<RunChange> changes, TimeSpan until)
    {
        ArgumentNullException.ThrowIfNull(changes);
        foreach (var change in changes.Skip(_schedule.Changes.Count))
        {
            _schedule.Add(change);
        }

        _certainUntil = until;
    }

    /// <summary>The run is stopped: what is due later is opened only if somebody has played it.</summary>
    public void EndAt(Instant time) => _end = time;

    /// <summary>Opens what is due until then, whether or not anybody has played it.</summary>
    public void OpenUntil(Instant time)
    {
        time = Instant.Min(time, _end);
        while (_start + _schedule.NextDue <= time && _schedule.NextDue < _certainUntil)
        {
            Perform();
        }
    }

    /// <summary>Takes the next fact, in the order of a <see cref="RunTail"/>.</summary>
    /// <exception cref="InvalidDataException">It is about a message that the schedule does not have.</exception>
    public void Record(in RunFact fact)
    {
        OpenUntil(new Instant(fact.Ticks));
        if (fact.Kind is RunFactKind.Due or RunFactKind.MessageSent or RunFactKind.MessageAnswered or RunFactKind.MessageFailed)
        {
            OpenThrough(fact.Token);
        }
        else if (fact.IsOfRecipient)
        {
            EnterPhaseOf(fact);
        }

        _recorder.Record(fact);
    }

    /// <summary>Numbers go before times: no disorder of facts can make the books refuse what the schedule has.</summary>
    private void OpenThrough(long number)
    {
        while (number >= _recorder.Ledger.Count && _schedule.NextDue != TimeSpan.MaxValue)
        {
            Perform();
        }

        if (number < 0 || number >= _recorder.Ledger.Count)
        {
            throw new InvalidDataException(
                $"the journal has a fact about message {number}, the schedule has {_recorder.Ledger.Count}: the journal is of another scenario or seed");
        }
    }

    /// <summary>Facts of recipients come late: their phase is that of their own time.</summary>
    private void EnterPhaseOf(in RunFact fact)
    {
        var phase = _phase;
        while (phase + 1 < _phases.Count && _phases[phase + 1].Ticks <= fact.Ticks)
        {
            phase++;
        }

        if (phase != _phase)
        {
            _phase = phase;
            _recorder.Ranks.EnterPhase(phase);
        }
    }

    private void Perform()
    {
        if (!_schedule.TryTake(out var action))
        {
            return;
        }

        switch (action.Kind)
        {
            case ScheduledActionKind.PhaseStart:
                _phases.Add(_start + action.At);
                break;
            case ScheduledActionKind.Send:
                _recorder.Open(action.Phone, action.Recipient, _start + action.At);
                break;
            case ScheduledActionKind.GoOnline:
            case ScheduledActionKind.GoOffline:
            case ScheduledActionKind.End:
            default:
                break;
        }
    }
}
