using Akka.Actor;
using Akka.Event;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Ue;

/// <summary>What phones and their parents are told besides commands; never leaves the process.</summary>
internal static class UeInputs
{
    /// <summary>A message from the network.</summary>
    public sealed record Arrived(SipMessage Message, SipHop From) : INoSerializationVerificationNeeded;

    /// <summary>To a parent: for a phone that is not in the table yet.</summary>
    public sealed record ForPhone(UeId Ue, object Message) : INoSerializationVerificationNeeded;

    /// <summary>The connection to the core ended or could not be made.</summary>
    public sealed class CoreFlowFailed : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly CoreFlowFailed Instance = new();

        private CoreFlowFailed()
        {
        }
    }

    /// <summary>A deadline of the phone may have come.</summary>
    public sealed class WakeUp : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly WakeUp Instance = new();

        private WakeUp()
        {
        }
    }
}
