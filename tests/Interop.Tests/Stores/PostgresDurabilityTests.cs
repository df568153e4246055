using UeFarm.Actors.Stores;
using UeFarm.Actors.Tests.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Interop.Tests.Stores;

[Collection(PostgresTestGroup.Name)]
public sealed class PostgresDurabilityTests(PostgresFixture postgres)
{
    private const int UnderWay = 64;
    private const int Confirmations = 3000;

    private readonly string _schema = PostgresFixture.NewSchema();

    private string Connection => postgres.Cluster.ConnectionTo(_schema);

    [Fact]
    public async Task Every_record_that_was_confirmed_is_there_after_the_writer_was_killed()
    {
        var confirmed = await StoreWriterProcess.RunAsync(
            Connection, UnderWay, Confirmations, () => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.True(confirmed.Count >= Confirmations);
        await SurvivingRecords.CheckAsync(new PostgresMailboxStoreSettings { ConnectionString = Connection }, confirmed);
    }

    [Fact]
    public async Task Every_record_that_was_confirmed_is_there_after_the_database_server_crashed()
    {
        var confirmed = await StoreWriterProcess.RunAsync(
            Connection, UnderWay, Confirmations, () => postgres.Cluster.StopServerAsync(immediate: true), TestContext.Current.CancellationToken);
        await postgres.Cluster.StartServerAsync();
        Assert.True(confirmed.Count >= Confirmations);
        await SurvivingRecords.CheckAsync(new PostgresMailboxStoreSettings { ConnectionString = Connection }, confirmed);
    }
}
