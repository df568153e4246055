using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Whether the database answers, which is asked apart from all other work. While it does not, nobody's facts become durable: no stage ends, and what a stage may take at most
/// does not run.
/// </summary>
internal sealed partial class Conductor
{
    private readonly DatabaseWatch _database;

    /// <summary>Of this stage.</summary>
    private TimeSpan _silence;

    private void AskDatabase()
    {
        if (_database.HasFallenSilent())
        {
            _log.Warning("run {0}: the database does not answer; the run waits for it", _run?.RunId);
        }

        if (_database.IsAsked || _run is not { Result: null } run)
        {
            return;
        }

        _database.Ask();
        var log = _log;
        _settings.Factory.Register.ReadChangesAsync(run.RunId, CancellationToken.None).PipeTo(
            Self,
            success: _ => new DatabaseAnswered(run),
            failure: cause =>
            {
                log.Warning("the database has been asked in vain: {0}", cause.GetBaseException().Message);
                return new DatabaseAnswered(run);
            });
    }

    private void NoteAnswer(ClusterRunRecord run)
    {
        var took = _database.Answer();
        if (took == TimeSpan.Zero || run.RunId != _run?.RunId)
        {
            return;
        }

        _silence += took;
        Note(_run, $"the database did not answer for {took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s, until {At(_run)}");
    }

    private sealed record DatabaseAnswered(ClusterRunRecord Run) : INoSerializationVerificationNeeded;
}
