using System.Globalization;
using Akka.Cluster;
using Akka.Event;

namespace UeFarm.Actors.Cluster;

/// <summary>What happens to nodes during a run, for the verdict to name.</summary>
internal sealed partial class Conductor
{
    private readonly List<Loss> _losses = [];

    /// <summary>Another conductor led this run before. What it would have said about nodes that went with it is told by who owned streams of the journal.</summary>
    private async Task<Action> NoteTakeoverAsync(ClusterRunRecord run)
    {
        var streams = await _journal!.ListAsync(CancellationToken.None).ConfigureAwait(false);
        return () =>
        {
            Note(run, $"node {NodeName.Of(_cluster.SelfAddress)} took over as conductor {At(run)}");
            var members = _cluster.State.Members.Select(static member => NodeName.Of(member.Address)).ToHashSet();
            foreach (var owner in streams.Select(static stream => stream.Owner).Where(owner => !members.Contains(owner)).Distinct().Order(StringComparer.Ordinal))
            {
                Note(run, $"node {owner} was gone by then; {streams.Count(stream => stream.Owner == owner && stream.Stream >= 0)} blocks of phones had been there");
            }
        };
    }

    private void NoteTotals(ClusterMessages.NodeReport report)
    {
        if (_run is { } run && report.RunId == _nodeBook?.RunId)
        {
            var books = report.Node == NodeName.Of(_cluster.SelfAddress) ? _books?.Recorder.BooksBytes ?? 0 : 0;
            _nodeBook.Note(report, UtcNow - run.Created, books, _tick);
        }
    }

    private void NoteRemoval(ClusterEvent.MemberRemoved removed)
    {
        var node = NodeName.Of(removed.Member.Address);
        _nodes.Remove(node);
        _nodeBook?.Remove(node);
        if (_run is not { Result: null } run || _stage == ClusterRunStage.Ended)
        {
            return;
        }

        var roles = string.Join(", ", removed.Member.Roles.Order(StringComparer.Ordinal));
        var how = removed.PreviousStatus == MemberStatus.Exiting ? "left" : "was lost";
        Note(run, $"node {node} ({roles}) {how} {At(run)}");
        var blocks = _blocks.Values.Where(block => block.Node == node).ToDictionary(static block => block.Block);
        if (blocks.Count > 0)
        {
            _losses.Add(new Loss(node, blocks.Values.Sum(static block => block.Registered), [.. blocks.Keys], UtcNow));
        }
    }

    /// <summary>A lost node's phones are back when as many are registered as it had.</summary>
    private void NoteReturn()
    {
        for (var place = _losses.Count - 1; place >= 0; place--)
        {
            var loss = _losses[place];
            var now = loss.Blocks.Select(block => _blocks.GetValueOrDefault(block)).Where(block => block is not null && block.Node != loss.Node).ToList();
            if (_run is { } run && now.Count == loss.Blocks.Count && now.Sum(static block => block!.Registered) >= loss.Registered)
            {
                _losses.RemoveAt(place);
                var after = (UtcNow - loss.At).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
                Note(run, $"the {loss.Registered} phones of node {loss.Node} were registered elsewhere {At(run)}, {after} s after it was removed");
            }
        }
    }

    private string At(ClusterRunRecord run) => run.StartTicks == 0 || UtcNow.UtcTicks < run.StartTicks
        ? "before the first phase"
        : string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(UtcNow.UtcTicks - run.StartTicks).TotalSeconds:0.0} s into the run");

    private void Note(ClusterRunRecord run, string text)
    {
        _log.Info("run {0}: {1}", run.RunId, text);
        KeepNote(text);
        var log = _log;
        _settings.Factory.Register.AddNoteAsync(run.RunId, text, CancellationToken.None).ContinueWith(
            task => log.Warning("a note was lost: {0}", task.Exception!.GetBaseException().Message),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private sealed record Loss(string Node, int Registered, IReadOnlyList<int> Blocks, DateTimeOffset At);
}
