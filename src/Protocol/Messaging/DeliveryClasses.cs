namespace UeFarm.Protocol.Messaging;

/// <summary>Sorts final status codes of a delivery (RFC 3261 section 21, RFC 3428 section 7).</summary>
public static class DeliveryClasses
{
    /// <summary>
    /// 0 stands for no answer at all (timeout, transport error).
    /// Interpretation: codes that no text lists go by what they say about the message. A challenge (401, 407, 421, 494) or a redirection tells of
    /// a wrong set-up between server and core and must not cost messages: temporary. Other 4xx: permanent. 5xx: temporary, but for
    /// those that name the request itself (501, 505, 513).
    /// </summary>
    public static DeliveryClass Of(int statusCode) => statusCode switch
    {
        >= 200 and < 300 => DeliveryClass.Done,
        401 or 407 or 408 or 421 or 429 or 430 or 480 or 486 or 487 or 491 or 494 => DeliveryClass.Temporary,
        >= 400 and < 500 => DeliveryClass.Permanent,
        501 or 505 or 513 => DeliveryClass.Permanent,
        >= 600 and < 700 => DeliveryClass.Permanent,
        _ => DeliveryClass.Temporary,
    };
}
