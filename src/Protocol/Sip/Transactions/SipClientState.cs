namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>States of RFC 3261 figure 6.</summary>
internal enum SipClientState : byte
{
    Trying,
    Proceeding,
    Completed,
    Terminated,
}
