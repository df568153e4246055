using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Attack;

/// <summary>What an attacker needs: its rates, what it sees, where the phones listen, and who counts.</summary>
public sealed record AttackerSettings
{
    public required AttackPlan Plan { get; init; }

    /// <summary>How much of the plan is this attacker's, now: there may be others.</summary>
    public Func<double> Share { get; init; } = static () => 1;

    public required PathView View { get; init; }

    /// <summary>Whether a phone is where the attacker is, now.</summary>
    public Func<int, bool> CanReach { get; init; } = static _ => true;

    /// <summary>Told of every injected message and the phone that it is for.</summary>
    public required Action<AttackKind, int> Record { get; init; }

    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    /// <summary>Opens the transport that it injects through, of the kind that the phones listen on.</summary>
    public required Func<ISipReceiver, ISipTransport> OpenTransport { get; init; }

    /// <summary>The address that answers come to, where it listens on all addresses. Null: the one listened on.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>Where the phones' node listens.</summary>
    public required IPEndPoint Phones { get; init; }

    public required SipTimers Timers { get; init; }
}
