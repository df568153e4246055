using System.Globalization;
using UeFarm.TestSupport.Faults;

namespace UeFarm.Benchmarks.Load;

/// <summary>The application server killed, frozen and cut off, as often as asked, while phones write and come and go: is anything lost?</summary>
internal static class FaultLoad
{
    public static async Task<int> RunAsync(string kills, string? seed)
    {
        if (!int.TryParse(kills, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(seed ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            await Console.Error.WriteLineAsync("faults KILLS [SEED]");
            return 2;
        }

        var result = await BenchmarkRuns.WithFolderAsync(folder => FaultRun.RunAsync(
            new FaultRunSettings { Seed = number, Kills = count, Folder = folder, Log = Console.WriteLine }, CancellationToken.None));
        Console.WriteLine(result);
        return result.Holds ? 0 : 98;
    }
}
