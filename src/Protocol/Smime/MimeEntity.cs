namespace UeFarm.Protocol.Smime;

/// <summary>Looks into an opened entity for a further CMS layer.</summary>
internal static class MimeEntity
{
    /// <summary>
    /// False: the entity says that it is CMS and its content cannot be decoded. Anything else, also bytes without a readable
    /// header, is handed on as it is: what is inside a verified layer is judged by whoever shows it.
    /// </summary>
    public static bool TryGetCms(ReadOnlyMemory<byte> entity, out ReadOnlyMemory<byte> cms, out bool isCms)
    {
        cms = default;
        isCms = MimeHeader.TryRead(entity.Span, out var header) && header.IsCms();
        return !isCms || header.TryDecode(entity, out cms);
    }
}
