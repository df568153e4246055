using System.Diagnostics;
using System.Globalization;
using UeFarm.Actors.Stores;
using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// P13: phones come back to full mailboxes. An application server in a process of its own stores messages (SIP, each answered 202 after its commit), is started again
/// on that store, hears that all phones are back, and drains over TCP while new messages arrive. What must hold is checked: everything
/// delivered, once, in order of T, nothing left.
/// </summary>
internal static class DrainLoad
{
    private const int Senders = 256;
    private const int Connections = 4;
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

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Messages:N0} messages for {options.Phones:N0} phones, stored by SIP; window 1; {options.LivePerSecond} new ones a second during the drain; load average {LoadAverage()}"));
        return await BenchmarkRuns.WithFolderAsync(folder => RunAsync(options, Path.Combine(folder, "mailboxes.db")));
    }

    private static async Task<int> RunAsync(DrainOptions options, string database)
    {
        await using var phones = new LeanPhones(options.Phones, Connections);
        var maxPerPhone = (2 * options.Messages / options.Phones) + 1000;
        Table.Head(
            $"Application server in its own process, bodies of {phones.BodyBytes} bytes",
            "messages", "seconds", "per second", "AS us CPU", "per AS CPU-s", "phones us CPU", "commits/s", "bytes alloc.");
        await using (var filled = await ServerProcess.StartAsync(database, phones.EndPoint.Port, maxPerPhone))
        {
            if (!await FillAsync(options, phones, filled))
            {
                return 1;
            }
        }

        await using var server = await ServerProcess.StartAsync(database, phones.EndPoint.Port, maxPerPhone);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"start on the store: {server.StartTime.TotalSeconds:F1} s ({server.Opening.TotalSeconds:F1} s without the runtime's own), {server.Cpu.TotalSeconds:F1} s of CPU, resident {server.ResidentMebibytes:F0} MiB, peak {server.PeakMebibytes:F0} MiB; database {new FileInfo(database).Length >> 20} MiB"));
        phones.Server = server.EndPoint;
        var cost = await DrainAsync(options, phones, server);
        var figures = await server.ReadFiguresAsync();
        var peak = server.PeakMebibytes;
        await server.DisposeAsync();
        var broken = Check(phones, figures, peak, database);
        await CompareAsync(cost);
        return broken;
    }

    private static async Task<bool> FillAsync(DrainOptions options, LeanPhones phones, ServerProcess server)
    {
        phones.Server = server.EndPoint;
        var random = new SeededRandomSource(1);
        var gate = new Lock();
        var first = NtpTimestamp.FromUtc(TimeProvider.System.GetUtcNow().AddDays(-1)).OrderKey;
        var spread = Math.Max(1, options.Messages / 20);
        var sent = 0;
        var senders = new ClosedSenders(phones, Senders);
        var (start, cpu) = (Usage.Now(), server.Cpu);
        var complete = await senders.RunAsync(_ =>
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
        await RowAsync("fill, answered 202", phones.Book.Accepted, Usage.Now() - start, server, cpu, default);
        if (!complete || phones.Book.Accepted != options.Messages)
        {
            Console.WriteLine($"broken: only {phones.Book.Accepted} messages were taken over, {phones.Book.Refused} refused");
        }

        return complete && phones.Book.Accepted == options.Messages;
    }

    /// <summary>Returns the microseconds of CPU for one delivered message, of the server alone and with the phones.</summary>
    private static async Task<(double Server, double Both)> DrainAsync(DrainOptions options, LeanPhones phones, ServerProcess server)
    {
        using var stop = new CancellationTokenSource();
        var before = await server.ReadFiguresAsync();
        var (start, cpu) = (Usage.Now(), server.Cpu);
        var live = SendLiveAsync(options, phones, stop.Token);
        var registering = RegisterAsync(options, phones);
        var (seen, since) = (0L, Stopwatch.GetTimestamp());
        while ((!registering.IsCompleted || phones.Book.Missing > 0) && Stopwatch.GetElapsedTime(since) < MostSilence)
        {
            await Task.Delay(50, CancellationToken.None);
            if (phones.Book.Distinct != seen)
            {
                (seen, since) = (phones.Book.Distinct, Stopwatch.GetTimestamp());
            }
        }

        var used = Usage.Now() - start;
        var delivered = phones.Book.Distinct;
        await RowAsync("drain, with new messages", delivered, used, server, cpu, before);
        var cost = (server.Cpu - cpu).TotalMicroseconds / delivered;
        await registering;
        await stop.CancelAsync();
        await live;
        for (var pause = 0; pause < 200 && (phones.Book.Accepted + phones.Book.Refused < phones.Book.Sent || phones.Book.Missing > 0); pause++)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{phones.Book.Sent - options.Messages:N0} new messages during the drain; all registered after {(registering.Result - start.Timestamp) / (double)Stopwatch.Frequency:F1} s"));
        return (cost, cost + used.MicrosecondsPer(delivered));
    }

    /// <summary>Spread evenly over the time; returns when all are sent, as a timestamp.</summary>
    private static async Task<long> RegisterAsync(DrainOptions options, LeanPhones phones)
    {
        var start = Stopwatch.GetTimestamp();
        for (var phone = 0; phone < options.Phones;)
        {
            var due = (int)Math.Min(options.Phones, Stopwatch.GetElapsedTime(start).TotalSeconds * options.Phones / options.WithinSeconds);
            for (; phone < due; phone++)
            {
                phones.Register(phone);
            }

            await Task.Delay(5);
        }

        while (phones.Registered + phones.RegistrationsRefused < options.Phones && Stopwatch.GetElapsedTime(start).TotalSeconds < options.WithinSeconds + 30)
        {
            await Task.Delay(5);
        }

        return Stopwatch.GetTimestamp();
    }

    private static async Task SendLiveAsync(DrainOptions options, LeanPhones phones, CancellationToken stop)
    {
        var random = new SeededRandomSource(2);
        var last = NtpTimestamp.FromUtc(DateTimeOffset.UnixEpoch);
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0L; !stop.IsCancellationRequested;)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * options.LivePerSecond); sent < due; sent++)
            {
                var now = NtpTimestamp.FromUtc(TimeProvider.System.GetUtcNow());
                last = now > last ? now : last.Next();
                phones.Send((int)(random.NextUInt64() % (ulong)options.Phones), last, 0);
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    private static async Task RowAsync(string name, long messages, Usage used, ServerProcess server, TimeSpan cpuBefore, ServerFigures? before)
    {
        var cost = (server.Cpu - cpuBefore).TotalMicroseconds / messages;
        var figures = await server.ReadFiguresAsync();
        var seconds = used.Elapsed.TotalSeconds;
        Table.Row(
            name, messages, seconds, messages / seconds, cost, 1e6 / cost, used.MicrosecondsPer(messages), (figures.Commits - (before?.Commits ?? 0)) / seconds,
            (double)(figures.AllocatedBytes - (before?.AllocatedBytes ?? 0)) / messages);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {figures.Collections - (before?.Collections ?? 0)} collections of the server, {figures.FullCollections - (before?.FullCollections ?? 0)} full, pauses of {figures.PauseSeconds - (before?.PauseSeconds ?? 0):F1} s; peak {server.PeakMebibytes:F0} MiB"));
    }

    /// <summary>0 when everything holds.</summary>
    private static int Check(LeanPhones phones, ServerFigures figures, double peak, string database)
    {
        var book = phones.Book;
        var left = -1;
        if (SqliteMailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = database }, out var store, out var problem))
        {
            left = store!.Recovery.Backlogs.Count;
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        (string Promise, bool Holds, string Evidence)[] promises =
        [
            ("every message delivered", book.Missing == 0 && book.Distinct == book.Sent && book.Refused == 0, $"{book.Distinct} of {book.Sent}, {book.Refused} refused"),
            ("none twice", book.Copies == 0, $"{book.Copies} copies"),
            ("in order of T for every phone", book.OutOfOrder == 0 && figures.OrderViolations == 0, $"{book.OutOfOrder} out of order"),
            ("bodies and content types unchanged", book.Altered == 0, $"{book.Altered} altered"),
            ("nothing left", figures.Backlog == 0 && left == 0, $"backlog {figures.Backlog}, mailboxes in the file {left} {problem}"),
            ("no mailbox failed", figures.Restarts == 0, $"{figures.Restarts} restarts"),
            ("peak below 1 GiB", peak < MostMebibytes, string.Create(CultureInfo.InvariantCulture, $"{peak:F0} MiB")),
        ];
        foreach (var (promise, holds, evidence) in promises)
        {
            Console.WriteLine($"{(holds ? "holds" : "BROKEN")}: {promise} ({evidence})");
        }

        return promises.All(static promise => promise.Holds) ? 0 : 1;
    }

    private static async Task CompareAsync((double Server, double Both) cost)
    {
        Table.Head("Beside a plain message phone to phone, live (P2, all parts in one process)", "us CPU", "per CPU-s", "per second", "bytes alloc.", "failed");
        var plain = await UeToUeLoad.MeasurePlainAsync();
        Table.Row("drained, AS alone / P2 (aim 1.5)", double.NaN, cost.Server / plain);
        Table.Row("drained, AS and phones / P2", double.NaN, cost.Both / plain);
    }

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
