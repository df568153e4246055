using Akka.Actor;
using Akka.Event;

namespace UeFarm.Actors.Cluster;

/// <summary>What is shown of a run while it goes on.</summary>
internal sealed partial class Conductor
{
    private const int MostNotes = 50;

    private readonly List<string> _notes = [];

    private long Misordered => _servers.Values.Sum(static server => server.OrderViolations);

    private ClusterRunPicture PictureNow() => new(_run, StatusNow(), _stage, _books, Misordered, [.. _notes]);

    private void OfferPicture()
    {
        if (_settings.Factory.Watcher is { } watcher && _run is not null)
        {
            var (picture, log) = (PictureNow(), _log);
            Task.Run(() => watcher.Offer(picture)).ContinueWith(
                task => log.Warning("live page: {0}", task.Exception!.GetBaseException().Message),
                CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>Made elsewhere: counting all latencies takes longer than a conductor's turn should.</summary>
    private void AnswerLive(IClusterRunWatcher watcher)
    {
        var picture = PictureNow();
        var run = picture.Status.RunId;
        Task.Run(() => new ClusterMessages.ConductorReply(run, watcher.Show(picture))).PipeTo(Sender, success: static reply => reply, failure: Refuse);
    }

    private void KeepNote(string text)
    {
        if (_notes.Count < MostNotes)
        {
            _notes.Add(text);
        }
    }
}
