using System.Buffers;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Smime;

/// <summary>
/// Composes and opens AuthEnvelopedData (RFC 5083 section 2.1) with KEKRecipientInfo (RFC 5652 section 6.2.3) and AES-GCM or
/// AES-CCM (RFC 5084). The layout is fixed and on the path of every message, so it is written and read with the platform's ASN.1:
/// the object model of BouncyCastle needs several microseconds and more than 6 kB for the same structure. AES-GCM and AES-CCM
/// are the platform's, AES key wrap is BouncyCastle's.
/// </summary>
internal static class AuthEnvelopedData
{
    /// <summary>Length of the nonce that we choose; for GCM the only one that needs no extra hashing.</summary>
    public const int NonceLength = 12;

    private const int TagLength = 16;
    private const int DefaultTagLength = 12;

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Context0Constructed = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Context2Constructed = new(TagClass.ContextSpecific, 2, isConstructed: true);

    [ThreadStatic]
    private static AsnWriter? _writer;

    public static byte[] Compose(
        ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, SmimeCipher cipher, IRandomSource random)
    {
        var contentKey = new byte[CmsIdentifiers.KeyLengthOf(cipher)];
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> tag = stackalloc byte[TagLength];
        random.Fill(contentKey);
        random.Fill(nonce);
        var ciphertext = ArrayPool<byte>.Shared.Rent(plaintext.Length);
        try
        {
            Encrypt(cipher, contentKey, nonce, plaintext, ciphertext.AsSpan(0, plaintext.Length), tag);
            return Write(kek, keyIdentifier, cipher, contentKey, nonce, ciphertext.AsSpan(0, plaintext.Length), tag);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
            ArrayPool<byte>.Shared.Return(ciphertext);
        }
    }

    /// <summary>
    /// Opens the content of an AuthEnvelopedData SEQUENCE whose bounds are checked. Without <paramref name="matchIdentifier"/> every
    /// KEK recipient is tried. The plaintext leaves only after the tag has verified (RFC 5083 section 2).
    /// </summary>
    public static bool TryOpen(
        BerCursor content, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, bool matchIdentifier, out byte[] plaintext, out SmimeFault fault)
    {
        plaintext = [];
        if (!Layout.TryRead(content, out var layout, out fault)
            || !TryRecoverKey(layout, kek, keyIdentifier, matchIdentifier, out var contentKey, out fault))
        {
            return false;
        }

        var result = new byte[layout.Ciphertext.Length];
        var opened = TryDecrypt(layout, contentKey, result);
        CryptographicOperations.ZeroMemory(contentKey);
        if (!opened)
        {
            fault = SmimeFault.TagMismatch;
            return false;
        }

        plaintext = result;
        return true;
    }

    private static byte[] Write(
        ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, SmimeCipher cipher, byte[] contentKey, ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag)
    {
        var writer = _writer ??= new AsnWriter(AsnEncodingRules.DER, 1024);
        writer.Reset();
        writer.PushSequence();
        WriteIdentifier(writer, CmsIdentifiers.AuthEnvelopedData);
        writer.PushSequence(Context0Constructed);
        writer.PushSequence();
        writer.WriteInteger(0);

        writer.PushSetOf();
        writer.PushSequence(Context2Constructed);
        writer.WriteInteger(4);
        writer.PushSequence();
        writer.WriteOctetString(keyIdentifier);
        writer.PopSequence();
        writer.PushSequence();
        WriteIdentifier(writer, kek.Length == 16 ? CmsIdentifiers.Aes128Wrap : CmsIdentifiers.Aes256Wrap);
        writer.PopSequence();
        writer.WriteOctetString(KeyWrap.Wrap(kek, contentKey));
        writer.PopSequence(Context2Constructed);
        writer.PopSetOf();

        writer.PushSequence();
        WriteIdentifier(writer, CmsIdentifiers.Data);
        writer.PushSequence();
        WriteIdentifier(writer, CmsIdentifiers.Of(cipher));
        writer.PushSequence();
        writer.WriteOctetString(nonce);
        writer.WriteInteger(TagLength);
        writer.PopSequence();
        writer.PopSequence();
        writer.WriteOctetString(ciphertext, Context0);
        writer.PopSequence();

        writer.WriteOctetString(tag);
        writer.PopSequence();
        writer.PopSequence(Context0Constructed);
        writer.PopSequence();
        return writer.Encode();
    }

    internal static void WriteIdentifier(AsnWriter writer, ReadOnlySpan<byte> identifier)
    {
        Span<byte> encoded = stackalloc byte[2 + identifier.Length];
        encoded[0] = (byte)UniversalTagNumber.ObjectIdentifier;
        encoded[1] = (byte)identifier.Length;
        identifier.CopyTo(encoded[2..]);
        writer.WriteEncodedValue(encoded);
    }

    private static void Encrypt(
        SmimeCipher cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        if (CmsIdentifiers.IsGcm(cipher))
        {
            using var gcm = new AesGcm(key, TagLength);
            gcm.Encrypt(nonce, plaintext, ciphertext, tag);
        }
        else
        {
            using var ccm = new AesCcm(key);
            ccm.Encrypt(nonce, plaintext, ciphertext, tag);
        }
    }

    private static bool TryDecrypt(in Layout layout, ReadOnlySpan<byte> key, Span<byte> plaintext)
    {
        // RFC 5083 section 2.2: authenticated attributes are covered as the DER of a SET, although they are sent with the tag [1].
        var additional = layout.AuthenticatedAttributes.ToArray();
        if (additional.Length > 0)
        {
            additional[0] = 0x31;
        }

        try
        {
            if (CmsIdentifiers.IsGcm(layout.Cipher))
            {
                using var gcm = new AesGcm(key, layout.Tag.Length);
                gcm.Decrypt(layout.Nonce, layout.Ciphertext, layout.Tag, plaintext, additional);
            }
            else
            {
                using var ccm = new AesCcm(key);
                ccm.Decrypt(layout.Nonce, layout.Ciphertext, layout.Tag, plaintext, additional);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static bool TryRecoverKey(
        in Layout layout, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> keyIdentifier, bool matchIdentifier, out byte[] contentKey, out SmimeFault fault)
    {
        contentKey = [];
        fault = SmimeFault.NoRecipient;
        var wrap = kek.Length switch { 16 => CmsIdentifiers.Aes128Wrap, 32 => CmsIdentifiers.Aes256Wrap, _ => default };
        var recipients = new BerCursor(layout.Recipients);
        for (var count = 0; !recipients.IsAtEnd; count++)
        {
            if (count == SmimeLimits.MaxRecipients)
            {
                fault = SmimeFault.TooLarge;
                return false;
            }

            if (!recipients.NextIs(Context2Constructed))
            {
                recipients.TryReadAny(out _, out _, out _);
                continue;
            }

            if (!TryReadKekRecipient(ref recipients, out var identifier, out var algorithm, out var wrapped))
            {
                fault = SmimeFault.Malformed;
                return false;
            }

            if (matchIdentifier && !identifier.SequenceEqual(keyIdentifier))
            {
                continue;
            }

            fault = SmimeFault.UnwrapFailed;
            if (!wrap.IsEmpty && algorithm.SequenceEqual(wrap) && wrapped.Length == CmsIdentifiers.KeyLengthOf(layout.Cipher) + KeyWrap.Overhead
                && KeyWrap.TryUnwrap(kek, wrapped, out contentKey))
            {
                fault = SmimeFault.None;
                return true;
            }
        }

        return false;
    }

    private static bool TryReadKekRecipient(
        ref BerCursor recipients, out ReadOnlySpan<byte> identifier, out ReadOnlySpan<byte> algorithm, out ReadOnlySpan<byte> wrapped)
    {
        identifier = algorithm = wrapped = default;
        if (!recipients.TryEnter(Context2Constructed, out var info)
            || !info.TryReadSmallInteger(out var version) || version != 4
            || !info.TryEnter(Asn1Tag.Sequence, out var kekIdentifier) || !kekIdentifier.TryReadOctets(Asn1Tag.PrimitiveOctetString, out identifier)
            || !info.TryEnter(Asn1Tag.Sequence, out var wrap) || !wrap.TryReadIdentifier(out algorithm))
        {
            return false;
        }

        // KEKIdentifier may go on with a date and other attributes: they say nothing about which key it is here.
        kekIdentifier.TrySkip(new Asn1Tag(UniversalTagNumber.GeneralizedTime));
        kekIdentifier.TrySkip(Asn1Tag.Sequence);
        // RFC 3565 section 2.3.2: the parameters of AES key wrap are absent; NULL is seen and harmless.
        wrap.TrySkip(Asn1Tag.Null);
        return kekIdentifier.IsAtEnd && wrap.IsAtEnd && info.TryReadOctets(Asn1Tag.PrimitiveOctetString, out wrapped) && info.IsAtEnd;
    }

    /// <summary>The fields of one AuthEnvelopedData, as slices of the source.</summary>
    private ref struct Layout
    {
        public ReadOnlySpan<byte> Recipients;
        public SmimeCipher Cipher;
        public ReadOnlySpan<byte> Nonce;
        public ReadOnlySpan<byte> Ciphertext;
        public ReadOnlySpan<byte> AuthenticatedAttributes;
        public ReadOnlySpan<byte> Tag;

        public static bool TryRead(BerCursor content, out Layout layout, out SmimeFault fault)
        {
            layout = default;
            fault = SmimeFault.Malformed;
            if (!content.TryReadSmallInteger(out var version) || version != 0)
            {
                return false;
            }

            content.TrySkip(Context0); // originatorInfo
            if (!content.NextIs(Asn1Tag.SetOf) || !content.TryReadAny(out var set, out layout.Recipients, out _) || !set.IsConstructed
                || !content.TryEnter(Asn1Tag.Sequence, out var encrypted)
                || !encrypted.TryReadIdentifier(out var contentType)
                || !encrypted.TryEnter(Asn1Tag.Sequence, out var algorithm)
                || !algorithm.TryReadIdentifier(out var cipher))
            {
                return false;
            }

            if (!contentType.SequenceEqual(CmsIdentifiers.Data) || !CmsIdentifiers.TryReadCipher(cipher, out layout.Cipher))
            {
                fault = SmimeFault.UnsupportedType;
                return false;
            }

            if (!TryReadParameters(algorithm, CmsIdentifiers.IsGcm(layout.Cipher), out layout.Nonce, out var tagLength, out fault))
            {
                return false;
            }

            fault = SmimeFault.Malformed;
            if (!encrypted.TryReadOctets(Context0, out layout.Ciphertext) || !encrypted.IsAtEnd)
            {
                return false;
            }

            // RFC 5083 section 2.1: authenticated attributes are DER even when the rest is BER, so they are taken as received.
            if (content.NextIs(Context1) && (!content.TryReadAny(out var attributes, out _, out layout.AuthenticatedAttributes) || !attributes.IsConstructed))
            {
                return false;
            }

            if (!content.TryReadOctets(Asn1Tag.PrimitiveOctetString, out layout.Tag) || layout.Tag.Length != tagLength)
            {
                return false;
            }

            content.TrySkip(Context2Constructed); // unauthAttrs
            fault = content.IsAtEnd ? SmimeFault.None : SmimeFault.Malformed;
            return content.IsAtEnd;
        }

        /// <summary>
        /// RFC 5084 section 3: nonce and tag length, 12 when absent. Interpretation: shorter tags, which the RFC permits for CCM, are refused, and so are
        /// the nonce lengths that the platform does not take (GCM: only 12; CCM: 7 to 13).
        /// </summary>
        private static bool TryReadParameters(BerCursor algorithm, bool isGcm, out ReadOnlySpan<byte> nonce, out int tagLength, out SmimeFault fault)
        {
            nonce = default;
            tagLength = DefaultTagLength;
            fault = SmimeFault.Malformed;
            if (!algorithm.TryEnter(Asn1Tag.Sequence, out var parameters) || !algorithm.IsAtEnd
                || !parameters.TryReadOctets(Asn1Tag.PrimitiveOctetString, out nonce)
                || (!parameters.IsAtEnd && !parameters.TryReadSmallInteger(out tagLength)) || !parameters.IsAtEnd)
            {
                return false;
            }

            var nonceFits = isGcm ? nonce.Length == NonceLength : nonce.Length is >= 7 and <= 13;
            var tagFits = isGcm ? tagLength is >= 12 and <= 16 : tagLength is 12 or 14 or 16;
            fault = nonceFits && tagFits ? SmimeFault.None : SmimeFault.UnsupportedType;
            return nonceFits && tagFits;
        }
    }
}
