using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>What a <see cref="RegistrarBehavior"/> is told at its start.</summary>
public sealed record RegistrarSettings
{
    public required CoreIdentity Identity { get; init; }

    /// <summary>Number of the part of the subscribers, 0 to 255; it goes into branches.</summary>
    public int Partition { get; init; }

    /// <summary>Shorter wishes get 423 with Min-Expires.</summary>
    public TimeSpan MinExpires { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longer wishes are shortened.</summary>
    public TimeSpan MaxExpires { get; init; } = TimeSpan.FromSeconds(600000);

    /// <summary>For a contact without any expiry (RFC 3261 section 10.2).</summary>
    public TimeSpan DefaultExpires { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Bindings of one address of record; beyond, the oldest gives way.</summary>
    public int MaxContacts { get; init; } = 8;

    /// <summary>Adds Authentication-Info with the server's proof to a 200.</summary>
    public bool MutualAuthentication { get; init; } = true;

    /// <summary>Third-party REGISTERs on their way at a time; the others wait.</summary>
    public int MaxNotificationsInFlight { get; init; } = 1000;

    /// <summary>Tells the application server of every registration by third-party REGISTER; else it has to subscribe.</summary>
    public bool SendsThirdPartyRegistrations { get; init; } = true;

    /// <summary>There will be an application server, of which only later is known where it is.</summary>
    public bool ExpectsApplicationServer { get; init; }

    /// <summary>Subscriptions to registrations at a time; more are refused.</summary>
    public int MaxSubscriptions { get; init; } = 1_000_000;

    public SipTimers Timers { get; init; } = SipTimers.Default;
}
