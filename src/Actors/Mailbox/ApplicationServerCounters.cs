using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// Counts since the start and gauges, thread-safe. Received = ForwardedLive + RelayedFailures + Stored + everything refused + what is in hand;
/// Stored + what was recovered = Delivered + DroppedPermanent + DroppedExpired + DroppedPurged + Backlog.
/// </summary>
public sealed class ApplicationServerCounters
{
    private readonly long[] _facts = new long[Enum.GetValues<MailboxFact>().Length];
    private readonly IMailboxStore _store;
    private long _usersOnline;
    private long _subscriptions;
    private long _restarts;
    private long _strayResponses;
    private long _drainWaiting;

    internal ApplicationServerCounters(IMailboxStore store, StoredTotals totals, TimeSpan expiry)
    {
        Expiry = expiry;
        _store = store;
        Totals = totals;
    }

    /// <summary>MESSAGEs, retransmissions not counted.</summary>
    public long Received => Of(MailboxFact.Received);

    public long ForwardedLive => Of(MailboxFact.ForwardedLive);

    public long RelayedFailures => Of(MailboxFact.RelayedFailure);

    public long Stored => Of(MailboxFact.Stored);

    public long Delivered => Of(MailboxFact.Delivered);

    public long DroppedPermanent => Of(MailboxFact.DroppedPermanent);

    public long DroppedExpired => Of(MailboxFact.DroppedExpired);

    /// <summary>Taken out by an operator.</summary>
    public long DroppedPurged => Of(MailboxFact.DroppedPurged);

    /// <summary>The mailbox had as many messages as it may hold.</summary>
    public long RefusedQuota => Of(MailboxFact.RefusedQuota);

    /// <summary>The mailbox had as many bytes as it may hold.</summary>
    public long RefusedQuotaBytes => Of(MailboxFact.RefusedQuotaBytes);

    /// <summary>The server had as many messages as it may hold.</summary>
    public long RefusedServerQuota => Of(MailboxFact.RefusedServerQuota);

    /// <summary>The server had as many bytes as it may hold.</summary>
    public long RefusedServerQuotaBytes => Of(MailboxFact.RefusedServerQuotaBytes);

    public long RefusedStorage => Of(MailboxFact.RefusedStorage);

    public long RefusedExpired => Of(MailboxFact.RefusedExpired);

    /// <summary>Not taken because the server was about to stop.</summary>
    public long RefusedStopping => Of(MailboxFact.RefusedStopping);

    public long TemporaryFailures => Of(MailboxFact.TemporaryFailure);

    public long Redeliveries => Of(MailboxFact.Redelivery);

    public long LateArrivals => Of(MailboxFact.LateArrival);

    public long OrderViolations => Of(MailboxFact.OrderViolation);

    /// <summary>Delivery reports put into their senders' mailboxes: of messages refused for good or expired unsent.</summary>
    public long ReportedFailed => Of(MailboxFact.ReportedFailed);

    /// <summary>The same where the phone may have got the message all the same.</summary>
    public long ReportedError => Of(MailboxFact.ReportedError);

    public long ReportedStored => Of(MailboxFact.ReportedStored);

    /// <summary>Reports whose sender's mailbox is full, or not here.</summary>
    public long ReportsDropped => Of(MailboxFact.ReportDropped);

    /// <summary>Stored, or waiting for the disk, and not yet removed, now.</summary>
    public long Backlog => Totals.Messages;

    /// <summary>Their bodies.</summary>
    public long BacklogBytes => Totals.Bytes;

    /// <summary>When the message arrived that is stored longest; null: there is none.</summary>
    /// <exception cref="IOException">The store could not be read.</exception>
    public Task<DateTimeOffset?> FindOldestAsync() => _store.FindOldestAsync();

    /// <summary>How long messages are kept at most.</summary>
    public TimeSpan Expiry { get; }

    public long Commits => _store.Commits;

    public long FailedCommits => _store.FailedCommits;

    /// <summary>Why the store fails, for an operator; null while all is well.</summary>
    public string? StoreProblem => _store.Problem;

    /// <summary>Phones that are known to be registered, now.</summary>
    public long UsersOnline => Volatile.Read(ref _usersOnline);

    /// <summary>Phones whose registration the server is subscribed to, now; 0 where it is told by third-party REGISTER.</summary>
    public long Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Mailbox actors that failed and were started again.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Responses that no mailbox asked for.</summary>
    public long StrayResponses => Volatile.Read(ref _strayResponses);

    /// <summary>Mailboxes that wait for their turn to send a stored message, now; 0 without a limit of the drain.</summary>
    public long DrainWaiting => Volatile.Read(ref _drainWaiting);

    internal void SetDrainWaiting(int count) => Volatile.Write(ref _drainWaiting, count);

    internal void Count(MailboxFact fact) => Interlocked.Increment(ref _facts[(int)fact]);

    internal StoredTotals Totals { get; }

    internal void AddUsersOnline(long change) => Interlocked.Add(ref _usersOnline, change);

    internal void AddSubscriptions(long change) => Interlocked.Add(ref _subscriptions, change);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountStrayResponse() => Interlocked.Increment(ref _strayResponses);

    private long Of(MailboxFact fact) => Volatile.Read(ref _facts[(int)fact]);
}
