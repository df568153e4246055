using System.Diagnostics;
using System.Globalization;
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
            var confirmed = await WriteAndKillAsync(path, underWay, confirmations);
            Assert.True(confirmed.Count >= confirmations);

            Assert.True(SqliteMailboxStore.TryOpen(new() { Path = path }, out var store, out var problem), problem);
            await using (store)
            {
                var held = new HashSet<long>();
                await foreach (var record in store!.ReadAllAsync(TestContext.Current.CancellationToken))
                {
                    Assert.Equal(MailboxRecords.BodyOf(record.Arrival, 1400), record.Body.ToArray());
                    held.Add(record.Arrival);
                }

                // The writer removes every eighth; whether such a removal was durable already is open.
                Assert.DoesNotContain(confirmed, arrival => arrival % 8 != 0 && !held.Contains(arrival));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<long>> WriteAndKillAsync(string path, int underWay, int confirmations)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "UeFarm.StoreWriterHost"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { path, underWay.ToString(CultureInfo.InvariantCulture) },
        };
        using var process = Process.Start(start)!;
        var confirmed = new List<long>();
        try
        {
            while (confirmed.Count < confirmations)
            {
                var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.True(line is not null, line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : null);
                confirmed.Add(long.Parse(line!, CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            process.Kill();
        }

        // What was printed before the kill counts too; the last line may have been cut.
        var rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var end = rest.LastIndexOf('\n');
        confirmed.AddRange(rest[..(end + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture)));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return confirmed;
    }
}
