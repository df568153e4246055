using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>Whole runs whose messages are stored in PostgreSQL.</summary>
[Collection(WholeProcesses.Name)]
public sealed class PostgresRunTests
{
    private const string Password = "horse-battery-staple";

    [Fact]
    public async Task Runs_keep_their_promises_and_the_password_to_themselves_while_the_database_crashes()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? string.Empty);
        await using var cluster = await PostgresCluster.StartAsync();
        await cluster.ScalarAsync($"CREATE ROLE farm LOGIN PASSWORD '{Password}'; CREATE SCHEMA farm AUTHORIZATION farm;");
        await cluster.RequirePasswordAsync("farm");
        using var folder = new TemporaryFolder();
        folder.Write("farm.password", Password + "\n");
        var connection = cluster.ConnectionTo("farm").Replace("Username=uefarm", "Username=farm", StringComparison.Ordinal);
        var scenario = $$"""
            version: 1
            name: stored-elsewhere
            subscribers: { count: 60, auth: { scheme: md5, secretsFrom: derived } }
            applicationServer: { store: { postgres: "{{connection}}" }, storePasswordFile: farm.password }
            traffic: { rate: 60/s }
            phases:
              - { name: outage, offline: 50%, for: 12s }
              - { name: return, online: all, for: 3s }
            """;

        // Half of all messages are being stored when the server crashes; the next run finds nothing of this one.
        await using (var farm = FarmProcess.Start(folder, scenario, "crash"))
        {
            await farm.WaitForLineAsync("phase 1/2: outage", TimeSpan.FromSeconds(90));
            while ((long)(await cluster.ScalarAsync("SELECT count(*) FROM mailbox_messages", "farm"))! < 20)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            await cluster.StopServerAsync(immediate: true);
            await cluster.StartServerAsync();
            var result = await farm.WaitForHeldAsync(TimeSpan.FromSeconds(120));
            Assert.True(result.Ledger.Accepted > 0);
        }

        await using (var farm = FarmProcess.Start(folder, scenario, "quiet"))
        {
            var result = await farm.WaitForHeldAsync(TimeSpan.FromSeconds(120));
            Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted);
        }

        var written = Directory.EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories);
        foreach (var file in written.Where(static file => !file.EndsWith(".password", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(Password, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await cluster.StopServerAsync();
        await using (var farm = FarmProcess.Start(folder, scenario, "gone"))
        {
            Assert.Equal(4, await farm.WaitForExitAsync(TimeSpan.FromSeconds(60)));
            Assert.Contains("store cannot be used: no session with PostgreSQL at 127.0.0.1", farm.Output, StringComparison.Ordinal);
        }
    }
}
