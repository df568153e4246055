using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// Counts since the start and gauges, thread-safe. Received = ForwardedLive + RelayedFailures + Stored + RefusedQuota + RefusedStorage +
/// RefusedExpired + what is in hand; Stored + what was recovered = Delivered + DroppedPermanent + DroppedExpired + Backlog.
/// </summary>
public sealed class ApplicationServerCounters
{
    private readonly long[] _facts = new long[Enum.GetValues<MailboxFact>().Length];
    private readonly IMailboxStore _store;
    private long _backlog;
    private long _usersOnline;
    private long _restarts;
    private long _strayResponses;

    internal ApplicationServerCounters(IMailboxStore store) => _store = store;

    /// <summary>MESSAGEs, retransmissions not counted.</summary>
    public long Received => Of(MailboxFact.Received);

    public long ForwardedLive => Of(MailboxFact.ForwardedLive);

    public long RelayedFailures => Of(MailboxFact.RelayedFailure);

    public long Stored => Of(MailboxFact.Stored);

    public long Delivered => Of(MailboxFact.Delivered);

    public long DroppedPermanent => Of(MailboxFact.DroppedPermanent);

    public long DroppedExpired => Of(MailboxFact.DroppedExpired);

    public long RefusedQuota => Of(MailboxFact.RefusedQuota);

    public long RefusedStorage => Of(MailboxFact.RefusedStorage);

    public long RefusedExpired => Of(MailboxFact.RefusedExpired);

    public long TemporaryFailures => Of(MailboxFact.TemporaryFailure);

    public long Redeliveries => Of(MailboxFact.Redelivery);

    public long LateArrivals => Of(MailboxFact.LateArrival);

    public long OrderViolations => Of(MailboxFact.OrderViolation);

    /// <summary>Stored and not yet removed, now.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    public long Commits => _store.Commits;

    /// <summary>Phones that are registered, now.</summary>
    public long UsersOnline => Volatile.Read(ref _usersOnline);

    /// <summary>Mailbox actors that failed and were started again.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Responses that no mailbox asked for.</summary>
    public long StrayResponses => Volatile.Read(ref _strayResponses);

    internal void Count(MailboxFact fact) => Interlocked.Increment(ref _facts[(int)fact]);

    internal void AddBacklog(long change) => Interlocked.Add(ref _backlog, change);

    internal void AddUsersOnline(long change) => Interlocked.Add(ref _usersOnline, change);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountStrayResponse() => Interlocked.Increment(ref _strayResponses);

    private long Of(MailboxFact fact) => Volatile.Read(ref _facts[(int)fact]);
}
