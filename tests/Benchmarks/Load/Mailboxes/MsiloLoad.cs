using System.Diagnostics;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// P12, P13: our application server beside Kamailio's msilo, each in processes of its own, with the same phones, messages and durability (a commit with
/// its fsync before the 202). Storing, passing on live, draining, slow phones, kill -9. Every row has a store of its own.
/// </summary>
internal static class MsiloLoad
{
    private const int Connections = 64;
    private const int ManySenders = 100;
    private const int DrainMessages = 20_000;
    private const int WarmUpMessages = 5_000;
    private const int SlowPhones = 50;
    private const int SlowMessages = 1000;

    private static readonly int[] Senders = [1, 10, 100];
    private static readonly PhoneBlock Measured = new(0, 1000);

    /// <summary>
    /// Phones whose messages are not counted, for a server that is compiled while it runs. Not for msilo: it deletes what it delivered a minute later, and
    /// what those phones got would be charged to the others.
    /// </summary>
    private static readonly PhoneBlock Before = new(Measured.Count, Measured.Count);
    private static readonly PhoneBlock Slow = new(0, SlowPhones);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RegisterWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync()
    {
        var kinds = Enum.GetValues<ServerKind>().Where(static kind => StoreFolder.Missing(kind) is null).ToArray();
        foreach (var kind in Enum.GetValues<ServerKind>().Except(kinds))
        {
            Table.Note($"{StoreFolder.NameOf(kind)}: skipped, {StoreFolder.Missing(kind)} not installed");
        }

        Table.Head("Stored for phones that are away, answered 202", "senders", "stored/s", "us CPU", "refused");
        await ForEachAsync(kinds, StoreAsync);
        Table.Head(
            $"Passed on to phones that are there, {ManySenders} senders", "messages", "per second", "us CPU", "copies", "out of order", "not delivered");
        await ForEachAsync(kinds, PassOnAsync);
        Table.Head(
            $"Drained to {Measured.Count} phones that return within {RegisterWithin.TotalSeconds:F0} s", "messages", "per second", "us CPU", "copies",
            "out of order", "not delivered", "altered");
        await ForEachAsync(kinds, DrainAsync);
        Table.Head(
            $"Drained over UDP to {SlowPhones} phones, {AnswerTime.TotalMilliseconds:F0} ms each", "messages", "on the wire", "most at once", "not delivered");
        await ForEachAsync(kinds, DrainSlowlyAsync);
        Table.Head("kill -9 and a new start", "202 before", "lost", "copies");
        await ForEachAsync(kinds, KillWhileStoringAsync);
        await ForEachAsync(kinds, KillWhileDrainingAsync);
        return 0;
    }

    private static async Task ForEachAsync(ServerKind[] kinds, Func<string, StoreFolder, Task> measure)
    {
        foreach (var kind in kinds)
        {
            await using var folder = await StoreFolder.CreateAsync(kind);
            await measure(StoreFolder.NameOf(kind), folder);
        }
    }

    private static async Task StoreAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(Measured.Count, Connections);
        await using var server = await folder.StartServerAsync(phones);
        await PhoneTraffic.SendAsync(phones, Measured, ManySenders, int.MaxValue, WarmUp);
        foreach (var senders in Senders)
        {
            var (accepted, refused, cpu, start) = (phones.Book.Accepted, phones.Book.Refused, server.Cpu, Stopwatch.GetTimestamp());
            await PhoneTraffic.SendAsync(phones, Measured, senders, int.MaxValue, Window);
            var (elapsed, stored) = (Stopwatch.GetElapsedTime(start), phones.Book.Accepted - accepted);
            Table.Row(name, senders, stored / elapsed.TotalSeconds, (server.Cpu - cpu).TotalMicroseconds / stored, phones.Book.Refused - refused);
        }
    }

    private static async Task PassOnAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(Measured.Count, Connections);
        await using var server = await folder.StartServerAsync(phones);
        await PhoneTraffic.RegisterAsync(phones, Measured, RegisterWithin);
        await PhoneTraffic.SendAsync(phones, Measured, ManySenders, int.MaxValue, WarmUp);
        var (before, cpu, start) = (phones.Book.Accepted, server.Cpu, Stopwatch.GetTimestamp());
        await PhoneTraffic.SendAsync(phones, Measured, ManySenders, int.MaxValue, Window);
        var (elapsed, messages) = (Stopwatch.GetElapsedTime(start), phones.Book.Accepted - before);
        Table.Row(
            name, messages, messages / elapsed.TotalSeconds, (server.Cpu - cpu).TotalMicroseconds / messages, phones.Book.Copies, phones.Book.OutOfOrder,
            phones.Book.Missing(Measured));
    }

    private static async Task DrainAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(Before.First + Before.Count, Connections);
        await using var server = await folder.StartServerAsync(phones);
        if (folder.Kind == ServerKind.UeFarm)
        {
            await PhoneTraffic.SendAsync(phones, Before, ManySenders, WarmUpMessages, MostTime);
            await PhoneTraffic.RegisterAsync(phones, Before, RegisterWithin);
            await PhoneTraffic.WaitForDeliveriesAsync(phones, Before);
        }

        await PhoneTraffic.SendAsync(phones, Measured, ManySenders, DrainMessages, MostTime);
        var book = phones.Book;
        var (distinct, copies, late, altered) = (book.Distinct, book.Copies, book.OutOfOrder, book.Altered);
        var (cpu, start) = (server.Cpu, Stopwatch.GetTimestamp());
        await PhoneTraffic.RegisterAsync(phones, Measured, RegisterWithin);
        await PhoneTraffic.WaitForDeliveriesAsync(phones, Measured);
        var messages = book.Distinct - distinct;
        Table.Row(
            name, messages, messages / Stopwatch.GetElapsedTime(start, phones.LastArrival).TotalSeconds, (server.Cpu - cpu).TotalMicroseconds / messages,
            book.Copies - copies, book.OutOfOrder - late, book.Missing(Measured), book.Altered - altered);
    }

    private static async Task DrainSlowlyAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(SlowPhones, Connections, AnswerTime);
        await using var server = await folder.StartServerAsync(phones);
        await PhoneTraffic.SendAsync(phones, Slow, SlowPhones, SlowMessages, MostTime);
        await PhoneTraffic.RegisterAsync(phones, Slow, RegisterWithin);
        await PhoneTraffic.WaitForDeliveriesAsync(phones, Slow);
        Table.Row(name, phones.Book.Distinct, phones.Book.Distinct + phones.Book.Copies, phones.MostAtOnce, phones.Book.Missing(Slow));
    }

    private static async Task KillWhileStoringAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(Measured.Count, Connections);
        await using (var server = await folder.StartServerAsync(phones))
        {
            using var stop = new CancellationTokenSource();
            var sending = PhoneTraffic.SendAsync(phones, Measured, ManySenders, int.MaxValue, MostTime, stop.Token);
            await Task.Delay(KillAfter, CancellationToken.None);
            await server.KillAsync();
            await stop.CancelAsync();
            await sending;
        }

        await FinishAsync(name + ", storing", folder, phones);
    }

    private static async Task KillWhileDrainingAsync(string name, StoreFolder folder)
    {
        await using var phones = new LeanPhones(Measured.Count, Connections);
        await using (var server = await folder.StartServerAsync(phones))
        {
            await PhoneTraffic.SendAsync(phones, Measured, ManySenders, DrainMessages, MostTime);
            using var stop = new CancellationTokenSource();
            var registering = PhoneTraffic.RegisterAsync(phones, Measured, RegisterWithin, stop.Token);
            for (var since = Stopwatch.GetTimestamp(); phones.Book.Distinct < DrainMessages / 2 && Stopwatch.GetElapsedTime(since) < MostTime;)
            {
                await Task.Delay(1, CancellationToken.None);
            }

            await server.KillAsync();
            await stop.CancelAsync();
            await registering;
        }

        await FinishAsync(name + ", draining", folder, phones);
    }

    /// <summary>The new server, the phones that return once more, and what became of the messages.</summary>
    private static async Task FinishAsync(string name, StoreFolder folder, LeanPhones phones)
    {
        await using var server = await folder.StartServerAsync(phones);
        await PhoneTraffic.RegisterAsync(phones, Measured, RegisterWithin);
        await PhoneTraffic.WaitForDeliveriesAsync(phones, Measured);
        Table.Row(name, phones.Book.Accepted, phones.Book.Missing(Measured), phones.Book.Copies);
    }
}
