namespace UeFarm.Protocol.Messaging;

/// <summary>The reasons of RegistrationFailed and WentOffline in <see cref="UeEffect.Reason"/>: fixed names, which metrics may use as labels.</summary>
public static class UeFailureReason
{
    /// <summary>No final answer within 64*T1.</summary>
    public const string Timeout = "timeout";

    /// <summary>Nothing gets to the core.</summary>
    public const string Transport = "transport";

    /// <summary>The registrar refused: 3xx, 4xx or 6xx.</summary>
    public const string Refused = "refused";

    /// <summary>The registrar cannot at the moment: 408 or 5xx.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>A challenge that the phone cannot answer, or one too many.</summary>
    public const string Challenge = "challenge";

    /// <summary>The user turned the phone off; it took its binding back.</summary>
    public const string Clean = "clean";

    /// <summary>The phone went off without a word.</summary>
    public const string Silent = "silent";

    /// <summary>The binding ran out.</summary>
    public const string Expired = "expired";

    /// <summary>The phone's machine was lost.</summary>
    public const string Crash = "crash";
}
