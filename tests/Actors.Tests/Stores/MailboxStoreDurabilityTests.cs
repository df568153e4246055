using UeFarm.Actors.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public class MailboxStoreDurabilityTests
{
    /// <summary>Writers under way and confirmations to wait for before the process is killed in the midst of writing.</summary>
    [Theory]
    [InlineData(1, 40)]
    [InlineData(64, 3000)]
    public async Task Every_record_that_was_confirmed_is_there_after_the_process_was_killed(int underWay, int confirmations)
    {
        var folder = Directory.CreateTempSubdirectory("uefarm-kill-");
        var path = Path.Combine(folder.FullName, "mailboxes.db");
        try
        {
            var confirmed = await StoreWriterProcess.RunAsync(path, underWay, confirmations, () => Task.CompletedTask, TestContext.Current.CancellationToken);
            Assert.True(confirmed.Count >= confirmations);
            await SurvivingRecords.CheckAsync(new SqliteMailboxStoreSettings { Path = path }, confirmed);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
