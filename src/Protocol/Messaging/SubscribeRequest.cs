using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>A SUBSCRIBE to be sent: within this dialog, or to make it.</summary>
internal readonly record struct SubscribeRequest(RegEventDialog Dialog, long Expires)
{
    /// <summary>The whole request; each call counts as one in the dialog.</summary>
    public byte[] Write(string recipient, MailboxEndpoint endpoint, string branch)
    {
        var writer = SipWriter.Rent()
            .Request(SipMethod.Subscribe, Dialog.RemoteTarget ?? recipient)
            .Via(endpoint.Core.Transport, endpoint.SentBy, branch)
            .Header(SipHeaderId.MaxForwards, 70);
        if (Dialog.Route is { } route)
        {
            writer.Header(SipHeaderId.Route, route);
        }

        return writer
            .Header(SipHeaderId.From, $"<{endpoint.Identity}>;tag={Dialog.LocalTag}")
            .Header(SipHeaderId.To, Dialog.RemoteTag is { } tag ? $"<{recipient}>;tag={tag}" : $"<{recipient}>")
            .Header(SipHeaderId.CallId, $"{Dialog.CallId}@{endpoint.SentBy}")
            .CSeq(Dialog.NextCSeq(), SipMethod.Subscribe)
            .Header(SipHeaderId.Contact, $"<{endpoint.Identity}>")
            .Header(SipHeaderId.Event, RegEventPackage.Name)
            .Header(SipHeaderId.Accept, Reginfo.MediaType)
            .Header(SipHeaderId.Expires, Expires)
            .Header(SipHeaderId.PAssertedIdentity, $"<{endpoint.Identity}>")
            .Finish();
    }
}
