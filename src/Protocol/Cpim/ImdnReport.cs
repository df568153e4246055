namespace UeFarm.Protocol.Cpim;

/// <summary>A notification of RFC 5438: the content message/imdn+xml.</summary>
/// <param name="MessageId">imdn.Message-ID of the message that it is about.</param>
/// <param name="SentAt">DateTime of that message.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Status">What it says.</param>
/// <param name="RecipientUri">Whom the message reached, or was for.</param>
/// <param name="OriginalRecipientUri">Whom its sender wrote to.</param>
public sealed record ImdnReport(
    string MessageId, DateTimeOffset SentAt, ImdnKind Kind, ImdnStatus Status, string? RecipientUri = null, string? OriginalRecipientUri = null)
{
    public const string MediaType = "message/imdn+xml";

    /// <summary>What the entity with a notification says of itself (RFC 5438 section 7.2.1.1).</summary>
    public const string Disposition = "notification";
}
