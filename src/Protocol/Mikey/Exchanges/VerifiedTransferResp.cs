using UeFarm.Protocol.Mikey.Keys;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>What the Initiator has after a full round trip: the key the answer was protected with, and session keys that only this Responder shares.</summary>
internal sealed class VerifiedTransferResp : IDisposable
{
    private readonly ReceivedTransferInit _sent;
    private readonly IReadOnlyList<KeyMaterial> _sessionKeys;

    private VerifiedTransferResp(ReceivedTransferInit sent, KeyMaterial messageKey, IReadOnlyList<KeyMaterial> sessionKeys, ReadOnlyMemory<byte> randR)
    {
        _sent = sent;
        _sessionKeys = sessionKeys;
        MessageKey = messageKey;
        RandR = randR;
    }

    /// <summary>MPKr' with key forking, else MPKi.</summary>
    public KeyMaterial MessageKey { get; }

    /// <summary>Empty if G=0.</summary>
    public ReadOnlyMemory<byte> RandR { get; }

    /// <summary>Forks what the modifier asks for (RFC 6043 section 5.1.1): MPKr and every TGK; TEK and GTGK stay.</summary>
    public static VerifiedTransferResp Derive(ReceivedTransferInit sent, ReceivedKeys keys, ForkModifier? modifier, ReadOnlyMemory<byte> randR)
    {
        var prf = sent.Ticket.Policy.Prf;
        var messageKey = modifier is null || keys.MpkR is null
            ? new KeyMaterial(keys.MpkI.Span)
            : TicketKeys.Fork(prf, LabelConstant.ForkedMpkR, keys.MpkR.Span, modifier.Responder.Data.Span, modifier.RandKms.Rand.Span);
        var sessionKeys = new List<KeyMaterial>(keys.SessionKeys.Count);
        foreach (var key in keys.SessionKeys)
        {
            var isForked = modifier is not null && key.Type is (KeyDataType.Tgk or KeyDataType.TgkWithSalt);
            sessionKeys.Add(isForked
                ? TicketKeys.Fork(prf, LabelConstant.ForkedTgk, key.Key.Span, modifier!.Responder.Data.Span, modifier.RandKms.Rand.Span)
                : new KeyMaterial(key.Key.Span));
        }

        return new VerifiedTransferResp(sent, messageKey, sessionKeys, randR);
    }

    /// <summary>TGK', TGK, TEK or GTGK, in the order of the ticket.</summary>
    public KeyMaterial SessionKey(int index) => _sessionKeys[index];

    /// <summary>TEK of a crypto session from a TGK: RANDRi enters if H=1, RANDRr if G=1.</summary>
    public void DeriveTek(int index, byte csId, Span<byte> tek)
    {
        var randI = _sent.Ticket.Policy.Flags.Has(TicketFlags.InitiatorRand) ? _sent.RandI : default;
        TicketKeys.DeriveSessionKey(_sent.Suite.Prf(), LabelConstant.Tek, csId, _sessionKeys[index].Span, randI, RandR.Span, tek);
    }

    public void Dispose()
    {
        MessageKey.Dispose();
        foreach (var key in _sessionKeys)
        {
            key.Dispose();
        }
    }
}
