using System.Text.Json;
using Akka.Actor;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Cluster;

/// <summary>What operators ask.</summary>
internal sealed partial class Conductor
{
    private void Answer(ClusterMessages.ConductorQuery query)
    {
        if (query.RunId.Length > 0 && query.RunId != _run?.RunId && query.Verb != ConductorVerb.Submit)
        {
            Sender.Tell(new ClusterMessages.Refused($"there is no run '{query.RunId}': the newest is {_run?.RunId ?? "none"}"));
            return;
        }

        switch (query.Verb)
        {
            case ConductorVerb.Submit:
                Submit(query.Content);
                break;
            case ConductorVerb.Status:
                AnswerStatus();
                break;
            case ConductorVerb.Live when _settings.Factory.Watcher is { } watcher:
                AnswerLive(watcher);
                break;
            case ConductorVerb.Live:
                Sender.Tell(new ClusterMessages.Refused("this conductor shows nothing"));
                break;
            case ConductorVerb.Stop when _run is { Result: null } run:
                _run = run with { IsStopped = true };
                _settings.Factory.Register.StopAsync(run.RunId, CancellationToken.None)
                    .PipeTo(Sender, success: () => new ClusterMessages.ConductorReply(run.RunId, ""), failure: Refuse);
                break;
            case ConductorVerb.Change:
                ChangeRun(query.Content);
                break;
            case ConductorVerb.Result when _run?.Result is { } result:
                Sender.Tell(new ClusterMessages.ConductorReply(_run.RunId, JsonSerializer.Serialize(result, ConductorJson.Default.ClusterVerdict)));
                break;
            case ConductorVerb.Result:
                Sender.Tell(new ClusterMessages.Refused(_run is null ? "there is no run: submit one" : $"run {_run.RunId} has not ended: it is {_stage}"));
                break;
            default:
                Sender.Tell(new ClusterMessages.Refused("there is no run to stop"));
                break;
        }
    }

    /// <summary>Made elsewhere: counting latencies and ranks takes longer than a conductor's turn should.</summary>
    private void AnswerStatus()
    {
        var (status, recorder) = (StatusNow(), _view is { Books: not null } view ? view.Recorder : null);
        Task.Run(() => new ClusterMessages.ConductorReply(status.RunId, JsonSerializer.Serialize(
            status with { Figures = recorder is null ? null : RunFigures.Of(recorder) }, ConductorJson.Default.ConductorStatus)))
            .PipeTo(Sender, success: static reply => reply, failure: Refuse);
    }

    private void Submit(string content)
    {
        RunSubmission? submission;
        try
        {
            submission = JsonSerializer.Deserialize(content, ConductorJson.Default.RunSubmission);
        }
        catch (JsonException exception)
        {
            Sender.Tell(new ClusterMessages.Refused($"not a submission: {exception.Message}"));
            return;
        }

        if (submission is null || _isStarting || _run is { Result: null })
        {
            Sender.Tell(new ClusterMessages.Refused(
                submission is null ? "not a submission: null" : $"run {_run?.RunId} has not ended: stop it, or wait"));
            return;
        }

        var sender = Sender;
        _isStarting = true;
        CreateAsync(submission).PipeTo(
            Self,
            success: created => new Outcome(() =>
            {
                _isStarting = false;
                created.Apply();
                sender.Tell(created.Reply);
            }),
            failure: cause => new Outcome(() =>
            {
                _isStarting = false;
                sender.Tell(Refuse(cause));
            }));
    }

    private async Task<(Action Apply, object Reply)> CreateAsync(RunSubmission submission)
    {
        var run = new ClusterRunRecord(RunIdOf(UtcNow), submission.Scenario, submission.Overrides, UtcNow);

        // Before anything is written: a scenario that cannot be played is refused.
        var open = await OpenAsync(run).ConfigureAwait(false);
        return await _settings.Factory.Register.TryCreateAsync(run, CancellationToken.None).ConfigureAwait(false)
            ? (open, new ClusterMessages.ConductorReply(run.RunId, ""))
            : (static () => { }, new ClusterMessages.Refused("another run has not ended: stop it, or wait"));
    }

    private static string RunIdOf(DateTimeOffset time) => time.ToString("yyyyMMdd-HHmmss-fff", System.Globalization.CultureInfo.InvariantCulture);

    private static ClusterMessages.Refused Refuse(Exception cause) => new(cause.GetBaseException().Message);

    /// <summary>Without the figures of the books.</summary>
    private ConductorStatus StatusNow() => new(
        _run?.RunId ?? "", _stage.ToString(), _run?.StartTicks ?? 0, _core, string.Join(", ", _servers.Values.Select(static server => server.Hop)), Backlog,
        _blocks.Values.Sum(static block => block.Registered), _counters?.Sent ?? 0,
        (_counters?.Received(ReceiveOutcome.Accepted) ?? 0) + (_counters?.Received(ReceiveOutcome.PlainAccepted) ?? 0), _counters?.InFlight ?? 0,
        [.. _nodes.Values.OrderBy(static node => node.Node, StringComparer.Ordinal).Select(static node => new ConductorStatus.NodeStatus(
            node.Node, [.. node.Roles.Select(static role => role.ToRoleName())], node.Blocks.Count, node.Counters.Registered, node.Counters.Sent, node.Counters.Accepted,
            node.CpuMilliseconds, node.ResidentBytes))])
    {
        NowTicks = UtcNow.UtcTicks,
        RateFactor = RateFactorNow(),
        Changes = ChangesNow(),
    };
}
