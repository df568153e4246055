using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;


namespace UeFarm.Actors.Run;

/// <summary>A whole run in one process, as the engine needs it. Everything is validated before it gets here.</summary>
public sealed record FarmRunSettings
{
    public required string Domain { get; init; }

    public required int Phones { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The identity, credentials and keys of a phone by its number.</summary>
    public required Func<int, UeProfile> ProfileOf { get; init; }

    /// <summary>The public identity of a phone by its number; cheap.</summary>
    public required Func<int, string> AddressOf { get; init; }

    /// <summary>The subscribers as the embedded core knows them.</summary>
    public required ISubscriberDirectory Subscribers { get; init; }

    /// <summary>The phones' common settings; core hop and contact host are filled in when the parts listen.</summary>
    public required UeSettings Ue { get; init; }

    /// <summary>Somebody else's core; null: the embedded one.</summary>
    public IPEndPoint? ExternalCore { get; init; }

    /// <summary>Where the embedded core listens.</summary>
    public IPEndPoint CoreListen { get; init; } = new(IPAddress.Loopback, 0);

    public SipTransportKind Transport { get; init; } = SipTransportKind.Tcp;

    /// <summary>Connections from the phones' node to the core.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Whether the embedded core has the embedded application server behind it.</summary>
    public bool WithApplicationServer { get; init; } = true;

    /// <summary>On a cluster: in how many groups the mailboxes are, each with a server.</summary>
    public int MailboxGroups { get; init; } = 1;

    /// <summary>Whether the run has an application server of its own.</summary>
    public bool HasApplicationServer => ExternalCore is null && WithApplicationServer;

    /// <summary>An application server by itself, which the embedded core finds there; null: none. Not together with the embedded one.</summary>
    public SipHop? ExternalApplicationServer { get; init; }

    /// <summary>The embedded application server's behaviour; addresses and store are filled in.</summary>
    public ApplicationServerOptions ApplicationServer { get; init; } = new();

    public required KmsSettings Kms { get; init; }

    public required AddressAllowList Allow { get; init; }

    public required TrafficPlan Traffic { get; init; }

    public required IReadOnlyList<PhasePlan> Phases { get; init; }

    /// <summary>Whether all phones register, paced, before the first phase begins; otherwise the phases bring them online.</summary>
    public bool RegisterBeforeFirstPhase { get; init; } = true;

    /// <summary>Pace of that registration.</summary>
    public double RegistrationsPerSecond { get; init; } = 2000;

    public AttackPlan Attacks { get; init; } = AttackPlan.None;

    /// <summary>How far each phone's clock is off; null: all are right.</summary>
    public PhoneClocks? Clocks { get; init; }

    public bool RecordArrivals { get; init; }

    /// <summary>Play in virtual time, on a network in memory; null: in real time, over sockets.</summary>
    public VirtualTimeSettings? VirtualTime { get; init; }

    /// <summary>Where the mailboxes are kept; in virtual time they are in memory.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Messages and attacks a second that no change may go beyond.</summary>
    public double HighestRate { get; init; } = double.PositiveInfinity;

    /// <summary>Messages a second of a phase, as planned.</summary>
    public double RateOf(int phase) => Phases[phase].RatePerSecond ?? Traffic.RatePerSecond;

    /// <summary>The schedule from its beginning; the same each time for the same changes.</summary>
    public RunSchedule CreateSchedule(IReadOnlyList<RunChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var schedule = new RunSchedule(Traffic, Phases, Phones, RegisterBeforeFirstPhase, Seed);
        foreach (var change in changes)
        {
            schedule.Add(change);
        }

        return schedule;
    }

    /// <summary>How long, after the last phase, what is under way may take to settle.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(40);
}
