using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using UeFarm.Actors;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Timing;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// The process of an application server under test: says on which port it listens and how long opening took, then answers every line of its input
/// with its figures; the end of the input ends it in order.
/// </summary>
internal static class ServerHost
{
    /// <summary>The argument behind "load" that leads here.</summary>
    public const string Verb = "mailbox-server";

    /// <summary>Arguments: database, transport and port of the core (the phones), most messages per phone.</summary>
    public static async Task<int> RunAsync(string database, string coreTransport, string corePort, string maxPerPhone)
    {
        var core = new SipHop(
            Enum.Parse<SipTransportKind>(coreTransport), new IPEndPoint(IPAddress.Loopback, int.Parse(corePort, CultureInfo.InvariantCulture)), 0);
        var start = Stopwatch.GetTimestamp();
        var system = FarmActorSystem.Create("server");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        await using var server = await ApplicationServer.StartAsync(system, new ApplicationServerSettings
        {
            Domain = Subscribers.Domain,
            Core = core,
            Udp = core.Transport == SipTransportKind.Udp,
            DatabasePath = database,
            Behavior = new ApplicationServerOptions { MaxPerUe = int.Parse(maxPerPhone, CultureInfo.InvariantCulture) },
            Random = SystemRandomSource.Instance,
        }, wheel);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{server.EndPoint.Port} {Stopwatch.GetElapsedTime(start).TotalSeconds}"));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(JsonSerializer.Serialize(FiguresOf(server.Counters)));
        }

        return 0;
    }

    private static ServerFigures FiguresOf(ApplicationServerCounters counters) => new(
        counters.Received, counters.Stored, counters.Delivered, counters.Redeliveries, counters.OrderViolations, counters.LateArrivals, counters.Backlog,
        counters.Commits, counters.Restarts, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), GC.CollectionCount(2),
        GC.GetTotalPauseDuration().TotalSeconds);
}
