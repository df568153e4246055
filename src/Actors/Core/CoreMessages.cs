using Akka.Actor;
using Akka.Event;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Core;

/// <summary>What the partitions of a core are told; never leaves the process.</summary>
internal static class CoreMessages
{
    /// <summary>A message from the network.</summary>
    public sealed record Arrived(SipMessage Message, SipHop From);

    /// <summary>A connection ended or could not be made.</summary>
    public sealed record FlowFailed(SipHop Hop);

    /// <summary>Another partition's proxy looks for a subscriber of this one.</summary>
    public sealed record Locate(long Token, string AddressOfRecord, IActorRef Asker);

    public sealed record Located(long Token, LocationAnswer Answer);

    /// <summary>A contact of a subscriber of another partition was registered anew or replaced.</summary>
    public sealed record ContactRenewed(string AddressOfRecord, string Contact);

    /// <summary>The application server of a group of mailboxes is somewhere else now.</summary>
    public sealed record ApplicationServerMoved(int MailboxGroup);

    /// <summary>A deadline of the machines may have come.</summary>
    public sealed class WakeUp : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly WakeUp Instance = new();

        private WakeUp()
        {
        }
    }
}
