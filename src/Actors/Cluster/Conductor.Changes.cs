using System.Text.Json;
using Akka.Actor;
using UeFarm.Actors.Run;

namespace UeFarm.Actors.Cluster;

/// <summary>Knobs that operators turn while a run goes on. The register is what makes a change one: this conductor and all nodes hear of it there.</summary>
internal sealed partial class Conductor
{
    /// <summary>What writing a change may take, beyond <see cref="CertainChanges.Notice"/>.</summary>
    private static readonly TimeSpan LongestWriting = TimeSpan.FromSeconds(1);

    private void ChangeRun(string content)
    {
        if (_run is not { Result: null, IsStopped: false } run || _stage != ClusterRunStage.Playing)
        {
            Sender.Tell(new ClusterMessages.Refused(new RunChangeRefusal("run", "no phase is played now", "change it while one is").ToString()));
            return;
        }

        var (settings, register) = (_runSettings!, _settings.Factory.Register);
        DecideChangeAsync(run, settings, register, content).PipeTo(Sender, failure: Refuse);
    }

    private static async Task<object> DecideChangeAsync(ClusterRunRecord run, FarmRunSettings settings, IRunRegister register, string content)
    {
        var request = JsonSerializer.Deserialize(content, ConductorJson.Default.RunChangeRequest) ?? throw new JsonException("not a change: null");
        var known = await register.ReadChangesAsync(run.RunId, CancellationToken.None).ConfigureAwait(false);
        var at = TimeSpan.FromTicks(Math.Max(0, known.UntilTicks - run.StartTicks)) + LongestWriting;
        if (RunChangeRules.Decide(settings, request, at, out var refusal) is not { } change)
        {
            return new ClusterMessages.Refused(refusal!.ToString());
        }

        return await register.TryAddChangeAsync(run.RunId, known.Changes.Count, change, CancellationToken.None).ConfigureAwait(false)
            ? new ClusterMessages.ConductorReply(run.RunId, JsonSerializer.Serialize(change, ConductorJson.Default.RunChange))
            : new ClusterMessages.Refused(
                new RunChangeRefusal("run", "another change came between, or the database took too long", "see what was changed (status), and try again").ToString());
    }

    private ConductorStatus.ChangeStatus[] ChangesNow() =>
        [.. (_run?.Changes ?? []).Select(static change => new ConductorStatus.ChangeStatus(change.At.TotalSeconds, change.What, change.By))];

    private double RateFactorNow() =>
        _run?.Changes?.LastOrDefault(change => change.Kind == Traffic.RunChangeKind.Rate && Start + change.At <= Now)?.Factor ?? 1;
}
