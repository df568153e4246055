using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Smime;

namespace UeFarm.Actors.Run;

/// <summary>The identity of a message as its body alone tells it, for finding stored and dropped messages in the ledger.</summary>
internal static class MessageIdentity
{
    /// <summary>A protected body is known by its TRANSFER_INIT, a plain one by its bytes. False: neither.</summary>
    public static bool TryRead(string contentType, ReadOnlyMemory<byte> body, out ReplayDigest digest)
    {
        digest = default;
        if (contentType.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase))
        {
            digest = UeBehavior.PlainDigest(body.Span);
            return true;
        }

        if (!ProtectedBody.TrySplit(Encoding.UTF8.GetBytes(contentType), body, out var mikey, out _, out _)
            || !ReceivedTransferInit.TryParse(mikey, out var received, out _))
        {
            return false;
        }

        digest = received!.Digest;
        return true;
    }
}
