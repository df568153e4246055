using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>What a <see cref="ProxyBehavior"/> is told at its start.</summary>
public sealed record ProxySettings
{
    public required CoreIdentity Identity { get; init; }

    /// <summary>Number of the part of the subscribers, 0 to 255; it goes into branches.</summary>
    public int Partition { get; init; }

    /// <summary>Without an application server nothing is sent past it: 503.</summary>
    public bool ExpectsApplicationServer { get; init; }

    public SipTimers Timers { get; init; } = SipTimers.Default;
}
