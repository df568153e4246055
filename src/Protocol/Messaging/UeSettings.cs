using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>What all phones of a run share: immutable, one object.</summary>
public sealed record UeSettings
{
    public const int DefaultTicketCacheEntries = 32;

    public static readonly TimeSpan DefaultTicketLifetime = TimeSpan.FromDays(28);

    /// <summary>Home domain: Request-URI of REGISTER, realm of the first Authorization.</summary>
    public required string Domain { get; init; }

    /// <summary>Outbound proxy and registrar.</summary>
    public required SipHop Core { get; init; }

    public required SipTransportKind Transport { get; init; }

    /// <summary>host:port of the node's listener, for Contact and Via.</summary>
    public required string ContactHost { get; init; }

    public BodyProtection Protection { get; init; } = BodyProtection.Protected;

    public SmimeCipher Cipher { get; init; } = SmimeCipher.Aes128Gcm;

    public MikeySuite Suite { get; init; } = MikeySuite.Aes128Sha1;

    public string KmsIdentity { get; init; } = "sip:kms@ims.example";

    public ReplayCacheSettings ReplayCache { get; init; } = new();

    /// <summary>What a phone's restart leaves of its replay cache.</summary>
    public ReplayRestart OnRestart { get; init; } = ReplayRestart.Restore;

    /// <summary>Asked for; the registrar may grant less (TS 24.229: 600,000 s).</summary>
    public TimeSpan RegistrationExpiry { get; init; } = TimeSpan.FromSeconds(600000);

    /// <summary>Expires of a MESSAGE (RFC 3428 section 4).</summary>
    public TimeSpan MessageExpiry { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan TicketLifetime { get; init; } = DefaultTicketLifetime;

    /// <summary>Tickets kept for sending, and as many for receiving; the least recently used goes first. 0: tickets serve one message each. A walk over
    /// the cache is made per message, so some hundreds at most.</summary>
    public int TicketCacheEntries { get; init; } = DefaultTicketCacheEntries;

    /// <summary>Answer to a stale message: 400 tells the sender's side to give up, 200 hides the loss from it.</summary>
    public bool AnswersStaleWith400 { get; init; } = true;

    /// <summary>Delivery reports that the phone asks for with its messages. It answers the requests of others in any case.</summary>
    public ReportRequests Reports { get; init; }

    /// <summary>Sends per phone that have not ended; beyond: failed, ue-queue-full.</summary>
    public int MaxQueuedSends { get; init; } = 64;

    /// <summary>Delivery reports per phone that have not ended; beyond, none is made.</summary>
    public int MaxQueuedReports { get; init; } = 512;

    /// <summary>Transactions per message: after a timeout the same TRANSFER_INIT and CMS go out in a new one.</summary>
    public int SendAttempts { get; init; } = 2;

    /// <summary>Received messages per phone that wait for the KMS; beyond: 480.</summary>
    public int MaxWaitingReceptions { get; init; } = 16;

    /// <summary>How long the KMS is waited for; less than timer F, so that a waiting MESSAGE is answered in time.</summary>
    public TimeSpan KmsTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Retry-After of a 480 because of the KMS; whole seconds.</summary>
    public TimeSpan KmsRetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Back-off after failed registrations: base * 2^failures up to the maximum, of which 50-100 % at random (RFC 5626 section 4.5). That text has
    /// 30 s and 1800 s; a test bench wants its phones back sooner, hence 1 s and 30 s. Messages after a failed connection wait alike.
    /// </summary>
    public TimeSpan RegistrationRetryBase { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan RegistrationRetryCap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a 503 with Retry-After silences the phone towards the core for that long (RFC 3261 section 21.5.4) and up to 20 % longer.</summary>
    public bool HonoursRetryAfter { get; init; } = true;

    /// <summary>A longer Retry-After is cut to this.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);

    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>Issues the phones' certificates and decides whose signatures are trusted. Null: nothing is signed, and signed messages are refused.</summary>
    public UeCertificateAuthority? Trust { get; init; }
}
