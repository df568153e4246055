namespace UeFarm.Protocol.Messaging;

/// <summary>Where a phone stands with its registrar.</summary>
public enum UeRegistrationState : byte
{
    /// <summary>Switched off: hears and sends nothing.</summary>
    Offline,

    /// <summary>Wants to be online and has no binding (yet, or any more).</summary>
    Registering,

    /// <summary>Has a binding; a refresh may be under way.</summary>
    Registered,

    /// <summary>Takes its binding back; offline after that.</summary>
    Deregistering,
}
