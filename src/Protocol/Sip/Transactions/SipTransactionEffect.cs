namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>Transmit: Bytes to Hop. RequestReceived: ServerTransaction (new, not a retransmission). ResponseReceived: Token + Response
/// (provisional ones too). ClientTimedOut / ClientTransportFailed: Token. StrayResponse: Response.</summary>
public readonly record struct SipTransactionEffect(
    SipTransactionEffectKind Kind, ReadOnlyMemory<byte> Bytes, SipHop Hop, long Token, SipServerTransaction? ServerTransaction, SipResponse? Response);
