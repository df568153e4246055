using UeFarm.Actors.Stores;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Mailbox;

public sealed record ApplicationServerSettings
{
    /// <summary>Messages and registrations for other domains are refused with 404.</summary>
    public required string Domain { get; init; }

    /// <summary>Where deliveries go (the core, which looks up the contact).</summary>
    public required SipHop Core { get; init; }

    /// <summary>How messages are kept and delivered.</summary>
    public ApplicationServerOptions Behavior { get; init; } = new();

    /// <summary>The SQLite file; made when missing. Not used when <see cref="Behavior"/> names another store, or the next one is given.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>A store that is open already; the server disposes it. Its order must be that of <see cref="Behavior"/>.</summary>
    public IMailboxStore? Store { get; init; }

    /// <summary>First wait after a temporary failure; null: the one of <see cref="MailboxSettings"/>.</summary>
    public TimeSpan? BackOffBase { get; init; }

    /// <summary>A mailbox with nothing to do is forgotten after this time (whether its phone is online is kept).</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most recipients that are known at once: registered, or with messages.</summary>
    public int MaxRecipients { get; init; } = 4_000_000;

    /// <summary>Parent actors of the mailboxes.</summary>
    public int Partitions { get; init; } = 4;

    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>
    /// The allow list is the trust boundary: third-party REGISTER and P-Asserted-Identity are believed from every address that may connect,
    /// as between the elements of one trust domain (RFC 3325 section 5). Put only the core there.
    /// </summary>
    public SipTransportSettings Transport { get; init; } = new();

    /// <summary>Listen on UDP as well, same port.</summary>
    public bool Udp { get; init; }

    /// <summary>host[:port] in Via and Call-ID where the listening address is not one to answer to; null: the listening address.</summary>
    public string? SentBy { get; init; }

    /// <summary>Opens other transports than sockets (tests, virtual time); null: TCP, and UDP when asked.</summary>
    public Func<ISipReceiver, IReadOnlyList<ISipTransport>>? OpenTransports { get; init; }

    public IMailboxObserver? Observer { get; init; }

    /// <summary>Thread-safe.</summary>
    public required IRandomSource Random { get; init; }

    internal MailboxSettings ToMailboxSettings()
    {
        var settings = Behavior.ToMailboxSettings();
        return BackOffBase is { } wait ? settings with { BackOffBase = wait } : settings;
    }
}
