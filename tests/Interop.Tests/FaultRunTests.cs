using System.Globalization;
using UeFarm.TestSupport;
using UeFarm.TestSupport.Faults;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>
/// The application server and its database killed, frozen and cut off at random moments while phones write and come and go. UEFARM_FAULT_KILLS and UEFARM_FAULT_SEED make
/// the run longer or repeat it; without a seed every run has its own.
/// </summary>
[Collection(UnhurriedProcesses.Name)]
public sealed class FaultRunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(FaultStore.Sqlite, 10)]
    [InlineData(FaultStore.PostgreSql, 3)]
    public async Task Whatever_is_killed_frozen_or_cut_off_nothing_promised_is_lost_nothing_comes_out_of_order_and_nothing_twice(FaultStore store, int kills)
    {
        Assert.SkipWhen(store == FaultStore.PostgreSql && PostgresCluster.Missing is not null, PostgresCluster.Missing ?? string.Empty);
        using var folder = new TemporaryFolder();
        var seed = FromEnvironment("UEFARM_FAULT_SEED") ?? Random.Shared.Next(1, int.MaxValue);
        output.WriteLine($"seed {seed}");
        var result = await FaultRun.RunAsync(
            new FaultRunSettings
            {
                Seed = seed,
                Kills = FromEnvironment("UEFARM_FAULT_KILLS") ?? kills,
                Store = store,
                Folder = folder.FullPath,
                LongestPeace = TimeSpan.FromSeconds(1.2),
                LongestOutage = TimeSpan.FromSeconds(3),
                Log = output.WriteLine,
            },
            TestContext.Current.CancellationToken);

        output.WriteLine(result.ToString());
        Assert.True(result.Books.Hold, result.ToString());
        Assert.True(result.Books.Deferred > 0, result.ToString());
    }

    private static int? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
