namespace UeFarm.Protocol.Messaging;

/// <summary>What the core's machines report for counting.</summary>
public enum CoreFact : byte
{
    /// <summary>A binding was made or refreshed.</summary>
    RegisterAccepted,

    /// <summary>401 sent.</summary>
    RegisterChallenged,

    /// <summary>Any other refusal of a REGISTER.</summary>
    RegisterRefused,

    /// <summary>A REGISTER that asked only which bindings there are.</summary>
    RegisterQueried,

    /// <summary>A phone took its binding away.</summary>
    Deregistered,

    /// <summary>An AKA sequence number was taken over from AUTS.</summary>
    Resynchronised,

    BindingAdded,

    /// <summary>Taken away by the phone, replaced by a newer one of the same device, or expired.</summary>
    BindingRemoved,

    BindingExpired,

    /// <summary>The application server answered a third-party REGISTER with 2xx.</summary>
    ApplicationServerNotified,

    /// <summary>The application server answered a third-party REGISTER with something else than 2xx or 503.</summary>
    ApplicationServerRefused,

    /// <summary>A SUBSCRIBE of the application server was accepted.</summary>
    SubscriptionAccepted,

    /// <summary>Any refusal of a SUBSCRIBE.</summary>
    SubscriptionRefused,

    /// <summary>The application server took a NOTIFY.</summary>
    NotificationAccepted,

    /// <summary>A NOTIFY failed, and the subscription ended.</summary>
    NotificationFailed,

    /// <summary>A MESSAGE was sent on, to the application server or to a phone: two for a message that passes both.</summary>
    MessageRouted,

    /// <summary>407 sent.</summary>
    MessageChallenged,

    /// <summary>A request was answered with a failure of our own.</summary>
    MessageRefused,

    /// <summary>No final answer from downstream: the sender hears nothing (RFC 4320 section 4.2).</summary>
    TimedOut,

    /// <summary>A MESSAGE was on its way to a contact that was registered anew or replaced, and is not sent again.</summary>
    ForwardOutdated,
}
