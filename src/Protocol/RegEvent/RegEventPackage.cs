namespace UeFarm.Protocol.RegEvent;

/// <summary>The event package of RFC 3680.</summary>
public static class RegEventPackage
{
    /// <summary>Its name in Event and Allow-Events.</summary>
    public const string Name = "reg";

    /// <summary>Life of a subscription that asks for none (RFC 3680 section 4.4).</summary>
    public static readonly TimeSpan DefaultExpiry = TimeSpan.FromSeconds(3761);

    /// <summary>Least time between two notifications of a subscription (RFC 3680 section 4.10).</summary>
    public static readonly TimeSpan NotificationInterval = TimeSpan.FromSeconds(5);
}
