namespace UeFarm.Protocol.Cpim;

/// <summary>What a notification says (RFC 5438 section 11.1.3). Which of them goes with which kind is checked when it is read.</summary>
public enum ImdnStatus : byte
{
    /// <summary>Delivery: the recipient's phone has it.</summary>
    Delivered,

    /// <summary>Delivery: it will not get there.</summary>
    Failed,

    /// <summary>Any kind: the recipient does not want the sender to know.</summary>
    Forbidden,

    /// <summary>Any kind: something went wrong, and what became of the message cannot be said.</summary>
    Error,

    /// <summary>Processing: somebody on the way has dealt with it.</summary>
    Processed,

    /// <summary>Processing: somebody on the way keeps it for later.</summary>
    Stored,

    /// <summary>Display: the recipient has seen it.</summary>
    Displayed,
}
