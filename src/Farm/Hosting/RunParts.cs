using UeFarm.Actors.Metrics;
using UeFarm.Actors.Run;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Kms;

namespace UeFarm.Farm.Hosting;

/// <summary>The parts of a run in one process, as its live view shows them.</summary>
internal static class RunParts
{
    public static IReadOnlyList<RunPart> Of(FarmRun run)
    {
        var counters = run.Recorder.Counters;
        var parts = new List<RunPart>
        {
            new(
                "phones",
                [
                    $"{Text(run.Recorder.RegisteredPhones)} registered", $"{Text(counters.Registrations)} registrations", $"{Text(counters.RegistrationFailures)} failed",
                    $"{Text(counters.Restarts)} restarts",
                ]),
        };
        if (run.Core is { } core)
        {
            parts.Add(new RunPart(
                "core",
                [
                    $"{Text(core.Bindings)} bindings", $"{Text(core.MessagesRouted)} routed", $"{Text(core.MessagesRefused)} refused", $"{Text(core.TimedOut)} timed out",
                ]));
        }

        if (run.ApplicationServer is { } server)
        {
            parts.Add(new RunPart(
                "as",
                [
                    $"{Text(server.Backlog)} stored", $"{Text(server.Delivered)} delivered", $"{Text(server.ForwardedLive)} passed on", $"{Text(server.Commits)} commits",
                    UnitText.Bytes(server.BacklogBytes),
                ]));
        }

        parts.Add(new RunPart("kms", [.. Enum.GetValues<KmsOutcome>().Where(outcome => run.KmsCounters.Of(outcome) > 0)
            .Select(outcome => $"{Text(run.KmsCounters.Of(outcome))} {Label.Of(outcome)}")]));
        parts.Add(new RunPart("process", [$"{UnitText.Bytes(Environment.WorkingSet)} memory", $"{UnitText.Bytes(run.Recorder.BooksBytes)} books"]));
        return parts;
    }

    private static string Text(long count) => UnitText.Count(count);
}
