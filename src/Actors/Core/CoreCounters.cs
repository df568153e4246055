using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Core;

/// <summary>Counts since the start, thread-safe.</summary>
public sealed class CoreCounters
{
    private readonly long[] _facts = new long[Enum.GetValues<CoreFact>().Length];
    private long _undeliverable;
    private long _unroutable;
    private long _restarts;

    /// <summary>REGISTERs that made or refreshed a binding.</summary>
    public long RegistersAccepted => this[CoreFact.RegisterAccepted];

    /// <summary>401 sent.</summary>
    public long RegistersChallenged => this[CoreFact.RegisterChallenged];

    /// <summary>REGISTERs refused in any other way.</summary>
    public long RegistersRefused => this[CoreFact.RegisterRefused];

    public long Deregistrations => this[CoreFact.Deregistered];

    public long Resynchronisations => this[CoreFact.Resynchronised];

    /// <summary>MESSAGEs sent on, to the AS or to a phone: two for a message that passes both.</summary>
    public long MessagesRouted => this[CoreFact.MessageRouted];

    /// <summary>407 sent.</summary>
    public long MessagesChallenged => this[CoreFact.MessageChallenged];

    public long MessagesRefused => this[CoreFact.MessageRefused];

    /// <summary>Bindings at this moment.</summary>
    public long Bindings => this[CoreFact.BindingAdded] - this[CoreFact.BindingRemoved] - this[CoreFact.BindingExpired];

    public long BindingsExpired => this[CoreFact.BindingExpired];

    /// <summary>Third-party REGISTERs that the AS answered with 2xx.</summary>
    public long NotifiedApplicationServer => this[CoreFact.ApplicationServerNotified];

    public long RefusedByApplicationServer => this[CoreFact.ApplicationServerRefused];

    /// <summary>SUBSCRIBEs of the AS that were accepted, refreshes included.</summary>
    public long SubscriptionsAccepted => this[CoreFact.SubscriptionAccepted];

    /// <summary>NOTIFYs that the AS took.</summary>
    public long NotificationsAccepted => this[CoreFact.NotificationAccepted];

    public long NotificationsFailed => this[CoreFact.NotificationFailed];

    /// <summary>Requests without a final answer from downstream.</summary>
    public long TimedOut => this[CoreFact.TimedOut];

    /// <summary>MESSAGEs that were not sent again, because their contact was registered anew or replaced.</summary>
    public long ForwardsOutdated => this[CoreFact.ForwardOutdated];

    /// <summary>Messages that the transport did not take.</summary>
    public long Undeliverable => Interlocked.Read(ref _undeliverable);

    /// <summary>Responses that belong to nothing sent here.</summary>
    public long Unroutable => Interlocked.Read(ref _unroutable);

    /// <summary>Times that a partition's actor was restarted after a fault of ours.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    public long this[CoreFact fact] => Interlocked.Read(ref _facts[(int)fact]);

    internal void Count(CoreFact fact) => Interlocked.Increment(ref _facts[(int)fact]);

    internal void CountUndeliverable() => Interlocked.Increment(ref _undeliverable);

    internal void CountUnroutable() => Interlocked.Increment(ref _unroutable);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);
}
