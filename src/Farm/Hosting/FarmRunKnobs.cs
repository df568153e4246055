using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;

namespace UeFarm.Farm.Hosting;

/// <summary>The knobs of a run in this process, in real time.</summary>
internal sealed class FarmRunKnobs(FarmRun run) : IRunKnobs
{
    public Task<(bool IsDone, string Line)> ChangeRateAsync(double factor)
    {
        var change = run.TryChange(new RunChangeRequest { Kind = RunChangeKind.Rate, By = "keys", Factor = factor }, out var refusal);
        return Task.FromResult(change is null ? (false, $"{refusal!.Place}: {refusal.Problem}; {refusal.Remedy}") : (true, $"{change.What} from now on"));
    }
}
