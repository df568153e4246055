using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Run;

/// <summary>The identity of a message as its body alone tells it, for finding stored and dropped messages in the ledger.</summary>
internal static class MessageIdentity
{
    /// <summary>A protected body is known by its TRANSFER_INIT, a plain one by its bytes, each out of its wrapper. False: neither.</summary>
    public static bool TryRead(string contentType, ReadOnlyMemory<byte> body, out ReplayDigest digest)
    {
        digest = default;
        if (!MessageBody.TryOpen(Encoding.UTF8.GetBytes(contentType), body, out var opened, out _))
        {
            return false;
        }

        if (opened.Is("text/plain"u8))
        {
            digest = UeBehavior.PlainDigest(opened.Content.Span);
            return true;
        }

        if (!opened.TrySplit(out var mikey, out _) || !ReceivedTransferInit.TryParse(mikey, out var received, out _))
        {
            return false;
        }

        digest = received!.Digest;
        return true;
    }

    /// <summary>The identifier of the message that an unprotected report is about. False: it is none.</summary>
    public static bool TryReadReport(string contentType, ReadOnlyMemory<byte> body, out string messageId)
    {
        messageId = string.Empty;
        if (!MessageBody.TryOpen(Encoding.UTF8.GetBytes(contentType), body, out var opened, out _) || !opened.Is("message/imdn+xml"u8)
            || !ImdnXml.TryRead(opened.Content, out var report, out _))
        {
            return false;
        }

        messageId = report!.MessageId;
        return true;
    }
}
