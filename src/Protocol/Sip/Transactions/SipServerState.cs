namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>States of RFC 3261 figure 8.</summary>
internal enum SipServerState : byte
{
    Trying,
    Proceeding,
    Completed,
    Terminated,
}
