using System.Runtime.InteropServices;

namespace UeFarm.Actors.Stores;

/// <summary>
/// The thread behind a <see cref="MailboxStore"/>: takes what waits, makes transactions of it, confirms or refuses, pays debts, and tidies up
/// when nothing is asked for.
/// </summary>
internal sealed class MailboxStoreWorker
{
    private readonly MailboxStoreSettings _settings;
    private readonly IMailboxDatabase _database;
    private readonly MailboxStoreQueue _queue;
    private readonly StoreBackOff _backOff;
    private readonly CarriedWrites _carried = new();
    private readonly List<object?> _answers = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _tidyAfter = Timeout.InfiniteTimeSpan;
    private bool _appendsFailed;
    private long _commits;
    private long _failedCommits;
    private volatile string? _problem;

    public MailboxStoreWorker(MailboxStoreSettings settings, IMailboxDatabase database, MailboxStoreQueue queue)
    {
        _settings = settings;
        _database = database;
        _queue = queue;
        _backOff = new StoreBackOff(settings.RetryBase, settings.RetryCap);
        new Thread(Run) { IsBackground = true, Name = "mailbox-store" }.Start();
    }

    public long Commits => Volatile.Read(ref _commits);

    public long FailedCommits => Volatile.Read(ref _failedCommits);

    public string? Problem => _problem;

    /// <summary>Completes when the queue was closed, everything in it is done and the database is closed.</summary>
    public Task Stopped => _stopped.Task;

    private void Run()
    {
        bool isClosed;
        do
        {
            var batch = _queue.Take(LongestWait(), out isClosed);
            if (batch.Count > 0)
            {
                CarryOut(CollectionsMarshal.AsSpan(batch));
            }
            else if (!isClosed)
            {
                DoChores();
            }
        }
        while (!isClosed);

        if (_carried.Count > 0 && (_database.IsOpen || Reopen()))
        {
            Execute([]);
        }

        _database.Dispose();
        _stopped.SetResult();
    }

    private TimeSpan LongestWait() => !_database.IsOpen || _carried.Count > 0 ? _backOff.Remaining : _tidyAfter;

    /// <summary>Nothing is asked for: time to pay debts or to tidy up, in small pieces.</summary>
    private void DoChores()
    {
        if (!_database.IsOpen)
        {
            EnsureOpen();
        }
        else if (_carried.Count > 0)
        {
            Execute([]);
        }
        else
        {
            _tidyAfter = _database.Tidy() ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
        }
    }

    private void CarryOut(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        while (commands.Length > 0)
        {
            if (!EnsureOpen())
            {
                Refuse(commands);
                return;
            }

            var length = LengthOfTransaction(commands);
            RunTransaction(commands[..length]);
            commands = commands[length..];
        }
    }

    /// <summary>The queue bounds a batch; here only its reads are, whose answers are in memory together.</summary>
    private int LengthOfTransaction(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        var reads = 0;
        for (var i = 0; i < commands.Length; i++)
        {
            reads += commands[i].IsRead ? 1 : 0;
            if (reads > _settings.MaxReadsPerBatch)
            {
                return Math.Max(1, i);
            }
        }

        return commands.Length;
    }

    private void RunTransaction(ReadOnlySpan<MailboxStoreCommand> commands, bool isRepeated = false)
    {
        switch (Execute(commands))
        {
            case MailboxBatchOutcome.Committed:
                Confirm(commands);
                break;
            case MailboxBatchOutcome.Rejected when commands.Length > 1:
                // One record that the database does not take must not cost the others their place.
                RunTransaction(commands[..(commands.Length / 2)]);
                RunTransaction(commands[(commands.Length / 2)..]);
                break;
            case MailboxBatchOutcome.Unknown when !_database.IsOpen && !isRepeated && Reopen():
                // What was in doubt is gone, so that the same batch can be carried out as if for the first time.
                RunTransaction(commands, isRepeated: true);
                break;
            default:
                Refuse(commands);
                break;
        }
    }

    private MailboxBatchOutcome Execute(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        _answers.Clear();
        if (!_database.IsOpen)
        {
            return MailboxBatchOutcome.Failed; // lost in the half before
        }

        var isWrite = _carried.Count > 0;
        var hasAppend = false;
        foreach (ref readonly var command in commands)
        {
            isWrite |= command.IsWrite;
            hasAppend |= command.Kind == MailboxStoreCommandKind.Append;
        }

        var outcome = _database.Execute(_carried, commands, _answers, out var problem);
        if (outcome == MailboxBatchOutcome.Committed)
        {
            _carried.Clear();
            _backOff.Reset();
            if (hasAppend || !_appendsFailed)
            {
                ForgetProblem(); // on a full disk reads and removals may work
            }

            Volatile.Write(ref _commits, _commits + (isWrite ? 1 : 0));
            _tidyAfter = isWrite ? _settings.IdleDelay : _tidyAfter;
            return outcome;
        }

        if (outcome == MailboxBatchOutcome.Unknown)
        {
            _carried.AddDoubtful(commands);
        }

        Volatile.Write(ref _failedCommits, _failedCommits + 1);
        _appendsFailed |= hasAppend;
        NoteFailure(problem);
        return outcome;
    }

    private bool EnsureOpen() => _database.IsOpen || (_backOff.Remaining == TimeSpan.Zero && Reopen());

    /// <summary>Debts are paid in a transaction of their own before anything is read or confirmed again.</summary>
    private bool Reopen()
    {
        if (!_database.TryReopen(out var problem))
        {
            NoteFailure(problem);
            return false;
        }

        if (_carried.Count > 0 && Execute([]) != MailboxBatchOutcome.Committed)
        {
            return false;
        }

        _backOff.Reset();
        ForgetProblem();
        _queue.RefusesAppends = false;
        return true;
    }

    private void ForgetProblem()
    {
        _problem = null;
        _appendsFailed = false;
    }

    private void NoteFailure(string problem)
    {
        _problem = problem;
        _backOff.Fail();
        _queue.RefusesAppends = !_database.IsOpen;
    }

    private void Confirm(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        _queue.Release(commands);
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i].Confirm(_answers[i]);
        }
    }

    /// <summary>Nothing of it was stored, or what may have been is removed before it can be read; removals and presence are tried again.</summary>
    private void Refuse(ReadOnlySpan<MailboxStoreCommand> commands)
    {
        _queue.Release(commands);
        foreach (ref readonly var command in commands)
        {
            command.Refuse();
            _carried.Add(command);
        }
    }
}
