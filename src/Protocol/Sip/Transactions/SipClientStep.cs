namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>What a firing timer asks of the holder of a client transaction.</summary>
internal enum SipClientStep : byte
{
    Nothing,
    Retransmit,
    ReportTimeout,
}
