using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in a database. One thread does all the work, in order, many commands per transaction: while it waits for the disk the next
/// batch gathers by itself, so that the number of commits follows the disk and not the load. Reads go the same way; they cost a few
/// microseconds a record, and so an answer can never contradict what was asked before it.
/// </summary>
public sealed class MailboxStore : IMailboxStore
{
    /// <summary>In UTF-8. An index entry of PostgreSQL holds 2,704 bytes; no phone has an identity this long.</summary>
    private const int MaxRecipientBytes = 2000;

    private readonly MailboxStoreQueue _queue;
    private readonly MailboxStoreWorker _worker;

    private MailboxStore(MailboxStoreSettings settings, IMailboxDatabase database)
    {
        Recovery = database.Recovery;
        _queue = new MailboxStoreQueue(settings);
        _worker = new MailboxStoreWorker(settings, database, _queue);
    }

    public MailboxStoreRecovery Recovery { get; }

    public long Commits => _worker.Commits;

    public long FailedCommits => _worker.FailedCommits;

    public string? Problem => _worker.Problem;

    /// <summary>False: the database cannot be used; the problem says why, for an operator.</summary>
    public static bool TryOpen(MailboxStoreSettings settings, out MailboxStore? store, out string problem)
    {
        ArgumentNullException.ThrowIfNull(settings);
        store = settings.TryOpenDatabase(out var database, out problem) ? new MailboxStore(settings, database!) : null;
        return store is not null;
    }

    public bool TryAppend(MailboxRecord record, IMailboxStoreClient client) =>
        CanBeKept(record) && _queue.TryAdd(new MailboxStoreCommand(MailboxStoreCommandKind.Append, record, Client: client), urgent: true);

    public void Remove(long arrival) => _queue.TryAdd(new MailboxStoreCommand(MailboxStoreCommandKind.Remove, Number: arrival), urgent: false);

    public void SetPresence(string recipient, bool online)
    {
        if (CanBeKey(recipient))
        {
            var kind = online ? MailboxStoreCommandKind.SetOnline : MailboxStoreCommandKind.SetOffline;
            _queue.TryAdd(new MailboxStoreCommand(kind, Recipient: recipient), urgent: false);
        }
    }

    public void Read(string recipient, MailboxRead read, IMailboxStoreClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var command = new MailboxStoreCommand(MailboxStoreCommandKind.Read, Recipient: recipient, Question: read, Client: client);
        if (!CanBeKey(recipient))
        {
            client.OnRead(new MailboxReadResult(read.Kind, true, [], MailboxInventory.Empty)); // nothing was ever stored for it
        }
        else if (!_queue.TryAdd(command, urgent: true))
        {
            client.OnRead(new MailboxReadResult(read.Kind, false, [], default));
        }
    }

    public async IAsyncEnumerable<MailboxRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = long.MinValue;
        while (true)
        {
            var answer = new TaskCompletionSource<List<MailboxRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
            var command = new MailboxStoreCommand(MailboxStoreCommandKind.ReadAfter, Number: after, Answer: answer);
            ObjectDisposedException.ThrowIf(!_queue.TryAdd(command, urgent: true), this);
            var records = await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
            foreach (var record in records)
            {
                yield return record;
            }

            if (records.Count < MailboxStoreCommand.ReadAfterLimit)
            {
                yield break;
            }

            after = records[^1].Arrival;
        }
    }

    public async Task<DateTimeOffset?> FindOldestAsync()
    {
        var answer = new TaskCompletionSource<DateTimeOffset?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.TryAdd(new MailboxStoreCommand(MailboxStoreCommandKind.Oldest, Time: answer), urgent: true)
            ? await answer.Task.ConfigureAwait(false)
            : throw new IOException("the mailbox store is closed");
    }

    public Task FlushAsync() => AskAsync(MailboxStoreCommandKind.Flush);

    public Task ProbeAsync() => AskAsync(MailboxStoreCommandKind.Probe);

    /// <summary>Carries out what was asked, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _worker.Stopped.ConfigureAwait(false);
    }

    private Task AskAsync(MailboxStoreCommandKind kind)
    {
        var answer = new TaskCompletionSource<List<MailboxRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.TryAdd(new MailboxStoreCommand(kind, Answer: answer), urgent: true) ? answer.Task : _worker.Stopped;
    }

    /// <summary>Texts come from the network. PostgreSQL takes no NUL and no half of a character, SQLite gives back something else.</summary>
    private static bool CanBeKept(MailboxRecord record) =>
        CanBeKey(record.Recipient) && IsText(record.FromUri) && IsText(record.ToUri) && IsText(record.ContentType) && IsText(record.AssertedIdentity)
        && IsText(record.Date) && IsText(record.Expires) && IsText(record.Subject) && IsText(record.ContentTransferEncoding)
        && IsText(record.ContentDisposition);

    private static bool CanBeKey(string recipient) => IsText(recipient) && Encoding.UTF8.GetByteCount(recipient) <= MaxRecipientBytes;

    private static bool IsText(string? text)
    {
        var rest = text.AsSpan();
        if (rest.Contains('\0'))
        {
            return false;
        }

        for (var surrogate = rest.IndexOfAnyInRange('\ud800', '\udfff'); surrogate >= 0; surrogate = rest.IndexOfAnyInRange('\ud800', '\udfff'))
        {
            if (Rune.DecodeFromUtf16(rest[surrogate..], out _, out var used) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[(surrogate + used)..];
        }

        return true;
    }
}
