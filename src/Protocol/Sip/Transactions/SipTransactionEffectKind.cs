namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>What a <see cref="SipTransactionLayer"/> asks of its owner.</summary>
public enum SipTransactionEffectKind : byte
{
    /// <summary>Send Bytes to Hop.</summary>
    Transmit,

    /// <summary>ServerTransaction is new; answer it once.</summary>
    RequestReceived,

    /// <summary>Token and Response, provisional ones too.</summary>
    ResponseReceived,

    /// <summary>Token: no final response within 64*T1 (Timer F).</summary>
    ClientTimedOut,

    /// <summary>Token: the request could not be delivered.</summary>
    ClientTransportFailed,

    /// <summary>Response: belongs to no transaction (any more).</summary>
    StrayResponse,
}
