using System.Diagnostics;
using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What phones do together: send, come back, wait for what is theirs.</summary>
internal static class PhoneTraffic
{
    private const int TimestampStepBits = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilenceWhenComplete = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RegistrationLimit = TimeSpan.FromSeconds(30);

    private static long _stamps;

    /// <summary>
    /// So many senders, each one message after the other, until all are sent or the time is over. Each phone has one sender (their number divides that of the
    /// phones), so that the order in which its messages were sent is that of their timestamps and of their answers. False: some were not answered.
    /// </summary>
    public static Task<bool> SendAsync(
        LeanPhones phones, PhoneBlock block, int senders, int messages, TimeSpan duration, CancellationToken stop = default)
    {
        var first = NtpTimestamp.FromUtc(TimeProvider.System.GetUtcNow()).OrderKey;
        var turns = new int[senders];
        var (left, start) = (messages, Stopwatch.GetTimestamp());
        return new ClosedSenders(phones, senders).RunAsync(
            sender =>
            {
                if (Interlocked.Decrement(ref left) < 0 || Stopwatch.GetElapsedTime(start) > duration || stop.IsCancellationRequested)
                {
                    return null;
                }

                var phone = block.First + ((sender + (senders * turns[sender]++)) % block.Count);
                return (phone, NtpTimestamp.FromOrderKey(first + ((ulong)Interlocked.Increment(ref _stamps) << TimestampStepBits)));
            },
            stop);
    }

    /// <summary>Phones register, spread evenly over the time; returns how long it took until all were answered.</summary>
    public static async Task<TimeSpan> RegisterAsync(LeanPhones phones, PhoneBlock block, TimeSpan within, CancellationToken stop = default)
    {
        var (start, answered) = (Stopwatch.GetTimestamp(), phones.RegistrationsAnswered);
        for (var sent = 0; sent < block.Count && !stop.IsCancellationRequested;)
        {
            for (var due = block.Count * Math.Min(1, Stopwatch.GetElapsedTime(start) / within); sent < due; sent++)
            {
                phones.Register(block.First + sent);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        while (phones.RegistrationsAnswered < answered + block.Count
            && Stopwatch.GetElapsedTime(start) < RegistrationLimit
            && !stop.IsCancellationRequested)
        {
            await Task.Delay(Pause, CancellationToken.None);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Until everything accepted for the phones has arrived and nothing more does, or nothing has arrived for 10 s.</summary>
    public static async Task WaitForDeliveriesAsync(LeanPhones phones, PhoneBlock block)
    {
        var (seen, since) = (0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < (phones.Book.Missing(block) == 0 ? SilenceWhenComplete : MostSilence))
        {
            await Task.Delay(Pause);
            var arrived = phones.Book.Distinct + phones.Book.Copies;
            (seen, since) = arrived == seen ? (seen, since) : (arrived, Stopwatch.GetTimestamp());
        }
    }
}
