using Akka.Actor;
using Akka.Event;

namespace UeFarm.Actors.Cluster;

/// <summary>Why a block ends, told to itself; never leaves the process.</summary>
internal sealed class BlockEnd : IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    /// <summary>It moves: the region asks it to stop.</summary>
    public static readonly BlockEnd HandOff = new();

    /// <summary>Everything it wrote is safe.</summary>
    public static readonly BlockEnd Flushed = new();

    /// <summary>Somebody else has the block.</summary>
    public static readonly BlockEnd Fenced = new();

    /// <summary>Facts could not be kept: what is not in the journal has not happened.</summary>
    public static readonly BlockEnd JournalFull = new();

    private BlockEnd()
    {
    }
}
