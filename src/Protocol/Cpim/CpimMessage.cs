namespace UeFarm.Protocol.Cpim;

/// <summary>
/// A message/cpim body (RFC 3862) as far as it is looked at here: who to whom and when, the identifier and the requests of RFC 5438, and the MIME entity inside.
/// Nothing of it is protected: whoever carries the message can change it.
/// </summary>
public sealed record CpimMessage
{
    public const string MediaType = "message/cpim";

    /// <summary>URI of From.</summary>
    public string? From { get; init; }

    /// <summary>URI of the first To.</summary>
    public string? To { get; init; }

    /// <summary>DateTime.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>imdn.Message-ID.</summary>
    public string? MessageId { get; init; }

    /// <summary>imdn.Disposition-Notification.</summary>
    public DispositionRequests Requests { get; init; }

    /// <summary>Content-Type of the entity with its parameters; text/plain when it has none (RFC 2045 section 5.2).</summary>
    public string ContentType { get; init; } = "text/plain";

    /// <summary>Content-Disposition of the entity; null: none.</summary>
    public string? ContentDisposition { get; init; }

    /// <summary>Content of the entity, decoded.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The entity is a notification itself: it never asks for one (RFC 5438 section 7.2.1), whatever its headers say.</summary>
    public bool IsNotification => ContentType.Split(';')[0].Trim().Equals(ImdnReport.MediaType, StringComparison.OrdinalIgnoreCase);
}
