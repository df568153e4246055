using System.Formats.Asn1;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// Opens protected bodies: BER and DER, bounded by <see cref="SmimeLimits"/>. What a body is, is decided by the CMS content type, never by
/// its MIME label, whose spelling differs between texts.
/// </summary>
public static class SmimeOpener
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    private enum CmsType : byte
    {
        AuthEnveloped,
        Signed,
    }

    /// <summary>
    /// Opens AuthEnvelopedData and verifies a signature within it or around it (RFC 8591 section 4.3 wants either order accepted). Every KEK
    /// recipient is tried. Plaintext is handed out only after the tag verified. Trust null: signatures are refused.
    /// Interpretation: a body that is only signed is refused as <see cref="SmimeFault.UnsupportedType"/>, because nothing binds it to the KEK of this message.
    /// </summary>
    public static bool TryOpen(
        ReadOnlyMemory<byte> cms, ReadOnlySpan<byte> kek, UeCertificateAuthority? trust, DateTimeOffset utcNow, out SmimeOpened opened, out SmimeFault fault) =>
        TryOpen(cms, kek, default, false, trust, utcNow, out opened, out fault);

    /// <summary>The same for the one recipient with this KEKIdentifier.keyIdentifier.</summary>
    public static bool TryOpen(
        ReadOnlyMemory<byte> cms, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, UeCertificateAuthority? trust, DateTimeOffset utcNow,
        out SmimeOpened opened, out SmimeFault fault) =>
        TryOpen(cms, kek, keyIdentifier, true, trust, utcNow, out opened, out fault);

    /// <summary>Verifies a body that is only signed. Not SignedData: <see cref="SmimeFault.NotSigned"/>.</summary>
    public static bool TryVerify(
        ReadOnlyMemory<byte> cms, UeCertificateAuthority? trust, DateTimeOffset utcNow, out SmimeOpened opened, out SmimeFault fault)
    {
        opened = default;
        if (!TryIdentify(cms.Span, out var type, out var signedData, out fault))
        {
            return false;
        }

        if (type != CmsType.Signed)
        {
            fault = SmimeFault.NotSigned;
            return false;
        }

        if (!SignedData.TryVerify(signedData, trust, utcNow, out var content, out var identity, out fault))
        {
            return false;
        }

        opened = new SmimeOpened(content, identity);
        return true;
    }

    private static bool TryOpen(
        ReadOnlyMemory<byte> cms, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, bool matchIdentifier, UeCertificateAuthority? trust,
        DateTimeOffset utcNow, out SmimeOpened opened, out SmimeFault fault)
    {
        opened = default;
        var isDecrypted = false;
        string? signer = null;
        var layer = cms;
        while (true)
        {
            if (!TryIdentify(layer.Span, out var type, out var content, out fault))
            {
                return false;
            }

            byte[] entity;
            if (type == CmsType.AuthEnveloped && !isDecrypted)
            {
                if (!AuthEnvelopedData.TryOpen(content, kek, keyIdentifier, matchIdentifier, out entity, out fault))
                {
                    return false;
                }

                isDecrypted = true;
            }
            else if (type == CmsType.Signed && signer is null)
            {
                if (!SignedData.TryVerify(content, trust, utcNow, out entity, out signer, out fault))
                {
                    return false;
                }
            }
            else
            {
                // One signature and one encryption: more layers (RFC 2634) have no place in this profile.
                fault = SmimeFault.UnsupportedType;
                return false;
            }

            if (!MimeEntity.TryGetCms(entity, out layer, out var isCms))
            {
                fault = SmimeFault.Malformed;
                return false;
            }

            if (!isCms)
            {
                fault = isDecrypted ? SmimeFault.None : SmimeFault.UnsupportedType;
                opened = isDecrypted ? new SmimeOpened(entity, signer) : default;
                return isDecrypted;
            }
        }
    }

    /// <summary>Checks the bounds and reads ContentInfo (RFC 5652 section 3). Content: inside the SEQUENCE of the type found.</summary>
    private static bool TryIdentify(ReadOnlySpan<byte> cms, out CmsType type, out BerCursor content, out SmimeFault fault)
    {
        type = default;
        content = default;
        if (cms.Length > SmimeLimits.MaxCmsBytes)
        {
            fault = SmimeFault.TooLarge;
            return false;
        }

        if (!BerCursor.TryCheckBounds(cms, out fault))
        {
            fault = fault == SmimeFault.Malformed && (cms.IsEmpty || cms[0] != 0x30) ? SmimeFault.NotCms : fault;
            return false;
        }

        fault = SmimeFault.NotCms;
        var outer = new BerCursor(cms);
        if (!outer.TryEnter(Asn1Tag.Sequence, out var info) || !info.TryReadIdentifier(out var identifier)
            || !info.TryEnter(Context0, out var wrapper) || !info.IsAtEnd)
        {
            return false;
        }

        fault = SmimeFault.UnsupportedType;
        if (identifier.SequenceEqual(CmsIdentifiers.AuthEnvelopedData))
        {
            type = CmsType.AuthEnveloped;
        }
        else if (identifier.SequenceEqual(CmsIdentifiers.SignedData))
        {
            type = CmsType.Signed;
        }
        else
        {
            return false;
        }

        var isSequence = wrapper.TryEnter(Asn1Tag.Sequence, out content) && wrapper.IsAtEnd;
        fault = isSequence ? SmimeFault.None : SmimeFault.Malformed;
        return isSequence;
    }
}
