namespace UeFarm.Protocol.Cpim;

/// <summary>Bounds on what is accepted from the network.</summary>
public static class CpimLimits
{
    /// <summary>Message headers, all together, in bytes.</summary>
    public const int MaxHeaderBytes = 8 * 1024;

    /// <summary>Message headers in number.</summary>
    public const int MaxHeaders = 64;

    /// <summary>Characters of an address.</summary>
    public const int MaxUriLength = 1024;

    /// <summary>Characters of a message's identifier.</summary>
    public const int MaxMessageIdLength = 256;

    /// <summary>A notification in bytes.</summary>
    public const int MaxNotificationBytes = 8 * 1024;

    /// <summary>Nesting of elements in a notification; the known ones need 4.</summary>
    public const int MaxNotificationDepth = 8;
}
