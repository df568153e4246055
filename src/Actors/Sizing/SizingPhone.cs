using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>One phone: what it remembers, and how its registration stands at itself, at the core and at the application servers.</summary>
internal sealed class SizingPhone
{
    /// <summary>Replay cache and last timestamp.</summary>
    public UeDurableState Durable { get; } = new();

    public OvertakeRankTracker? Tracker { get; set; }

    public OvertakeRankTracker? TrackerOfOtherFormat { get; set; }

    /// <summary>In the order of the settings; null: nothing has arrived yet.</summary>
    public IReplayCache[]? ComparedCaches { get; set; }

    /// <summary>By partition, as far as there are any.</summary>
    public List<OvertakeRankTracker>? TrackersOfPartitions { get; set; }

    /// <summary>One for each server that had something for it.</summary>
    public SizingMailbox?[] Mailboxes { get; set; } = [];

    /// <summary>Grows with every going online or offline.</summary>
    public int Session { get; set; }

    /// <summary>Goes online or is online: the user has it switched on.</summary>
    public bool WantsOnline { get; set; }

    public bool IsRegistered { get; set; }

    /// <summary>Takes messages.</summary>
    public bool IsListening { get; set; }

    /// <summary>What the servers know.</summary>
    public bool IsKnownOnline { get; set; }

    /// <summary>The core has no contact from then on.</summary>
    public long UnboundTicks { get; set; } = long.MaxValue;

    /// <summary>Messages that wait for the registration.</summary>
    public Queue<int>? Waiting { get; set; }
}
