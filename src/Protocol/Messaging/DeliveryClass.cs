namespace UeFarm.Protocol.Messaging;

/// <summary>What a final response to a delivery means for the message.</summary>
public enum DeliveryClass : byte
{
    /// <summary>2xx: the phone has it.</summary>
    Done,

    /// <summary>Sending it again cannot help: take it out.</summary>
    Permanent,

    /// <summary>The phone or the way to it is the problem: keep the message and the order, try later.</summary>
    Temporary,
}
