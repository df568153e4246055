using Akka.Actor;
using Akka.Event;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Ue;

/// <summary>What phones and their parents are told besides commands; never leaves the process.</summary>
public static class UeInputs
{
    /// <summary>A message from the network.</summary>
    internal sealed record Arrived(SipMessage Message, SipHop From) : INoSerializationVerificationNeeded;

    /// <summary>To a parent: for a phone that is not in the table yet.</summary>
    internal sealed record ForPhone(UeId Ue, object Message) : INoSerializationVerificationNeeded;

    /// <summary>What the phone wrote up to this token is safe.</summary>
    public sealed record Durable(long Token) : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded;

    /// <summary>The core is at another address now, and knows nothing of what was before.</summary>
    internal sealed class CoreMoved : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly CoreMoved Instance = new();

        private CoreMoved()
        {
        }
    }

    /// <summary>The connection to the core ended or could not be made.</summary>
    internal sealed class CoreFlowFailed : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly CoreFlowFailed Instance = new();

        private CoreFlowFailed()
        {
        }
    }

    /// <summary>A deadline of the phone may have come.</summary>
    internal sealed class WakeUp : INotInfluenceReceiveTimeout, IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly WakeUp Instance = new();

        private WakeUp()
        {
        }
    }
}
