using Microsoft.Data.Sqlite;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Smime;

namespace UeFarm.Farm.Tests.Hosting;

[Collection(WholeRuns.Name)]
public class StoredAtTheEndTests
{
    [Theory]
    [InlineData("clean")]
    [InlineData("silent")]
    public async Task What_is_booked_as_stored_is_exactly_what_the_mailbox_file_holds_after_the_run(string cut)
    {
        using var run = await PlayedRun.PlayAsync($$"""
            version: 1
            name: away
            seed: 3
            subscribers: { count: 12, auth: { scheme: md5, secretsFrom: derived } }
            applicationServer: { holdTime: 500ms }
            traffic: { rate: 50/s, size: 40B-400B }
            phases:
              - { name: acquaint, for: 1s }
              - { name: outage, offline: 50%, cut: {{cut}}, for: 2s }
            results: { ledger: true }
            """);

        var ledger = run.Document.Ledger;
        Assert.All(run.Document.Invariants, invariant => Assert.True(invariant.Held, $"{invariant.Name}: {invariant.Detail}"));
        Assert.Equal(0, ledger.Unaccounted);
        Assert.True(ledger.Stored > 10);
        var booked = run.Ledger.Where(row => row["outcome"] == "stored").Select(row => row["digest"]).Order().ToList();
        Assert.Equal(ledger.Stored, booked.Count);
        Assert.Equal(booked, DigestsIn(run.Results.MailboxFile).Order());
        Assert.Equal(6, run.Document.Registrations.RegisteredAtEnd);
    }

    private static List<string> DigestsIn(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT content_type, body FROM messages";
        using var reader = command.ExecuteReader();
        var digests = new List<string>();
        while (reader.Read())
        {
            var type = System.Text.Encoding.UTF8.GetBytes(reader.GetString(0));
            Assert.True(ProtectedBody.TrySplit(type, reader.GetFieldValue<byte[]>(1), out var mikey, out _, out _));
            Assert.True(ReceivedTransferInit.TryParse(mikey, out var transferInit, out _));
            digests.Add(transferInit!.Digest.ToString());
        }

        return digests;
    }
}
