using System.Diagnostics;
using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>New messages for random phones at a fixed rate, whatever the server does; and how long each waited for its final answer.</summary>
internal sealed class LiveSenders(LeanPhones phones, int perSecond)
{
    private readonly Lock _gate = new();
    private readonly List<long> _sentAt = [];
    private readonly List<double> _waits = [];

    public int Sent
    {
        get
        {
            lock (_gate)
            {
                return _sentAt.Count;
            }
        }
    }

    /// <summary>Milliseconds from sending to the answer, of those answered so far.</summary>
    public double Percentile(double share)
    {
        lock (_gate)
        {
            var sorted = _waits.Order().ToArray();
            return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        var random = new SeededRandomSource(2);
        var last = NtpTimestamp.FromUtc(DateTimeOffset.UnixEpoch);
        phones.OnAnswered = NoteAnswer;
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; !stop.IsCancellationRequested;)
        {
            for (var due = Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond; sent < due; sent++)
            {
                var now = NtpTimestamp.FromUtc(TimeProvider.System.GetUtcNow());
                last = now > last ? now : last.Next();
                lock (_gate)
                {
                    _sentAt.Add(Stopwatch.GetTimestamp());
                }

                phones.Send((int)(random.NextUInt64() % (ulong)phones.Book.Phones), last, sent);
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    private void NoteAnswer(int token)
    {
        lock (_gate)
        {
            _waits.Add(Stopwatch.GetElapsedTime(_sentAt[token]).TotalMilliseconds);
        }
    }
}
