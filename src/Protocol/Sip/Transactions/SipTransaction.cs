namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>What the layer keeps of any transaction in its table. Nothing here is for owners.</summary>
public abstract class SipTransaction
{
    private protected SipTransaction(int hash) => Hash = hash;

    /// <summary>Of what a message is matched by.</summary>
    internal int Hash { get; }

    /// <summary>The next transaction of the same hash.</summary>
    internal SipTransaction? NextOfHash { get; set; }

    /// <summary>Place in the table's heap; -1: not in it.</summary>
    internal int Slot { get; set; } = -1;
}
