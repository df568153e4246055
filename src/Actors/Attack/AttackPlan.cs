namespace UeFarm.Actors.Attack;

/// <summary>Injections per second by kind; kinds that are not named are not used.</summary>
public sealed record AttackPlan(IReadOnlyDictionary<AttackKind, double> RatesPerSecond)
{
    public static AttackPlan None { get; } = new(new Dictionary<AttackKind, double>());

    public bool IsEmpty => RatesPerSecond.Values.All(rate => rate <= 0);

    /// <summary>Whether it needs messages that phones have taken.</summary>
    public bool NeedsCaptures => Enum.GetValues<AttackKind>().Any(kind => kind is not AttackKind.AlteredBody && RateOf(kind) > 0);

    public double RateOf(AttackKind kind) => RatesPerSecond.GetValueOrDefault(kind);
}
