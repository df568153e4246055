namespace UeFarm.Protocol.Sip;

/// <summary>What carries a message. Tcp is reliable; Udp and, unless <see cref="Transactions.SipTimers.MemoryIsReliable"/> says otherwise,
/// Memory (which can be told to lose and reorder) are not.</summary>
public enum SipTransportKind : byte
{
    Tcp,
    Udp,
    Memory,
}
