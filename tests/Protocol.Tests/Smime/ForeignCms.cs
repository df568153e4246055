using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Tests.Smime;

/// <summary>AuthEnvelopedData as another implementation might compose it: BouncyCastle's ASN.1 types, every field adjustable.</summary>
internal sealed record ForeignCms
{
    public byte[] Plaintext { get; init; } = "Content-Type: text/plain\r\n\r\nhello"u8.ToArray();
    public SmimeCipher Cipher { get; init; } = SmimeCipher.Aes128Gcm;
    public int TagLength { get; init; } = 16;
    public bool EncodesTagLength { get; init; } = true;
    public int EncodedTagLength { get; init; } = -1;
    public int NonceLength { get; init; } = 12;
    public bool UsesBer { get; init; }
    public bool HasAttributes { get; init; }
    public int KekVersion { get; init; } = 4;
    public int Version { get; init; }
    public bool HasKeyDate { get; init; }
    public DerObjectIdentifier ContentType { get; init; } = PkcsObjectIdentifiers.Data;
    public IReadOnlyList<(byte[] Kek, byte[] Identifier)> Recipients { get; init; } = [(SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128)];

    public byte[] Build()
    {
        var contentKey = RandomNumberGenerator.GetBytes(Cipher is SmimeCipher.Aes128Gcm or SmimeCipher.Aes128Ccm ? 16 : 32);
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var attributes = HasAttributes
            ? new DerSet(new Org.BouncyCastle.Asn1.Cms.Attribute(CmsAttributes.ContentType, new DerSet(ContentType)))
            : null;
        var (ciphertext, tag) = Encrypt(contentKey, nonce, attributes?.GetEncoded(Asn1Encodable.Der) ?? []);
        var parameters = new Asn1EncodableVector(new DerOctetString(nonce));
        if (EncodesTagLength)
        {
            parameters.Add(DerInteger.ValueOf(EncodedTagLength < 0 ? TagLength : EncodedTagLength));
        }

        var algorithm = new AlgorithmIdentifier(new DerObjectIdentifier(OidOf(Cipher)), new DerSequence(parameters));
        Asn1OctetString content = UsesBer ? new BerOctetString(Chunks(ciphertext)) : new DerOctetString(ciphertext);
        var encrypted = new Asn1EncodableVector(ContentType, algorithm)
        {
            UsesBer ? new BerTaggedObject(false, 0, content) : new DerTaggedObject(false, 0, content),
        };
        var recipients = new DerSet(new Asn1EncodableVector([.. Recipients.Select(recipient => Recipient(recipient, contentKey))]));
        var fields = new Asn1EncodableVector(DerInteger.ValueOf(Version), recipients)
        {
            UsesBer ? new BerSequence(encrypted) : new DerSequence(encrypted),
        };
        if (attributes is not null)
        {
            fields.Add(new DerTaggedObject(false, 1, attributes));
        }

        fields.Add(new DerOctetString(tag));
        Asn1Sequence body = UsesBer ? new BerSequence(fields) : new DerSequence(fields);
        var info = new Asn1EncodableVector(CmsObjectIdentifiers.AuthEnvelopedData)
        {
            UsesBer ? new BerTaggedObject(true, 0, body) : new DerTaggedObject(true, 0, body),
        };
        return UsesBer ? new BerSequence(info).GetEncoded() : new DerSequence(info).GetEncoded();
    }

    private static string OidOf(SmimeCipher cipher) => "2.16.840.1.101.3.4.1." + cipher switch
    {
        SmimeCipher.Aes128Gcm => "6",
        SmimeCipher.Aes256Gcm => "46",
        SmimeCipher.Aes128Ccm => "7",
        _ => "47",
    };

    private static Asn1OctetString[] Chunks(byte[] bytes) =>
        [.. bytes.Chunk(5).Select((chunk, i) => i % 2 == 0 ? (Asn1OctetString)new DerOctetString(chunk) : Nested(chunk))];

    private static BerOctetString Nested(byte[] bytes) => new BerOctetString([new DerOctetString(bytes), new DerOctetString([])]);

    private DerTaggedObject Recipient((byte[] Kek, byte[] Identifier) recipient, byte[] contentKey)
    {
        var engine = new AesWrapEngine();
        engine.Init(true, new KeyParameter(recipient.Kek));
        var identifier = new Asn1EncodableVector(new DerOctetString(recipient.Identifier));
        if (HasKeyDate)
        {
            identifier.Add(new DerGeneralizedTime(new DateTime(2024, 5, 17, 0, 0, 0, DateTimeKind.Utc)));
        }

        return new DerTaggedObject(false, 2, new DerSequence(
            DerInteger.ValueOf(KekVersion), new DerSequence(identifier),
            new DerSequence(recipient.Kek.Length == 16 ? NistObjectIdentifiers.IdAes128Wrap : NistObjectIdentifiers.IdAes256Wrap),
            new DerOctetString(engine.Wrap(contentKey, 0, contentKey.Length))));
    }

    private (byte[] Ciphertext, byte[] Tag) Encrypt(byte[] key, byte[] nonce, byte[] additional)
    {
        // BouncyCastle's modes take every nonce and tag length, so that what we refuse is well-formed otherwise.
        Org.BouncyCastle.Crypto.Modes.IAeadBlockCipher mode = Cipher is SmimeCipher.Aes128Gcm or SmimeCipher.Aes256Gcm
            ? new Org.BouncyCastle.Crypto.Modes.GcmBlockCipher(new AesEngine())
            : new Org.BouncyCastle.Crypto.Modes.CcmBlockCipher(new AesEngine());
        mode.Init(true, new AeadParameters(new KeyParameter(key), TagLength * 8, nonce, additional));
        var output = new byte[mode.GetOutputSize(Plaintext.Length)];
        var length = mode.ProcessBytes(Plaintext, 0, Plaintext.Length, output, 0);
        mode.DoFinal(output, length);
        return (output[..Plaintext.Length], output[Plaintext.Length..]);
    }
}
