using UeFarm.Actors.Run;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// What phones that have written keep, with few tickets and with full caches: the heap after a full collection at the end of runs in virtual time, the program
/// itself not counted, beside the estimate that <c>check</c> prints.
/// </summary>
internal static class TicketLoad
{
    private const int Phones = 1000;
    private const int Tickets = 10_000;

    private const string Scenario = """
        version: 1
        name: tickets
        clock: virtual
        subscribers: { count: 1000, auth: { scheme: akav1-md5, secretsFrom: derived } }
        replayCache: { entries: 64 }
        traffic: { rate: 10/s, size: 40B-400B }
        phases:
          - { name: all, for: 400s }
        """;

    /// <summary>What a run takes whatever it plays: histograms, the first piece of the ledger.</summary>
    private static readonly string[] Least = ["subscribers.count=2", "traffic.rate=1/m"];

    private static readonly (string Name, string[] Overrides)[] Runs =
    [
        ("registered, nothing else", ["traffic.rate=1/m"]),
        ("plain, 40 messages each", ["traffic.rate=100/s", "security.body=plain"]),
        ("to the next one, 40 each", ["traffic.rate=100/s", "traffic.recipients.pick=ring"]),
        ("to anybody, 4 each", ["traffic.rate=10/s"]),
        ("to anybody, 10 each", ["traffic.rate=25/s"]),
        ("to anybody, 40 each", ["traffic.rate=100/s"]),
        ("to anybody, 100 each", ["traffic.rate=250/s"]),
        ("the same with AES-256", ["traffic.rate=250/s", "security.encrypt=aes-256-gcm"]),
        ("by Zipf's law, 24 each", ["traffic.rate=60/s", "traffic.recipients.pick=zipf"]),
        ("to anybody, 40 each, with reports", ["traffic.rate=100/s", "traffic.reports=all"]),
    ];

    public static async Task RunAsync()
    {
        Table.Head("A ticket, bytes of heap", "for sending", "resolved");
        foreach (var suite in Enum.GetValues<MikeySuite>())
        {
            MeasureTickets(suite, 10);
            var (granted, resolved) = MeasureTickets(suite, Tickets);
            Table.Row($"{suite}", granted, resolved);
        }

        await MeasureAsync(Least);
        var (least, leastBooks, _) = await MeasureAsync(Least);
        Table.Head($"Heap of {Phones} phones and the books of their run", "B/phone", "of it books", "estimate", "to heap");
        foreach (var (name, overrides) in Runs)
        {
            var (heap, books, estimate) = await MeasureAsync(overrides);
            heap -= least;
            Table.Row(name, heap / Phones, (books - leastBooks) / Phones, estimate / Phones, estimate / heap);
        }

        Table.Note($"without what a run of two phones takes, {least / 1e6:0.0} MB");
    }

    private static (double Granted, double Resolved) MeasureTickets(MikeySuite suite, int count)
    {
        var random = new SeededRandomSource(1);
        var service = new KeyManagementService(BenchmarkRuns.Kms, random);
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        var profile = Subscribers.AddressOf(1);
        var granted = new GrantedTicket[count];
        var resolved = new ResolvedTicket[count];
        var start = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            using var request = new TicketRequestExchange(
                profile, Subscribers.AddressOf(i), Subscribers.KmsIdentity, PskOf(profile), suite, TimeSpan.FromDays(1), reusable: true);
            granted[i] = request.TryComplete(service.Handle(request.CreateInit(now, random), now), out var ticket, out _) ? ticket! : throw new InvalidOperationException();
        }

        var between = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            var received = ReceivedTransferInit.TryParse(TransferInit.Build(granted[i], NtpTimestamp.FromUtc(now), random).Bytes, out var parsed, out _)
                ? parsed! : throw new InvalidOperationException();
            using var resolve = new TicketResolveExchange(
                received, Subscribers.AddressOf(i), Subscribers.KmsIdentity, PskOf(Subscribers.AddressOf(i)));
            resolved[i] = resolve.TryComplete(service.Handle(resolve.CreateInit(now, random), now), out var ticket, out _) ? ticket! : throw new InvalidOperationException();
        }

        var end = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(granted);
        GC.KeepAlive(resolved);
        return ((double)(between - start) / count, (double)(end - between) / count);

        byte[] PskOf(string identity) => KeyManagementService.DerivePsk(Subscribers.MasterSecret, identity, suite);
    }

    private static Task<(double Heap, double Books, double Estimate)> MeasureAsync(string[] overrides) => BenchmarkRuns.WithFolderAsync(async folder =>
    {
        var scenario = ScenarioReader.Read(Scenario, "tickets.yaml", overrides).Scenario!;
        var settings = await RunSettingsMapper.MapAsync(scenario, Path.Combine(folder, "unused.db"), CancellationToken.None);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var run = await FarmRun.StartAsync(settings);
        await run.RunAsync(CancellationToken.None);
        var heap = GC.GetTotalMemory(forceFullCollection: true) - before;
        return ((double)heap, (double)run.Recorder.BooksBytes, RunPlan.Of(scenario).Memory.Alive);
    });
}
