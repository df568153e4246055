using System.Diagnostics;
using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>A mailbox store with so many senders, each waiting for the confirmation of one message before it has the next.</summary>
internal sealed class StoreContender : IStoreContender
{
    private const int Recipients = 1000;
    private const int RecordsThatFillTheLog = 12_000;

    private readonly Sender[] _senders;
    private long _arrival;

    public StoreContender(MailboxStoreSettings settings, int senders, int bodyBytes)
    {
        Store = MailboxStore.TryOpen(settings, out var store, out var problem) ? store! : throw new IOException(problem);
        _senders = [.. Enumerable.Range(0, senders).Select(_ => new Sender(this, bodyBytes))];
    }

    public MailboxStore Store { get; }

    /// <summary>CPU of this process while the store had its turns.</summary>
    public TimeSpan Cpu { get; private set; }

    /// <summary>As <see cref="BareSqlite"/> does, whose remark says why.</summary>
    public async Task FillLogAsync()
    {
        for (var i = 0; i < RecordsThatFillTheLog; i++)
        {
            if (!Store.TryAppend(_senders[0].Next(), new Unheard()))
            {
                await Store.FlushAsync();
            }
        }

        await Store.FlushAsync();
    }

    public async Task<long> WorkAsync(TimeSpan slice)
    {
        var before = Usage.Now();
        var first = Interlocked.Read(ref _arrival);
        var deadline = Stopwatch.GetTimestamp() + (long)(slice.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(_senders.Select(sender => Task.Run(() => sender.WriteUntilAsync(deadline))));
        Cpu += (Usage.Now() - before).Cpu;
        return Interlocked.Read(ref _arrival) - first;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private sealed class Sender(StoreContender owner, int bodyBytes) : IMailboxStoreClient
    {
        private readonly MailboxRecord _template = MailboxRecords.Create(0, bodyBytes: bodyBytes);
        private TaskCompletionSource<bool> _confirmed = new();

        public async Task WriteUntilAsync(long deadline)
        {
            while (Stopwatch.GetTimestamp() < deadline)
            {
                _confirmed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (!owner.Store.TryAppend(Next(), this) || !await _confirmed.Task)
                {
                    throw new IOException("a record was refused");
                }
            }
        }

        public MailboxRecord Next()
        {
            var arrival = Interlocked.Increment(ref owner._arrival);
            return _template with
            {
                Arrival = arrival,
                Recipient = $"sip:ue{arrival % Recipients:000000}@ims.example",
                Position = MailboxPosition.Of(_template.Timestamp, arrival, oldestFirst: true),
            };
        }

        public void OnAppended(MailboxRecord record, bool durable) => _confirmed.SetResult(durable);

        public void OnRead(MailboxReadResult result) => throw new InvalidOperationException("nothing was read");
    }

    private sealed class Unheard : IMailboxStoreClient
    {
        public void OnAppended(MailboxRecord record, bool durable)
        {
            // the log is full soon enough
        }

        public void OnRead(MailboxReadResult result)
        {
            // nothing was read
        }
    }
}
