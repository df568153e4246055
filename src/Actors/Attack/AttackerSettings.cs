using System.Net;
using UeFarm.Actors.Run;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Attack;

/// <summary>What an attacker needs: its rates, where the phones listen, the run's books (to count, and to know which phones are there).</summary>
public sealed record AttackerSettings
{
    public required AttackPlan Plan { get; init; }

    public required RunRecorder Recorder { get; init; }

    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    /// <summary>Opens the transport that it injects through, of the kind that the phones listen on.</summary>
    public required Func<ISipReceiver, ISipTransport> OpenTransport { get; init; }

    /// <summary>The user part of a phone's Contact.</summary>
    public required Func<int, string> ContactUserOf { get; init; }

    /// <summary>Where the phones' node listens.</summary>
    public required IPEndPoint Phones { get; init; }

    public required SipTimers Timers { get; init; }
}
