using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>What a sizing run plays. Everything is validated before it gets here.</summary>
public sealed record SizingSettings
{
    public required int Phones { get; init; }

    public required ulong Seed { get; init; }

    public required TrafficPlan Traffic { get; init; }

    public required IReadOnlyList<PhasePlan> Phases { get; init; }

    /// <summary>Whether all phones are registered when the first phase begins; otherwise the phases bring them online.</summary>
    public bool InitiallyOnline { get; init; } = true;

    public MailboxSettings Mailbox { get; init; } = new();

    /// <summary>Application servers that serve every phone side by side, each with a mailbox of its own for it; 1 to 16.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>Most stored messages that each server sends per second; null: no limit. Goes with <see cref="MailboxSettings.NeedsTurns"/>.</summary>
    public double? DrainRate { get; init; }

    /// <summary>Share of the messages that the first of several servers gets, 0 to 1; null: all get the same.</summary>
    public double? FirstShare { get; init; }

    public ReplayCacheSettings ReplayCache { get; init; } = new();

    /// <summary>
    /// Further caches that every phone has beside its own, up to 8: they hear the same arrivals, and what they decide is counted and has no other effect.
    /// </summary>
    public IReadOnlyList<ReplayCacheSettings> ComparedCaches { get; init; } = [];

    /// <summary>How far each phone's clock is off; null: all are right.</summary>
    public PhoneClocks? Clocks { get; init; }

    /// <summary>One-way delay of every hop: phone to core, core to application server.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the application server waits for an answer before it takes the phone for unreachable: Timer F, 64 times T1.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>Messages that have arrived before, sent to their phone again: per second over all phones.</summary>
    public double ReplaysPerSecond { get; init; }

    /// <summary>How long after the last phase what is under way may take.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(40);
}
