using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Cms;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

/// <summary>Encodings of SignedData that other senders may choose, against what BouncyCastle makes of them.</summary>
public sealed class SignedDataReadingTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly byte[] Entity = "Content-Type: text/plain;charset=utf-8\r\n\r\nhello"u8.ToArray();
    private readonly UeCertificateAuthority _authority = UeCertificateAuthority.Create("Run CA", Now);
    private readonly UeCertificate _alice;

    public SignedDataReadingTests() => _alice = _authority.Issue("sip:ue000001@ims.example", Now);

    public void Dispose()
    {
        _alice.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Indefinite_lengths_and_attributes_out_of_order_verify_because_the_signature_covers_their_der()
    {
        var signed = Parse(Sign());
        var signer = SignerInfo.GetInstance(signed.SignerInfos[0]);
        var shuffled = new BerSet(new Asn1EncodableVector([.. signer.SignedAttrs.Reverse()]));
        Assert.NotEqual(signer.SignedAttrs.GetEncoded(), shuffled.GetEncoded());
        var cms = Rebuild(signed, Rebuild(signer, shuffled));
        var other = new CmsSignedData(cms);
        var information = Assert.Single(other.GetSignerInfos().GetSigners());
        Assert.True(information.Verify(Assert.Single(other.GetCertificates().EnumerateMatches(information.SignerID)).GetPublicKey()));

        Assert.True(SmimeOpener.TryVerify(cms, _authority, Now, out var opened, out var fault), fault.ToString());
        Assert.Equal(Entity, opened.Entity.ToArray());
        Assert.Equal("sip:ue000001@ims.example", opened.SignerIdentity);
        for (var length = 0; length < cms.Length; length++)
        {
            Assert.False(SmimeOpener.TryVerify(cms.AsMemory(0, length), _authority, Now, out _, out _), $"cut at {length}");
        }
    }

    [Theory]
    [InlineData("1.2.840.113549.1.9.3")]
    [InlineData("1.2.840.113549.1.9.4")]
    public void Content_type_and_message_digest_occur_once_with_one_value(string type)
    {
        var signed = Parse(Sign());
        var signer = SignerInfo.GetInstance(signed.SignerInfos[0]);
        var attributes = signer.SignedAttrs.Select(Org.BouncyCastle.Asn1.Cms.Attribute.GetInstance).ToList();
        var chosen = Assert.Single(attributes, attribute => attribute.AttrType.Id == type);
        var value = chosen.AttrValues[0];
        var others = attributes.Where(attribute => attribute != chosen).ToList();
        AssertMalformed(others);
        AssertMalformed([.. others, chosen, chosen]);
        AssertMalformed([.. others, new Org.BouncyCastle.Asn1.Cms.Attribute(chosen.AttrType, new DerSet(value, value))]);
        AssertMalformed([.. others, new Org.BouncyCastle.Asn1.Cms.Attribute(chosen.AttrType, DerSet.Empty)]);
        AssertMalformed([.. others, new Org.BouncyCastle.Asn1.Cms.Attribute(chosen.AttrType, new DerSet(DerNull.Instance))]);

        void AssertMalformed(List<Org.BouncyCastle.Asn1.Cms.Attribute> list)
        {
            var cms = Rebuild(signed, Rebuild(signer, new DerSet(new Asn1EncodableVector([.. list]))));
            Assert.False(SmimeOpener.TryVerify(cms, _authority, Now, out _, out var fault));
            Assert.Equal(SmimeFault.Malformed, fault);
        }
    }

    [Fact]
    public void Content_that_is_not_an_octet_string_and_a_set_without_signers_are_unsupported()
    {
        var signed = Parse(Sign());
        var number = new ContentInfo(CmsObjectIdentifiers.Data, DerInteger.One);
        AssertUnsupported(new Org.BouncyCastle.Asn1.Cms.SignedData(signed.DigestAlgorithms, number, signed.Certificates, null, signed.SignerInfos));
        var typed = new ContentInfo(CmsObjectIdentifiers.DigestedData, signed.EncapContentInfo.Content);
        AssertUnsupported(new Org.BouncyCastle.Asn1.Cms.SignedData(signed.DigestAlgorithms, typed, signed.Certificates, null, signed.SignerInfos));
        AssertUnsupported(
            new Org.BouncyCastle.Asn1.Cms.SignedData(signed.DigestAlgorithms, signed.EncapContentInfo, signed.Certificates, null, DerSet.Empty));

        void AssertUnsupported(Org.BouncyCastle.Asn1.Cms.SignedData altered)
        {
            Assert.False(SmimeOpener.TryVerify(Encode(altered), _authority, Now, out _, out var fault));
            Assert.Equal(SmimeFault.UnsupportedType, fault);
        }
    }

    [Fact]
    public void What_is_taken_for_der_is_what_another_library_writes_as_der()
    {
        const ulong seed = 5652;
        var random = new SeededRandomSource(seed);
        var signer = SignerInfo.GetInstance(Parse(Sign()).SignerInfos[0]);
        byte[][] originals = [signer.SignedAttrs.GetEncoded(Asn1Encodable.Der), signer.SignerID.GetEncoded(Asn1Encodable.Der)];
        var (taken, refused) = (0, 0);
        foreach (var original in originals)
        {
            Assert.True(DerEncoding.IsDer(original));
            Assert.InRange(original.Length, 1, 127);
            for (var round = 0; round < 20_000; round++)
            {
                // In a sequence around them, because an altered length can make several elements of one.
                byte[] bytes = [0x30, (byte)original.Length, .. original];
                for (var i = random.NextUInt64() % 2; i < 2; i++)
                {
                    bytes[2 + (int)(random.NextUInt64() % (ulong)original.Length)] = (byte)random.NextUInt64();
                }

                if (!DerEncoding.IsDer(bytes))
                {
                    refused++;
                    continue;
                }

                taken++;
                var expected = Asn1Object.FromByteArray(bytes).GetEncoded(Asn1Encodable.Der);
                Assert.True(bytes.AsSpan().SequenceEqual(expected), $"seed {seed}, round {round}: {Convert.ToHexString(bytes)}");
            }
        }

        Assert.True(taken > 1000 && refused > 1000, $"{taken} taken, {refused} refused");
    }

    [Theory]
    [InlineData("3003020100", true)]
    [InlineData("308103020100", false)] // length not the shortest
    [InlineData("30800201000000", false)] // indefinite
    [InlineData("30040202007F", false)] // integer not the shortest
    [InlineData("3106020102020101", false)] // set not ascending
    [InlineData("3106020101020102", true)]
    [InlineData("24030401AA", false)] // constructed string
    [InlineData("06032A8001", false)] // identifier with a leading zero
    [InlineData("06022A80", false)] // identifier that does not end
    [InlineData("170D3236303330343035303630375A", true)]
    [InlineData("170D3236303233303035303630375A", false)] // 30 February
    [InlineData("180F32303530303330343035303630375A", true)]
    [InlineData("180F30303030303330343035303630375A", false)] // year 0
    [InlineData("170B323630333034303530365A", false)] // no seconds
    [InlineData("3003020200", false)] // cut
    [InlineData("30", false)]
    [InlineData("0500", true)]
    [InlineData("050100", false)]
    public void Der_is_recognized(string hex, bool isDer) => Assert.Equal(isDer, DerEncoding.IsDer(Convert.FromHexString(hex)));

    [Fact]
    public void Verifying_a_remembered_signer_allocates_little_more_than_the_content()
    {
        var cms = Sign();
        for (var i = 0; i < 50; i++)
        {
            Assert.True(SmimeOpener.TryVerify(cms, _authority, Now, out _, out _));
        }

        const int Rounds = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            SmimeOpener.TryVerify(cms, _authority, Now, out _, out _);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, 0, 2048);
    }

    private static Org.BouncyCastle.Asn1.Cms.SignedData Parse(byte[] cms) =>
        Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance(ContentInfo.GetInstance(Asn1Object.FromByteArray(cms)).Content);

    private static SignerInfo Rebuild(SignerInfo signer, Asn1Set attributes) =>
        new(signer.SignerID, signer.DigestAlgorithm, attributes, signer.SignatureAlgorithm, signer.Signature, null);

    /// <summary>SignedData in BER with indefinite lengths, and the content in two segments.</summary>
    private static byte[] Rebuild(Org.BouncyCastle.Asn1.Cms.SignedData signed, SignerInfo signer)
    {
        var content = new BerOctetString([new DerOctetString(Entity[..7]), new DerOctetString(Entity[7..])]);
        return Encode(new Org.BouncyCastle.Asn1.Cms.SignedData(
            signed.DigestAlgorithms, new ContentInfo(CmsObjectIdentifiers.Data, content), signed.Certificates, null, new BerSet(signer)));
    }

    private static byte[] Encode(Org.BouncyCastle.Asn1.Cms.SignedData signed) =>
        new ContentInfo(CmsObjectIdentifiers.SignedData, signed).GetEncoded(Asn1Encodable.Ber);

    private byte[] Sign()
    {
        var entity = SmimeSealer.Sign(Entity, _alice, Now);
        return entity[(entity.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
    }
}
