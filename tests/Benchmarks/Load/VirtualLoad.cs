using UeFarm.Actors.Run;
using UeFarm.Actors.Sizing;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Smime;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// Whole runs in virtual time on one thread: CPU of the process for a message phone to phone through core and application server, schedule, recorder and ledger
/// included. In a ring tickets are warm; written to anybody, most messages need a new ticket, and its resolution at the other end.
/// </summary>
internal static class VirtualLoad
{
    private const int Phones = 500;
    private const double Rate = 1000;
    private const int Rounds = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        Table.Head("Virtual time, phone to phone through core and AS", "us CPU", "per CPU-s", "bytes alloc.");
        foreach (var (name, mode, pick) in ((string, BodyProtection, RecipientPick)[])
            [("plain", BodyProtection.Plain, RecipientPick.Ring), ("protected", BodyProtection.Protected, RecipientPick.Ring),
                ("protected and signed", BodyProtection.ProtectedAndSigned, RecipientPick.Ring), ("protected, to anybody", BodyProtection.Protected, RecipientPick.Uniform)])
        {
            var costs = new double[Rounds];
            var bytes = 0.0;
            for (var round = 0; round < Rounds; round++)
            {
                (costs[round], bytes) = await BenchmarkRuns.WithFolderAsync(folder => MeasureAsync(mode, pick, folder));
            }

            Table.Row(name, Table.Median(costs), 1e6 / Table.Median(costs), bytes);
        }
    }

    private static async Task<(double Microseconds, double Bytes)> MeasureAsync(BodyProtection mode, RecipientPick pick, string folder)
    {
        PhasePlan[] phases =
        [
            new() { Name = "warm-up", Duration = WarmUp },
            new() { Name = "measured", Duration = Window + TimeSpan.FromSeconds(1) },
        ];
        var settings = BenchmarkRuns.Settings(Phones, DigestAlgorithm.Md5, mode, Rate, phases, folder);
        settings = settings with
        {
            VirtualTime = new VirtualTimeSettings(),
            Traffic = settings.Traffic with { Recipients = pick },
            Ue = settings.Ue with { Trust = settings.Ue.Trust is null ? null : UeCertificateAuthority.Create("benchmark CA", SizingRun.Start) },
        };
        await using var run = await FarmRun.StartAsync(settings);
        var outcome = mode == BodyProtection.Plain ? ReceiveOutcome.PlainAccepted : ReceiveOutcome.Accepted;
        var (start, count) = (default(Usage), 0L);
        var (end, endCount) = (default(Usage), 0L);
        using var begins = run.Time.CreateTimer(_ => (start, count) = (Usage.Now(), run.Recorder.Counters.Received(outcome)), null, WarmUp, Timeout.InfiniteTimeSpan);
        using var ends = run.Time.CreateTimer(
            _ => (end, endCount) = (Usage.Now(), run.Recorder.Counters.Received(outcome)), null, WarmUp + Window, Timeout.InfiniteTimeSpan);
        var result = await run.RunAsync(CancellationToken.None);
        foreach (var broken in result.Invariants.Where(static check => !check.Holds))
        {
            Console.WriteLine($"  invariant {broken.Number} does not hold: {broken.Evidence}");
        }

        var used = end - start;
        return (used.MicrosecondsPer(endCount - count), (double)used.AllocatedBytes / (endCount - count));
    }
}
