using UeFarm.Protocol;

namespace UeFarm.Actors.Traffic;

/// <summary>What is put into the schedule while it is played.</summary>
public sealed partial class RunSchedule
{
    // Keeps the draws of changes apart from the others, which begin with the same seed.
    private const ulong ScalingStream = 0x5CA1_E000_C4A9_6E01;

    private readonly SeededRandomSource _scaling;
    private readonly PhoneMoves _scaled = new();
    private readonly List<RunChange> _changes = [];
    private int _nextChange;
    private double _factor = 1;

    // What is left until the next message in units of the mean gap, while there is no rate that it could be told in.
    private double _gapsLeft;

    /// <summary>What was changed so far, in the order of time.</summary>
    public IReadOnlyList<RunChange> Changes => _changes;

    /// <summary>The factor on the rate of the phases now.</summary>
    public double RateFactor => _factor;

    private double Rate => _phaseRate * _factor;

    private TimeSpan NextChange => _nextChange < _changes.Count ? _changes[_nextChange].At : TimeSpan.MaxValue;

    /// <summary>The earliest time of another change: after all that was taken, and not before the last one.</summary>
    public TimeSpan EarliestChange => _changes.Count > 0 && _changes[^1].At > _taken ? _changes[^1].At : _taken + new TimeSpan(1);

    /// <summary>Puts a change in.</summary>
    /// <exception cref="ArgumentException">It comes too late: see <see cref="EarliestChange"/>.</exception>
    public void Add(RunChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.At < EarliestChange)
        {
            throw new ArgumentException($"a change at {change.At} comes too late: the earliest would be {EarliestChange}", nameof(change));
        }

        _changes.Add(change);
    }

    private void Apply(RunChange change)
    {
        if (change.Kind == RunChangeKind.Scale)
        {
            PlanScaling(change);
            return;
        }

        if (_nextArrival != TimeSpan.MaxValue)
        {
            _gapsLeft = (_nextArrival - change.At).TotalSeconds * Rate;
        }

        _factor = change.Factor;
        _nextArrival = Rate > 0 ? change.At + Gap(_gapsLeft / Rate) : TimeSpan.MaxValue;
    }

    /// <summary>An earlier change of this kind that is still under way is given up.</summary>
    private void PlanScaling(RunChange change)
    {
        var target = Math.Clamp(change.Phones, 0, _phones);
        var isMore = target > _online.Count;
        var moving = isMore ? _away.Sample(target - _online.Count, _scaling) : _online.Sample(_online.Count - target, _scaling);
        _scaled.Plan(moving.Select(phone => (change.At + (change.Within * _scaling.NextUnit()), phone, isMore)).ToList());
    }
}
