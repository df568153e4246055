namespace UeFarm.Actors.Attack;

/// <summary>What an attacker on the path does. The names, in kebab case, are the kind labels of metrics and reports.</summary>
public enum AttackKind : byte
{
    /// <summary>A captured MESSAGE, byte for byte, in a new transaction.</summary>
    Replay,

    /// <summary>A captured MESSAGE with Initiator Data inserted into its TICKET, which the MAC does not cover.</summary>
    AlteredOutsideMac,

    /// <summary>A captured TRANSFER_INIT with a new timestamp, CSB ID and RAND, under the old MAC.</summary>
    Forged,

    /// <summary>A MESSAGE on its way, with one bit of its CMS body flipped, delivered before the genuine one.</summary>
    AlteredBody,

    /// <summary>The TRANSFER_INIT of a MESSAGE on its way, put before the CMS body of another one, delivered before the genuine one.</summary>
    Transplant,

    /// <summary>A captured TRANSFER_INIT dated two weeks ahead, within its ticket's validity, under the old MAC.</summary>
    FarFuture,
}
