using System.Diagnostics;

namespace UeFarm.TestSupport.Faults;

/// <summary>The end of a run with faults: everything comes to rest, the server stops, the books are closed.</summary>
internal sealed class FaultSettling(FaultWorld world, FaultTraffic traffic, Action<string> say)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Until no sender waits; then all phones leave and come back, so that the server hears of each, and it is waited for until nothing is left in the store.
    /// </summary>
    public async Task<FaultBooks> CloseBooksAsync(CancellationToken cancellation)
    {
        var recorder = world.Recorder;
        say("settling");
        await UntilAsync(() => Task.FromResult(recorder.Counters.InFlight == 0), "senders wait for answers", cancellation);
        say("all phones leave");
        traffic.LeaveAll();
        await UntilAsync(() => Task.FromResult(recorder.RegisteredPhones == 0), "phones are still registered", cancellation);
        say("all phones come back");
        traffic.Storm();
        await UntilAsync(() => Task.FromResult(recorder.RegisteredPhones == traffic.Phones), "phones are not registered", cancellation);
        if (!await UntilAsync(async () => await world.Server.BacklogAsync(cancellation) == 0, "messages are left in the store", cancellation))
        {
            say((await world.Server.GetAsync("mailboxes?limit=20", cancellation)).ToJsonString());
        }

        var status = await world.Server.GetAsync("status", cancellation);
        await world.Server.StopAsync(StopLimit);
        await world.CountStoredAsync(cancellation);
        return new FaultBooks
        {
            Totals = recorder.Ledger.Close(canSeeStore: true),
            Deferred = recorder.Counters.Answered202,
            Redelivered = recorder.Counters.Redelivered,
            OrderViolations = recorder.Counters.OrderViolations + (long)status["sinceStart"]!["orderViolations"]!,
            Foreign = recorder.Counters.UnknownAccepted,
        };
    }

    /// <summary>What does not come to an end is for the ledger to show: the run goes on and says so.</summary>
    private async Task<bool> UntilAsync(Func<Task<bool>> condition, string otherwise, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > LongestWait)
            {
                say($"after {LongestWait.TotalSeconds:0} s {otherwise}");
                return false;
            }

            await Task.Delay(Poll, cancellation);
        }

        return true;
    }
}
