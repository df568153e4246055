using System.Globalization;

namespace UeFarm.TestSupport.Faults;

/// <summary>What a fault run came to.</summary>
public sealed record FaultRunResult
{
    public required int Seed { get; init; }

    public required FaultStore Store { get; init; }

    public required IReadOnlyDictionary<FaultKind, int> Faults { get; init; }

    public required FaultBooks Books { get; init; }

    /// <summary>Times from the start of a process to its readiness, sorted.</summary>
    public required IReadOnlyList<TimeSpan> Starts { get; init; }

    public required TimeSpan Duration { get; init; }

    public int Kills => Faults.Where(static fault => fault.Key <= FaultKind.KillBoth).Sum(static fault => fault.Value);

    public override string ToString()
    {
        var faults = Faults.Where(static fault => fault.Value > 0).OrderBy(static fault => fault.Key).Select(static fault => $"{fault.Value} {fault.Key}");
        var ready = Starts.Count == 0 ? "never started again" : string.Create(
            CultureInfo.InvariantCulture,
            $"ready again after {Starts[Starts.Count / 2].TotalMilliseconds:0} ms (median), {Starts[^1].TotalMilliseconds:0} ms at most");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}, {Store}: {Kills} kills ({string.Join(", ", faults)}) in {Duration.TotalSeconds:0} s; {Books}; {ready}");
    }
}
