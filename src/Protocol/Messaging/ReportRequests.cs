namespace UeFarm.Protocol.Messaging;

/// <summary>Which delivery reports (RFC 5438) a phone asks for with its messages.</summary>
public enum ReportRequests : byte
{
    None,

    /// <summary>Of messages that will not get there.</summary>
    Negative,

    /// <summary>Of every delivery, every failure, and of storing on the way.</summary>
    All,
}
