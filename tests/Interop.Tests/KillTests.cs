using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Actors.Stores;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Interop.Tests;

[Collection(WholeProcesses.Name)]
public sealed class KillTests
{
    private const int Recipients = 20;
    private const int MostUnanswered = 64;

    private const string Scenario = """
        version: 1
        name: killed
        seed: 4711
        target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
        subscribers: { count: 50 }
        phases:
          - { name: away, online: 1, for: 10m }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_was_answered_202_before_the_farm_is_killed_is_in_the_store_afterwards(int seed)
    {
        using var folder = new TemporaryFolder();
        var killAfter = new Random(seed).Next(1, 1500);
        var stored = new Dictionary<string, string>();
        await using (var farm = FarmProcess.Start(folder, Scenario))
        {
            var core = (await farm.WaitForAddressesAsync())["core"];
            await SendUntilKilledAsync(farm, core, killAfter, stored);
            Assert.True(await farm.WaitForExitAsync(TimeSpan.FromSeconds(20)) != 0);
        }

        Assert.True(stored.Count >= killAfter, $"{stored.Count} messages were answered 202, seed {seed}");
        var found = await ReadStoreAsync(Path.Combine(folder.PathOf("results"), "mailbox.db"));
        Assert.All(stored, message => Assert.Equal(message.Value, found.GetValueOrDefault(message.Key)));
    }

    /// <summary>Writes to subscribers who are away, as one who is there, and kills the farm when that many messages were answered 202.</summary>
    private static async Task SendUntilKilledAsync(FarmProcess farm, IPEndPoint core, int killAfter, Dictionary<string, string> stored)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var read = ScenarioReader.Read(Scenario, "scenario.yaml", []);
        Assert.True(read.IsValid);
        var settings = await RunSettingsMapper.MapAsync(read.Scenario, "unused.db", cancellation);
        using var connection = await SipConnection.ConnectAsync(core, cancellation);
        var subscriber = new SipSubscriber(connection, settings.ProfileOf(Recipients), settings.Domain);
        await subscriber.RegisterAsync(cancellation);

        using var window = new SemaphoreSlim(MostUnanswered);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(connection, subscriber, settings.AddressOf, window, gone.Token);
        var isKilled = false;
        while (await connection.ReceiveAsync(cancellation) is { } message)
        {
            if (message is not SipResponse response || response.StatusCode < 200)
            {
                continue;
            }

            Assert.True(response.StatusCode is 200 or 202, $"answered {response.StatusCode}");
            if (response.StatusCode == 202)
            {
                var key = Encoding.ASCII.GetString(response.CallId);
                stored.Add(key, response.To.Uri.ToAddressOfRecord());
            }

            if (stored.Count >= killAfter && !isKilled)
            {
                isKilled = true;
                farm.Kill();
            }

            window.Release();
        }

        Assert.True(isKilled, "the connection ended early");
        await gone.CancelAsync();
        await sending;
    }

    private static async Task SendAsync(
        SipConnection connection, SipSubscriber subscriber, Func<int, string> addressOf, SemaphoreSlim window, CancellationToken cancellation)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                await window.WaitAsync(cancellation);
                var key = string.Create(CultureInfo.InvariantCulture, $"message-{number}");
                if (!await connection.TrySendAsync(subscriber.CreateMessage(addressOf(number % Recipients), key, key), cancellation))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The farm is gone; what was not answered does not count.
            return;
        }
    }

    /// <summary>Recipient by text.</summary>
    private static async Task<Dictionary<string, string>> ReadStoreAsync(string path)
    {
        Assert.True(MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = path }, out var store, out var problem), problem);
        await using (store)
        {
            var found = new Dictionary<string, string>();
            await foreach (var record in store!.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                found.Add(Encoding.UTF8.GetString(record.Body.Span), record.Recipient);
            }

            return found;
        }
    }
}
