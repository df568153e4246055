using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>Somebody who may take a message off the path; whoever takes it must send it on.</summary>
internal interface IInterceptor
{
    /// <summary>Whether a message is wanted at the moment; cheap.</summary>
    bool IsWaiting { get; }

    /// <summary>Takes the message, to be sent on later by <paramref name="path"/>; false: not wanted.</summary>
    bool TryTake(SipHop hop, ReadOnlySpan<byte> message, ISipTransport path);
}
