using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Core;

/// <summary>What a <see cref="CoreServer"/> is told at its start.</summary>
public sealed record CoreSettings
{
    /// <summary>Home domain and digest realm.</summary>
    public required string Domain { get; init; }

    public required ISubscriberDirectory Subscribers { get; init; }

    /// <summary>Where MESSAGEs of registered senders go first and who is told by third-party REGISTER. Null: no AS, route straight to the contact.</summary>
    public SipHop? ApplicationServer { get; init; }

    /// <summary>There will be an AS, of which only later is known where it is: see <see cref="CoreServer.MoveApplicationServer"/>.</summary>
    public bool ExpectsApplicationServer { get; init; }

    /// <summary>How many ASs there will be, each with a group of the mailboxes (<see cref="Protocol.Messaging.MailboxGroups"/>).</summary>
    public int MailboxGroups { get; init; } = 1;

    /// <summary>Whether the AS is told by third-party REGISTER; else it subscribes (event package reg).</summary>
    public bool SendsThirdPartyRegistrations { get; init; } = true;

    public TimeSpan MaxExpires { get; init; } = TimeSpan.FromSeconds(600000);

    public TimeSpan MinExpires { get; init; } = TimeSpan.FromSeconds(60);

    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>Actors that share the subscribers, 1 to 256.</summary>
    public int Partitions { get; init; } = 4;

    public SipTransportSettings Transport { get; init; } = new();

    /// <summary>Listen on UDP as well, same port.</summary>
    public bool Udp { get; init; }

    /// <summary>The address that others reach the core by, where it listens on all addresses. Null: the one it listens on.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>Used only while the core starts.</summary>
    public required IRandomSource Random { get; init; }
}
