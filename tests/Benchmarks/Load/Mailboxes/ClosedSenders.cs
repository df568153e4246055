using System.Diagnostics;
using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>Senders that each wait for the final answer to a MESSAGE before they send the next one.</summary>
internal sealed class ClosedSenders(LeanPhones phones, int senders)
{
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<int, (int Phone, NtpTimestamp Timestamp)?>? _next;
    private long _answered;
    private int _running;

    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>
    /// Next: what the sender of that number is to send, null when it has sent everything. Returns whether every message was answered; when nothing is
    /// for 20 s, or when cancelled, it gives up. One run at a time for the phones.
    /// </summary>
    public async Task<bool> RunAsync(Func<int, (int Phone, NtpTimestamp Timestamp)?> next, CancellationToken stop = default)
    {
        _next = next;
        _running = senders;
        phones.OnAnswered = OnAnswered;
        for (var sender = 0; sender < senders; sender++)
        {
            SendNext(sender);
        }

        var (seen, since) = (Answered, Stopwatch.GetTimestamp());
        while (await Task.WhenAny(_done.Task, Task.Delay(Pause, CancellationToken.None)) != _done.Task && !stop.IsCancellationRequested)
        {
            if (Answered != seen)
            {
                (seen, since) = (Answered, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > MostSilence)
            {
                break;
            }
        }

        phones.OnAnswered = null;
        return _done.Task.IsCompleted;
    }

    private void OnAnswered(int sender)
    {
        Interlocked.Increment(ref _answered);
        SendNext(sender);
    }

    private void SendNext(int sender)
    {
        if (_next!(sender) is { } message)
        {
            phones.Send(message.Phone, message.Timestamp, sender);
        }
        else if (Interlocked.Decrement(ref _running) == 0)
        {
            _done.TrySetResult();
        }
    }
}
