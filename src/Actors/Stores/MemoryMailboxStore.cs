using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in memory, for virtual time: each question is answered before it returns, on the asker's thread. What is confirmed lives as long as the process,
/// which is all that such a run promises.
/// </summary>
public sealed class MemoryMailboxStore : IMailboxStore
{
    private readonly Dictionary<string, MemoryMailbox> _mailboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, MailboxRecord> _records = [];
    private readonly Lock _gate = new();
    private long _appended;
    private bool _isClosed;

    public MailboxStoreRecovery Recovery { get; } = new(0, new Dictionary<string, MailboxInventory>(), new HashSet<string>());

    /// <summary>One for each record.</summary>
    public long Commits => Volatile.Read(ref _appended);

    /// <summary>Nothing can fail here.</summary>
    public long FailedCommits => 0;

    public string? Problem => null;

    public bool TryAppend(MailboxRecord record, IMailboxStoreClient client)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(client);
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            // A body of its own, so that what is kept for weeks is not the whole message with its headers.
            var kept = record with { Body = record.Body.ToArray() };
            _records.Add(kept.Arrival, kept);
            if (!_mailboxes.TryGetValue(kept.Recipient, out var mailbox))
            {
                _mailboxes.Add(kept.Recipient, mailbox = new MemoryMailbox());
            }

            mailbox.Add(kept);
            _appended++;
        }

        if (record.Replaces != 0)
        {
            Remove(record.Replaces);
        }

        client.OnAppended(record, durable: true);
        return true;
    }

    public void Remove(long arrival)
    {
        lock (_gate)
        {
            if (!_records.Remove(arrival, out var record))
            {
                return;
            }

            var mailbox = _mailboxes[record.Recipient];
            mailbox.Remove(record);
            if (mailbox.Count == 0)
            {
                _mailboxes.Remove(record.Recipient);
            }
        }
    }

    public void Read(string recipient, MailboxRead read, IMailboxStoreClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        MailboxReadResult result;
        lock (_gate)
        {
            result = _isClosed ? new MailboxReadResult(read.Kind, false, [], default)
                : _mailboxes.TryGetValue(recipient, out var mailbox) ? mailbox.Read(read)
                : new MailboxReadResult(read.Kind, true, [], read.Kind == MailboxReadKind.Page ? default : MailboxInventory.Empty);
        }

        client.OnRead(result);
    }

    public void SetPresence(string recipient, bool online)
    {
        // Nobody starts again from this store.
    }

    public IAsyncEnumerable<MailboxRecord> ReadAllAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _records.Values.OrderBy(static record => record.Arrival).ToArray().ToAsyncEnumerable();
        }
    }

    public Task<DateTimeOffset?> FindOldestAsync()
    {
        lock (_gate)
        {
            return Task.FromResult(_records.Values.MinBy(static record => record.Arrival)?.ArrivedAt);
        }
    }

    public Task FlushAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        return ValueTask.CompletedTask;
    }
}
