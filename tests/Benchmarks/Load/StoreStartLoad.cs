using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>A server that starts with a large store: how long it takes, what sleeping mailboxes cost, and what happens when all their messages expire at once.</summary>
internal static class StoreStartLoad
{
    private const int BodyBytes = 1400;
    private const int Recipients = 10_000;

    public static async Task RunAsync(int messages)
    {
        await BenchmarkRuns.WithFolderAsync(async folder =>
        {
            var path = Path.Combine(folder, "store.db");
            await MeasureAsync("SQLite", messages, new SqliteMailboxStoreSettings { Path = path }, () => DropFromCacheAsync(path));
            return true;
        });
        if (PostgresCluster.Missing is { } missing)
        {
            Console.WriteLine($"Without PostgreSQL: {missing}");
            return;
        }

        await using var postgres = await PostgresCluster.StartAsync();
        await MeasureAsync("PostgreSQL", messages, new PostgresMailboxStoreSettings { ConnectionString = postgres.ConnectionTo("start") }, () => Task.CompletedTask);
    }

    private static async Task MeasureAsync(string name, int messages, MailboxStoreSettings settings, Func<Task> cool)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{name}, {messages:N0} messages of {BodyBytes} bytes, {Recipients:N0} recipients"));
        var clock = Stopwatch.GetTimestamp();
        await FillAsync(settings, messages);
        Say("filled", clock);
        await cool();
        foreach (var state in new[] { "opened, file not in memory", "opened again" })
        {
            clock = Stopwatch.GetTimestamp();
            await using var store = Open(settings);
            Say(state, clock);
        }

        await SleepAndExpireAsync(settings, messages);
    }

    private static async Task FillAsync(MailboxStoreSettings settings, int messages)
    {
        await using var store = Open(settings);
        var sender = new Unheard();
        for (var i = 0; i < messages; i++)
        {
            while (!store.TryAppend(MailboxRecords.Create(i + 1, $"sip:ue{i % Recipients:000000}@ims.example", BodyBytes), sender))
            {
                await store.FlushAsync();
            }
        }
    }

    private static async Task SleepAndExpireAsync(MailboxStoreSettings settings, int messages)
    {
        var time = new FakeTimeProvider(MailboxRecords.Epoch);
        var network = new InMemorySipNetwork();
        using var system = FarmActorSystem.Create("store-start");
        await using var wheel = new WakeUpWheel(time, TimeSpan.FromMilliseconds(5));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.GetTimestamp();
        await using var server = await ApplicationServer.StartAsync(system, new ApplicationServerSettings
        {
            Domain = "ims.example",
            Core = new SipHop(SipTransportKind.Memory, new IPEndPoint(IPAddress.Loopback, 5060), 0),
            DatabasePath = string.Empty,
            Behavior = new ApplicationServerOptions { Store = settings },
            Random = SystemRandomSource.Instance,
            OpenTransports = receiver => [network.Open(new IPEndPoint(IPAddress.Loopback, 5070), receiver, SipLimits.Default)],
        }, wheel);
        await UntilAsync(() => server.Counters.Backlog == messages, time, TimeSpan.Zero);
        Say("server started", clock);
        var sleeping = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {sleeping / (double)Recipients,12:N0} bytes of heap for each sleeping mailbox"));

        clock = Stopwatch.GetTimestamp();
        var peak = 0L;
        time.Advance(TimeSpan.FromDays(7));
        await UntilAsync(
            () =>
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                return server.Counters.DroppedExpired == messages;
            },
            time, TimeSpan.FromMilliseconds(10));
        Say("all expired", clock);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {peak / 1e6,12:N0} MB of heap at most meanwhile"));
    }

    private static MailboxStore Open(MailboxStoreSettings settings) =>
        MailboxStore.TryOpen(settings, out var store, out var problem) ? store! : throw new IOException(problem);

    private static async Task UntilAsync(Func<bool> condition, FakeTimeProvider time, TimeSpan step)
    {
        while (!condition())
        {
            await Task.Delay(10);
            time.Advance(step);
        }
    }

    private static void Say(string what, long start) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Stopwatch.GetElapsedTime(start).TotalSeconds,12:N2} s {what}"));

    /// <summary>Only this file: what others have in memory is left alone.</summary>
    private static async Task DropFromCacheAsync(string path)
    {
        using var process = Process.Start("dd", [$"if={path}", "iflag=nocache", "count=0", "status=none"]);
        await process.WaitForExitAsync();
    }

    private sealed class Unheard : IMailboxStoreClient
    {
        public void OnAppended(MailboxRecord record, bool durable)
        {
            if (!durable)
            {
                throw new IOException("a record was refused");
            }
        }

        public void OnRead(MailboxReadResult result) => throw new InvalidOperationException("nothing was read");
    }
}
