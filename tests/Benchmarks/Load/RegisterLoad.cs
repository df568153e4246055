using System.Diagnostics;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Benchmarks.Load;

/// <summary>P14: all phones register at once (two round trips each, one of them challenged); phones and registrar in one process, no application server.</summary>
internal static class RegisterLoad
{
    private const int WarmUpPhones = 3_000;
    private const int Phones = 20_000;

    public static async Task RunAsync()
    {
        foreach (var algorithm in new[] { DigestAlgorithm.Md5, DigestAlgorithm.AkaV1Md5 })
        {
            await BenchmarkRuns.WithFolderAsync(folder => MeasureAsync(algorithm, WarmUpPhones, folder));
        }

        Table.Head("Registrations, challenged", "us CPU", "per CPU-s", "per second", "bytes alloc.", "refused");
        foreach (var algorithm in new[] { DigestAlgorithm.Md5, DigestAlgorithm.AkaV1Md5 })
        {
            var (used, failures) = await BenchmarkRuns.WithFolderAsync(folder => MeasureAsync(algorithm, Phones, folder));
            var cost = used.MicrosecondsPer(Phones);
            Table.Row(algorithm.ToString(), cost, 1e6 / cost, Phones / used.Elapsed.TotalSeconds, (double)used.AllocatedBytes / Phones, failures);
        }
    }

    private static async Task<(Usage Used, long Failures)> MeasureAsync(DigestAlgorithm algorithm, int phones, string folder)
    {
        PhasePlan[] phases = [new() { Name = "idle", Duration = TimeSpan.FromMinutes(1), RatePerSecond = 0 }];
        var settings = BenchmarkRuns.Settings(phones, algorithm, BodyProtection.Plain, 0, phases, folder) with
        {
            WithApplicationServer = false,
            RegistrationsPerSecond = 1e9,
        };
        await using var run = await FarmRun.StartAsync(settings);
        using var stop = new CancellationTokenSource();
        GC.Collect();
        var start = Usage.Now();
        var playing = run.RunAsync(stop.Token);
        var deadline = Stopwatch.GetTimestamp() + (50 * Stopwatch.Frequency);
        while (run.Recorder.RegisteredPhones < phones && Stopwatch.GetTimestamp() < deadline)
        {
            await Task.Delay(2);
        }

        var used = Usage.Now() - start;
        var failures = run.Recorder.Counters.RegistrationFailures + phones - run.Recorder.RegisteredPhones;
        await stop.CancelAsync();
        await playing;
        return (used, failures);
    }
}
