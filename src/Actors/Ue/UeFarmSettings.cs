using System.Net;
using Akka.Actor;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>What a <see cref="UeRegion"/> is told at its start.</summary>
public sealed record UeFarmSettings
{
    /// <summary>Phones have the indices 0 to Count - 1.</summary>
    public required int Count { get; init; }

    /// <summary>For all phones; ContactHost is filled in from the transport.</summary>
    public required UeSettings Ue { get; init; }

    /// <summary>Called when a phone starts and after a crash, from any thread.</summary>
    public required Func<int, UeProfile> ProfileOf { get; init; }

    public required IUeObserver Observer { get; init; }

    /// <summary>Answers <see cref="KmsQuery"/> with <see cref="KmsAnswer"/>.</summary>
    public required IActorRef Kms { get; init; }

    public required SipTransportSettings Transport { get; init; }

    /// <summary>Instead of sockets of the kind that the phones' settings name: an in-memory network for tests and virtual time.</summary>
    public Func<ISipReceiver, ISipTransport>? OpenTransport { get; init; }

    /// <summary>How far a phone's clock is ahead, by its number; null: all are right.</summary>
    public Func<int, TimeSpan>? ClockOffsetOf { get; init; }

    /// <summary>Put around the transport for what the phones send, for somebody on the path; null: nothing.</summary>
    public Func<ISipTransport, ISipTransport>? Decorate { get; init; }

    /// <summary>The address that others reach the phones by, where they listen on all addresses. Null: the one listened on.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>Thread-safe.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>No phones at the start: blocks of them come and go.</summary>
    public bool IsSplit { get; init; }

    public int PhonesPerParent { get; init; } = 1000;

    /// <summary>Received messages that wait for their phones; beyond, requests are answered 503.</summary>
    public int MaxWaitingMessages { get; init; } = 200_000;

    /// <summary>A crashed phone stays off for this long, doubled with each crash in a row, 50-100 % of it at random.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxRestartPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A crash after so long a time is the first of a row again.</summary>
    public TimeSpan RestartMemory { get; init; } = TimeSpan.FromMinutes(5);
}
