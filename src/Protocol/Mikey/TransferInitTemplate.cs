using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// A TRANSFER_INIT of one ticket with zeros where CSB ID, T, RANDRi and MAC go: what does not change from message to message is encoded once.
/// </summary>
internal sealed class TransferInitTemplate
{
    public TransferInitTemplate(MikeySuite suite, string initiator, string responder, TicketPayload ticket, ReadOnlyMemory<byte> spi)
    {
        var initiatorId = IdRolePayload.Uri(IdRole.Initiator, initiator);
        var responderId = IdRolePayload.Uri(IdRole.Responder, responder);
        var content = new TransferInitContent
        {
            Stamp = new MessageStamp(suite, 0, MikeyTimestamp.FromNtp(default)),
            RandI = new byte[suite.KeyBytes()],
            Initiator = initiatorId,
            Responder = responderId,
            Map = TransferProfile.Map(spi),
            Policies = [TransferProfile.Policy()],
            Ticket = ticket,
        };
        var encoded = TransferInit.Encode(content, new byte[suite.KeyBytes()], default);
        MacOffset = encoded.Length - suite.MacBytes();
        Bytes = encoded;
        InitiatorIdentity = initiatorId.Data;
        ResponderIdentity = responderId.Data;
        TimestampOffset = TransferInit.HeaderOf(content).EncodedLength + 2;
        RandOffset = TimestampOffset + sizeof(ulong) + 3;

        // Next payload and Auth alg of V stand between the length field and the MAC.
        InitiatorLengthOffset = MacOffset - 2 - sizeof(ushort);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public int TimestampOffset { get; }

    public int RandOffset { get; }

    public int InitiatorLengthOffset { get; }

    public int MacOffset { get; }

    public ReadOnlyMemory<byte> InitiatorIdentity { get; }

    public ReadOnlyMemory<byte> ResponderIdentity { get; }
}
