namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>What a firing timer asks of the holder of a server transaction.</summary>
internal enum SipServerStep : byte
{
    Nothing,
    SendTrying,
}
