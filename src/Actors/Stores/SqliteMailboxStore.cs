using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Stores;

/// <summary>
/// Mailboxes in one SQLite file. One thread does all the work, in order, many commands per transaction: while it waits for the disk the next
/// batch gathers by itself, so that the number of commits follows the disk and not the load. Reads go the same way; they cost a few
/// microseconds a record, and so an answer can never contradict what was asked before it.
/// </summary>
public sealed class SqliteMailboxStore : IMailboxStore
{
    private const int ReadAllPage = 256;

    private readonly SqliteMailboxStoreSettings _settings;
    private readonly SqliteMailboxDatabase _database;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private readonly List<Command> _carried = [];
    private readonly List<object?> _results = [];
    private List<Command> _queue = [];
    private List<Command> _batch = [];
    private int _queuedRecords;
    private long _queuedBytes;
    private bool _isUrgent;
    private bool _isClosed;
    private long _commits;
    private long _failedCommits;

    private SqliteMailboxStore(SqliteMailboxStoreSettings settings, SqliteMailboxDatabase database)
    {
        _settings = settings;
        _database = database;
        new Thread(Run) { IsBackground = true, Name = "mailbox-store" }.Start();
    }

    private enum CommandKind : byte
    {
        Append,
        Remove,
        SetOnline,
        SetOffline,
        Read,
        ReadAfter,
        Flush,
    }

    public MailboxStoreRecovery Recovery => _database.Recovery;

    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Transactions that failed; their records were refused.</summary>
    public long FailedCommits => Volatile.Read(ref _failedCommits);

    /// <summary>False: the file cannot be used; the problem says why, for an operator.</summary>
    public static bool TryOpen(SqliteMailboxStoreSettings settings, out SqliteMailboxStore? store, out string problem)
    {
        store = SqliteMailboxDatabase.TryOpen(settings.Path, settings.OldestFirst, out var database, out problem)
            ? new SqliteMailboxStore(settings, database!)
            : null;
        return store is not null;
    }

    public bool TryAppend(MailboxRecord record, IMailboxStoreClient client)
    {
        lock (_gate)
        {
            if (_isClosed || _queuedRecords >= _settings.MaxQueuedRecords || _queuedBytes + record.Body.Length > _settings.MaxQueuedBytes)
            {
                return false;
            }

            _queuedRecords++;
            _queuedBytes += record.Body.Length;
            Enqueue(new Command(CommandKind.Append, Record: record, Client: client), urgent: true);
            return true;
        }
    }

    public void Remove(long arrival) => Post(new Command(CommandKind.Remove, Number: arrival), urgent: false);

    public void SetPresence(string recipient, bool online) =>
        Post(new Command(online ? CommandKind.SetOnline : CommandKind.SetOffline, Recipient: recipient), urgent: false);

    public void Read(string recipient, MailboxRead read, IMailboxStoreClient client)
    {
        if (!Post(new Command(CommandKind.Read, Recipient: recipient, Question: read, Client: client), urgent: true))
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
            ObjectDisposedException.ThrowIf(!Post(new Command(CommandKind.ReadAfter, Number: after, Answer: answer), urgent: true), this);
            var records = await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
            foreach (var record in records)
            {
                yield return record;
            }

            if (records.Count < ReadAllPage)
            {
                yield break;
            }

            after = records[^1].Arrival;
        }
    }

    public Task FlushAsync()
    {
        var answer = new TaskCompletionSource<List<MailboxRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Post(new Command(CommandKind.Flush, Answer: answer), urgent: true) ? answer.Task : _stopped.Task;
    }

    /// <summary>Carries out what was asked, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        await _stopped.Task.ConfigureAwait(false);
    }

    private bool Post(in Command command, bool urgent)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            Enqueue(command, urgent);
            return true;
        }
    }

    private void Enqueue(in Command command, bool urgent)
    {
        _queue.Add(command);

        // The thread sleeps until there is something, then for LazyDelay unless something is urgent.
        if (_queue.Count == 1 || (urgent && !_isUrgent))
        {
            Monitor.Pulse(_gate);
        }

        _isUrgent |= urgent;
    }

    private void Run()
    {
        bool isClosed;
        do
        {
            isClosed = TakeBatch();
            for (var start = 0; start < _batch.Count; start += _settings.MaxBatch)
            {
                RunTransaction(CollectionsMarshal.AsSpan(_batch).Slice(start, Math.Min(_settings.MaxBatch, _batch.Count - start)));
            }

            _batch.Clear();
        }
        while (!isClosed);

        _database.Dispose();
        _stopped.SetResult();
    }

    /// <summary>Waits for work and takes all of it; true when nothing can follow. What is not urgent waits a little for company.</summary>
    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            if (!_isUrgent && !_isClosed)
            {
                Monitor.Wait(_gate, _settings.LazyDelay);
            }

            (_queue, _batch) = (_batch, _queue);
            _isUrgent = false;
            return _isClosed;
        }
    }

    private void RunTransaction(ReadOnlySpan<Command> commands)
    {
        _results.Clear();
        var succeeded = true;
        try
        {
            _database.Begin();
            var writes = _carried.Count;
            foreach (ref readonly var command in CollectionsMarshal.AsSpan(_carried))
            {
                Execute(command);
            }

            foreach (ref readonly var command in commands)
            {
                writes += IsWrite(command.Kind) ? 1 : 0;
                _results.Add(Execute(command));
            }

            _database.Commit();
            _carried.Clear();
            Volatile.Write(ref _commits, _commits + (writes > 0 ? 1 : 0));
        }
        catch (SqliteException)
        {
            // Disk full or broken: the records are refused; removals and presence are tried again before anything that follows.
            succeeded = false;
            Volatile.Write(ref _failedCommits, _failedCommits + 1);
            TryRollback();
        }

        ReleaseQuota(commands);
        for (var i = 0; i < commands.Length; i++)
        {
            Confirm(commands[i], succeeded, succeeded ? _results[i] : null);
        }
    }

    private static bool IsWrite(CommandKind kind) => kind <= CommandKind.SetOffline;

    private object? Execute(in Command command)
    {
        switch (command.Kind)
        {
            case CommandKind.Append:
                _database.Insert(command.Record!);
                return null;
            case CommandKind.Remove:
                _database.Delete(command.Number);
                return null;
            case CommandKind.SetOnline:
                _database.SetPresence(command.Recipient!, online: true);
                return null;
            case CommandKind.SetOffline:
                _database.SetPresence(command.Recipient!, online: false);
                return null;
            case CommandKind.Read:
                return _database.Read(command.Recipient!, command.Question);
            case CommandKind.ReadAfter:
                return _database.ReadAfter(command.Number, ReadAllPage);
            default:
                return null;
        }
    }

    private void Confirm(in Command command, bool succeeded, object? result)
    {
        switch (command.Kind)
        {
            case CommandKind.Append:
                command.Client!.OnAppended(command.Record!.Arrival, succeeded);
                break;
            case CommandKind.Read:
                command.Client!.OnRead(result as MailboxReadResult ?? new MailboxReadResult(command.Question.Kind, false, [], default));
                break;
            case CommandKind.ReadAfter or CommandKind.Flush when !succeeded:
                command.Answer!.SetException(new IOException("the mailbox database could not be read or written"));
                break;
            case CommandKind.ReadAfter:
                command.Answer!.SetResult((List<MailboxRecord>)result!);
                break;
            case CommandKind.Flush:
                command.Answer!.SetResult([]);
                break;
            default:
                if (!succeeded)
                {
                    _carried.Add(command);
                }

                break;
        }
    }

    private void TryRollback()
    {
        try
        {
            _database.Rollback();
        }
        catch (SqliteException)
        {
            // Some failures (disk full among them) have already ended the transaction: then there is nothing to roll back.
        }
    }

    private void ReleaseQuota(ReadOnlySpan<Command> commands)
    {
        lock (_gate)
        {
            foreach (ref readonly var command in commands)
            {
                if (command.Kind == CommandKind.Append)
                {
                    _queuedRecords--;
                    _queuedBytes -= command.Record!.Body.Length;
                }
            }
        }
    }

    /// <summary>Number: the arrival to remove, or after which to read.</summary>
    private readonly record struct Command(
        CommandKind Kind, MailboxRecord? Record = null, long Number = 0, string? Recipient = null, MailboxRead Question = default,
        IMailboxStoreClient? Client = null, TaskCompletionSource<List<MailboxRecord>>? Answer = null);
}
