using System.Formats.Asn1;

namespace UeFarm.Protocol.Smime;

/// <summary>What a verifier needs from a received SignedData (RFC 5652 section 5.1), as slices of the source wherever that is possible.</summary>
internal ref struct SignedDataParts
{
    private const byte SetTag = 0x31;

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1);

    public ReadOnlySpan<byte> Content;

    /// <summary>The DER of the SET OF that the signature covers.</summary>
    public ReadOnlySpan<byte> SignedAttributes;

    public ReadOnlySpan<byte> MessageDigest;

    public ReadOnlySpan<byte> Signature;

    /// <summary>The subject key identifier of the signer, or the DER of its IssuerAndSerialNumber.</summary>
    public ReadOnlySpan<byte> SignerName;

    /// <summary>Whether <see cref="SignerName"/> is a subject key identifier.</summary>
    public bool IsNamedByKey;

    /// <summary>The certificates inside, for <see cref="TryReadCertificate"/>.</summary>
    public BerCursor Certificates;

    /// <summary>Reads the inside of a SignedData SEQUENCE whose bounds are checked. Outside the profile: <see cref="SmimeFault.UnsupportedType"/>.</summary>
    public static bool TryRead(BerCursor signedData, out SignedDataParts parts, out SmimeFault fault)
    {
        parts = default;
        fault = SmimeFault.Malformed;
        if (!signedData.TryReadSmallInteger(out _) || !signedData.TryEnter(Asn1Tag.SetOf, out _) || !signedData.TryEnter(Asn1Tag.Sequence, out var encapsulated)
            || (signedData.NextIs(Context0) && !signedData.TryEnter(Context0, out parts.Certificates)))
        {
            return false;
        }

        signedData.TrySkip(Context1); // crls
        if (!signedData.TryEnter(Asn1Tag.SetOf, out var signers) || !signedData.IsAtEnd || !parts.TryReadContent(encapsulated, out fault))
        {
            return false;
        }

        fault = SmimeFault.UnsupportedType;
        if (signers.IsAtEnd)
        {
            return false;
        }

        var isSequence = signers.TryEnter(Asn1Tag.Sequence, out var signer);
        if (!signers.IsAtEnd)
        {
            // Interpretation: several signers are not part of RFC 8591's forms.
            return false;
        }

        fault = SmimeFault.Malformed;
        return isSequence && parts.TryReadSigner(signer, out fault);
    }

    /// <summary>The encoding of the next certificate, empty for other choices than X.509; false at the end.</summary>
    public static bool TryReadCertificate(ref BerCursor certificates, out ReadOnlySpan<byte> encoded)
    {
        var isX509 = certificates.NextIs(Asn1Tag.Sequence);
        if (!certificates.TryReadAny(out _, out _, out encoded))
        {
            return false;
        }

        encoded = isX509 ? encoded : default;
        return true;
    }

    private bool TryReadContent(BerCursor encapsulated, out SmimeFault fault)
    {
        fault = SmimeFault.Malformed;
        if (!encapsulated.TryReadIdentifier(out var type))
        {
            return false;
        }

        if (!type.SequenceEqual(CmsIdentifiers.Data) || encapsulated.IsAtEnd)
        {
            // Interpretation: detached content and content other than id-data are not part of RFC 8591's forms.
            fault = SmimeFault.UnsupportedType;
            return false;
        }

        if (!encapsulated.TryEnter(Context0, out var content) || !encapsulated.IsAtEnd)
        {
            return false;
        }

        if (!content.NextIs(Asn1Tag.PrimitiveOctetString))
        {
            fault = SmimeFault.UnsupportedType;
            return false;
        }

        return content.TryReadOctets(Asn1Tag.PrimitiveOctetString, out Content) && content.IsAtEnd;
    }

    /// <summary>SignerInfo (RFC 5652 section 5.3).</summary>
    private bool TryReadSigner(BerCursor signer, out SmimeFault fault)
    {
        fault = SmimeFault.Malformed;
        ReadOnlySpan<byte> attributes = default;
        if (!signer.TryReadSmallInteger(out _) || !TryReadName(ref signer) || !TryReadAlgorithm(ref signer, out var digestAlgorithm)
            || (signer.NextIs(Context0) && !(signer.TryReadAny(out var tag, out _, out attributes) && tag.IsConstructed))
            || !TryReadAlgorithm(ref signer, out var signatureAlgorithm) || !signer.TryReadOctets(Asn1Tag.PrimitiveOctetString, out Signature))
        {
            return false;
        }

        signer.TrySkip(Context1); // unsignedAttrs
        if (!signer.IsAtEnd)
        {
            return false;
        }

        if (!digestAlgorithm.SequenceEqual(CmsIdentifiers.Sha256) || !signatureAlgorithm.SequenceEqual(CmsIdentifiers.EcdsaWithSha256) || attributes.IsEmpty)
        {
            // Without signed attributes the signature of one content could be passed off as that of another (the encoding of attributes).
            fault = SmimeFault.UnsupportedType;
            return false;
        }

        return TryReadAttributes(attributes, out fault);
    }

    private bool TryReadName(ref BerCursor signer)
    {
        IsNamedByKey = signer.NextIs(Context0);
        if (IsNamedByKey)
        {
            return signer.TryReadOctets(Context0, out SignerName);
        }

        return signer.NextIs(Asn1Tag.Sequence) && signer.TryReadAny(out var tag, out var content, out var encoded) && tag.IsConstructed
            && IsIssuerAndSerialNumber(new BerCursor(content)) && DerEncoding.TryNormalize(encoded, out SignerName);
    }

    private static bool IsIssuerAndSerialNumber(BerCursor fields) =>
        fields.TryEnter(Asn1Tag.Sequence, out _) && fields.TryReadPrimitive(Asn1Tag.Integer, out var serialNumber) && !serialNumber.IsEmpty && fields.IsAtEnd;

    /// <summary>The parameters are absent, or NULL; neither algorithm has any (RFC 5754 sections 2 and 3.3).</summary>
    private static bool TryReadAlgorithm(ref BerCursor signer, out ReadOnlySpan<byte> identifier)
    {
        identifier = default;
        return signer.TryEnter(Asn1Tag.Sequence, out var algorithm) && algorithm.TryReadIdentifier(out identifier)
            && (algorithm.IsAtEnd || (algorithm.TryReadAny(out _, out _, out _) && algorithm.IsAtEnd));
    }

    /// <summary>RFC 5652 section 5.4: the signature covers the attributes as the DER of a SET OF, although they are sent with the tag [0].</summary>
    private bool TryReadAttributes(ReadOnlySpan<byte> received, out SmimeFault fault)
    {
        fault = SmimeFault.Malformed;
        var set = received.ToArray();
        set[0] = SetTag;
        if (!DerEncoding.TryNormalize(set, out SignedAttributes)
            || !new BerCursor(SignedAttributes).TryEnter(Asn1Tag.SetOf, out var attributes))
        {
            return false;
        }

        ReadOnlySpan<byte> contentType = default;
        ReadOnlySpan<byte> messageDigest = default;
        while (!attributes.IsAtEnd)
        {
            if (!attributes.TryEnter(Asn1Tag.Sequence, out var attribute) || !attribute.TryReadIdentifier(out var type)
                || !attribute.TryEnter(Asn1Tag.SetOf, out var values) || !attribute.IsAtEnd
                || (type.SequenceEqual(CmsIdentifiers.ContentTypeAttribute) && !TryReadSingle(ref values, ref contentType))
                || (type.SequenceEqual(CmsIdentifiers.MessageDigestAttribute) && !TryReadSingle(ref values, ref messageDigest)))
            {
                return false;
            }
        }

        var isRead = new BerCursor(contentType).TryReadIdentifier(out var content) && content.SequenceEqual(CmsIdentifiers.Data)
            && new BerCursor(messageDigest).TryReadPrimitive(Asn1Tag.PrimitiveOctetString, out MessageDigest);
        fault = isRead ? SmimeFault.None : SmimeFault.Malformed;
        return isRead;
    }

    /// <summary>RFC 5652 section 11: these attributes occur once and have one value.</summary>
    private static bool TryReadSingle(ref BerCursor values, ref ReadOnlySpan<byte> value) =>
        value.IsEmpty && values.TryReadAny(out _, out _, out value) && values.IsAtEnd;
}
