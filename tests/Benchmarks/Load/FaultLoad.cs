using System.Globalization;
using UeFarm.TestSupport;
using UeFarm.TestSupport.Faults;

namespace UeFarm.Benchmarks.Load;

/// <summary>The application server and its database killed, frozen and cut off, as often as asked, while phones write and come and go: is anything lost?</summary>
internal static class FaultLoad
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [var kills, .. var more]
            || !int.TryParse(kills, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(more.ElementAtOrDefault(0) ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            || StoreOf(more.ElementAtOrDefault(1) ?? "sqlite") is not { } store
            || more.Length > 2)
        {
            await Console.Error.WriteLineAsync("faults KILLS [SEED [sqlite|postgresql]]");
            return 2;
        }

        if (store == FaultStore.PostgreSql && PostgresCluster.Missing is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 2;
        }

        var result = await BenchmarkRuns.WithFolderAsync(folder => FaultRun.RunAsync(
            new FaultRunSettings { Seed = seed, Kills = count, Store = store, Folder = folder, Log = Console.WriteLine }, CancellationToken.None));
        Console.WriteLine(result);
        return result.Books.Hold ? 0 : 98;
    }

    private static FaultStore? StoreOf(string name) => name switch
    {
        "sqlite" => FaultStore.Sqlite,
        "postgresql" => FaultStore.PostgreSql,
        _ => null,
    };
}
