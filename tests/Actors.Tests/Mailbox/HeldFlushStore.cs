using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

/// <summary>The real store, whose flushes end when and how the test says.</summary>
internal sealed class HeldFlushStore : IMailboxStore
{
    private readonly MailboxStore _store;
    private readonly SemaphoreSlim _asked = new(0);
    private TaskCompletionSource _flush = new();

    public HeldFlushStore(string path)
    {
        Assert.True(MailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = path }, out var store, out var problem), problem);
        _store = store!;
    }

    public MailboxStoreRecovery Recovery => _store.Recovery;

    public long Commits => _store.Commits;

    public long FailedCommits => _store.FailedCommits;

    public string? Problem => _store.Problem;

    public Task FlushAskedAsync() => _asked.WaitAsync(TestContext.Current.CancellationToken);

    public void Release(bool durable)
    {
        var flush = Interlocked.Exchange(ref _flush, new TaskCompletionSource());
        if (durable)
        {
            flush.SetResult();
        }
        else
        {
            flush.SetException(new IOException("the disk is full"));
        }
    }

    public Task FlushAsync()
    {
        var flush = Volatile.Read(ref _flush);
        _asked.Release();
        return flush.Task;
    }

    public bool TryAppend(MailboxRecord record, IMailboxStoreClient client) => _store.TryAppend(record, client);

    public void Remove(long arrival) => _store.Remove(arrival);

    public void Read(string recipient, MailboxRead read, IMailboxStoreClient client) => _store.Read(recipient, read, client);

    public void SetPresence(string recipient, bool online) => _store.SetPresence(recipient, online);

    public IAsyncEnumerable<MailboxRecord> ReadAllAsync(CancellationToken cancellation) => _store.ReadAllAsync(cancellation);

    public Task<DateTimeOffset?> FindOldestAsync() => _store.FindOldestAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _asked.Dispose();
    }
}
