using System.Diagnostics;
using UeFarm.Actors.Stores;
using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// P13: phones come back to full mailboxes. An application server in a process of its own stores messages (SIP, each answered 202 after its commit),
/// is started again on that store, hears that all phones are back, and drains over TCP while new messages arrive. What must hold is
/// checked: everything delivered, once, in order of T, nothing left.
/// </summary>
internal static class DrainLoad
{
    private const int Senders = 256;

    /// <summary>One, as a core has towards its application server: on several, messages of one sender could overtake each other.</summary>
    private const int Connections = 1;
    private const double MostMebibytes = 1024;

    /// <summary>Distance of the timestamps of two messages, in the fraction of an NTP timestamp: 256 messages a second.</summary>
    private const int TimestampStepBits = 24;

    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (DrainOptions.TryParse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(DrainOptions.Usage);
            return 2;
        }

        Table.Note($"{options.Messages:N0} messages for {options.Phones:N0} phones, stored by SIP; window 1; {options.LivePerSecond} new ones a second");
        return await BenchmarkRuns.WithFolderAsync(folder => RunAsync(options, Path.Combine(folder, "mailboxes.db")));
    }

    private static async Task<int> RunAsync(DrainOptions options, string database)
    {
        await using var phones = new LeanPhones(options.Phones, Connections);
        var maxPerPhone = (2 * options.Messages / options.Phones) + 1000;
        ServerSnapshot.Head($"Application server in its own process, bodies of {phones.BodyBytes} bytes");
        await using (var filled = await ServerProcess.StartAsync(database, phones.Hop, maxPerPhone))
        {
            if (!await FillAsync(options, phones, filled))
            {
                return 1;
            }
        }

        await using var server = await ServerProcess.StartAsync(database, phones.Hop, maxPerPhone);
        Table.Note(
            $"start on {new FileInfo(database).Length >> 20} MiB: {server.StartTime.TotalSeconds:F1} s ({server.Cpu.TotalSeconds:F1} s of CPU), of which ",
            $"opening {server.Opening.TotalSeconds:F1} s; resident {server.ResidentMebibytes:F0} MiB, peak {server.PeakMebibytes:F0} MiB");
        phones.Server = server.EndPoint;
        var cost = await DrainAsync(options, phones, server);
        var figures = await server.ReadFiguresAsync();
        var peak = server.PeakMebibytes;
        await server.DisposeAsync();
        var holds = await CheckAsync(phones, figures, peak, database);
        await CompareAsync(cost);
        return holds ? 0 : 1;
    }

    private static async Task<bool> FillAsync(DrainOptions options, LeanPhones phones, ServerProcess server)
    {
        phones.Server = server.EndPoint;
        var random = new SeededRandomSource(1);
        var gate = new Lock();
        var first = NtpTimestamp.FromUtc(TimeProvider.System.GetUtcNow().AddDays(-1)).OrderKey;
        var spread = Math.Max(1, options.Messages / 20);
        var sent = 0;
        var before = await ServerSnapshot.TakeAsync(server);
        var complete = await new ClosedSenders(phones, Senders).RunAsync(_ =>
        {
            lock (gate)
            {
                if (sent == options.Messages)
                {
                    return null;
                }

                // Clocks are off and ways differ: a message's T lies up to a twentieth of the whole before or behind its place in the order of arrival.
                var place = sent + (int)(random.NextUInt64() % (ulong)(2 * spread));
                var timestamp = first + ((ulong)place << TimestampStepBits) + (ulong)sent++;
                return ((int)(random.NextUInt64() % (ulong)options.Phones), NtpTimestamp.FromOrderKey(timestamp));
            }
        });
        (await ServerSnapshot.TakeAsync(server)).WriteRow("fill, each answered 202", phones.Book.Accepted, before);
        if (!complete || phones.Book.Accepted != options.Messages)
        {
            Table.Note($"BROKEN: {phones.Book.Accepted} messages were taken over, {phones.Book.Refused} refused");
        }

        return complete && phones.Book.Accepted == options.Messages;
    }

    /// <summary>Returns the microseconds of CPU for one delivered message, of the server and of the phones.</summary>
    private static async Task<(double Server, double Phones)> DrainAsync(DrainOptions options, LeanPhones phones, ServerProcess server)
    {
        using var stop = new CancellationTokenSource();
        var before = await ServerSnapshot.TakeAsync(server);
        var live = new LiveSenders(phones, options.LivePerSecond);
        var sending = live.RunAsync(stop.Token);
        var registering = PhoneTraffic.RegisterAsync(phones, phones.Book.All, TimeSpan.FromSeconds(options.WithinSeconds), CancellationToken.None);
        var (seen, since) = (0L, Stopwatch.GetTimestamp());
        while ((!registering.IsCompleted || phones.Book.Missing(phones.Book.All) > 0) && Stopwatch.GetElapsedTime(since) < MostSilence)
        {
            await Task.Delay(50, CancellationToken.None);
            if (phones.Book.Distinct != seen)
            {
                (seen, since) = (phones.Book.Distinct, Stopwatch.GetTimestamp());
            }
        }

        var cost = (await ServerSnapshot.TakeAsync(server)).WriteRow("drain, with new messages", phones.Book.Distinct, before);
        var registered = await registering;
        await stop.CancelAsync();
        await sending;
        for (var pause = 0; pause < 200 && (phones.Book.Answered < phones.Book.Sent || phones.Book.Missing(phones.Book.All) > 0); pause++)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        Table.Note(
            $"{live.Sent:N0} new messages, answered within {live.Percentile(0.5):F0} ms (median), {live.Percentile(0.99):F0} ms (99 %), ",
            $"{live.Percentile(1):F0} ms (all); all phones back after {registered.TotalSeconds:F1} s");
        return cost;
    }

    private static async Task<bool> CheckAsync(LeanPhones phones, ServerFigures figures, double peak, string database)
    {
        var left = -1;
        if (MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = database }, out var store, out _))
        {
            left = store!.Recovery.Backlogs.Count;
            await store.DisposeAsync();
        }

        var book = phones.Book;
        (string Promise, bool Holds, FormattableString Evidence)[] promises =
        [
            ("every message delivered", book.Missing(book.All) == 0 && book.Distinct == book.Sent, $"{book.Distinct} of {book.Sent}, {book.Refused} refused"),
            ("every phone registered", phones.RegistrationsRefused == 0, $"{phones.RegistrationsRefused} refused"),
            ("none twice", book.Copies == 0, $"{book.Copies} copies"),
            ("in order of T at every phone", book.OutOfOrder + figures.OrderViolations == 0, $"{book.OutOfOrder} out of order"),
            ("bodies and content types unchanged", book.Altered == 0, $"{book.Altered} altered"),
            ("nothing left", figures.Backlog == 0 && left == 0, $"backlog {figures.Backlog}, mailboxes in the file {left}"),
            ("no mailbox failed", figures.Restarts == 0, $"{figures.Restarts} restarts"),
            ("peak below 1 GiB", peak < MostMebibytes, $"{peak:F0} MiB"),
        ];
        foreach (var (promise, holds, evidence) in promises)
        {
            Console.WriteLine($"{(holds ? "holds" : "BROKEN")}: {promise} ({FormattableString.Invariant(evidence)})");
        }

        return promises.All(static promise => promise.Holds);
    }

    private static async Task CompareAsync((double Server, double Phones) cost)
    {
        Table.Head("Beside a plain message phone to phone, live (P2, all parts in one process)", "us CPU", "per CPU-s", "per second", "bytes alloc.", "failed");
        var plain = await UeToUeLoad.MeasurePlainAsync();
        Table.Row("drained, AS alone / P2 (aim 1.5)", double.NaN, cost.Server / plain);
        Table.Row("drained, AS and phones / P2", double.NaN, (cost.Server + cost.Phones) / plain);
    }
}
