namespace UeFarm.Protocol.RegEvent;

/// <summary>State of a registration (RFC 3680 section 3.3.1); of its contacts only the last two.</summary>
public enum RegistrationState : byte
{
    /// <summary>Nobody has registered yet.</summary>
    Init,
    Active,
    Terminated,
}
