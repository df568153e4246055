using System.Diagnostics;
using System.Globalization;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Benchmarks.Load;

/// <summary>P5: memory of idle registered phones with their core and application server in the same process; each size in a process of its own.</summary>
internal static class MemoryLoad
{
    private static readonly int[] Sizes = [1_000, 10_000, 50_000];

    public static async Task<int> RunAsync()
    {
        var heap = new double[Sizes.Length];
        var resident = new double[Sizes.Length];
        for (var i = 0; i < Sizes.Length; i++)
        {
            var arguments = new[] { typeof(MemoryLoad).Assembly.Location, "load", "memory", Sizes[i].ToString(CultureInfo.InvariantCulture) };
            using var child = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
            var words = (await child.StandardOutput.ReadToEndAsync()).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            await child.WaitForExitAsync();
            if (child.ExitCode != 0 || words.Length != 2)
            {
                await Console.Error.WriteLineAsync($"the process with {Sizes[i]} phones failed");
                return 1;
            }

            heap[i] = double.Parse(words[0], CultureInfo.InvariantCulture);
            resident[i] = double.Parse(words[1], CultureInfo.InvariantCulture);
        }

        Table.Head("Idle registered phones", "heap MiB", "resident MiB", "heap B/phone", "res. B/phone");
        for (var i = 0; i < Sizes.Length; i++)
        {
            var more = i == 0 ? double.NaN : Sizes[i] - Sizes[i - 1];
            var (heapSlope, residentSlope) = i == 0 ? (double.NaN, double.NaN) : ((heap[i] - heap[i - 1]) / more, (resident[i] - resident[i - 1]) / more);
            Table.Row($"{Sizes[i]} phones", heap[i] / (1 << 20), resident[i] / (1 << 20), heapSlope, residentSlope);
        }

        return 0;
    }

    /// <summary>One size in this process: prints heap and resident bytes.</summary>
    public static async Task<int> MeasureAsync(string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var phones))
        {
            await Console.Error.WriteLineAsync("memory [phones]");
            return 2;
        }

        return await BenchmarkRuns.WithFolderAsync(folder => MeasureAsync(phones, folder));
    }

    private static async Task<int> MeasureAsync(int phones, string folder)
    {
        PhasePlan[] phases = [new() { Name = "idle", Duration = TimeSpan.FromMinutes(10), RatePerSecond = 0 }];
        var settings = BenchmarkRuns.Settings(phones, DigestAlgorithm.Md5, BodyProtection.Protected, 0, phases, folder) with { RegistrationsPerSecond = 5000 };
        await using var run = await FarmRun.StartAsync(settings);
        using var stop = new CancellationTokenSource();
        var playing = run.RunAsync(stop.Token);
        while (run.Recorder.RegisteredPhones < phones && !playing.IsCompleted)
        {
            await Task.Delay(50);
        }

        // The application server hears of the last registrations a little later; then the collector gives back what it can.
        await Task.Delay(TimeSpan.FromSeconds(2));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(false)} {self.WorkingSet64}"));
        var registered = run.Recorder.RegisteredPhones;
        await stop.CancelAsync();
        await playing;
        return registered == phones ? 0 : 1;
    }
}
