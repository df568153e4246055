using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

public sealed class SignedDataTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly byte[] Entity = "Content-Type: text/plain;charset=utf-8\r\n\r\nhello"u8.ToArray();
    private readonly UeCertificateAuthority _authority = UeCertificateAuthority.Create("Run CA", Now);
    private readonly UeCertificate _alice;

    public SignedDataTests() => _alice = _authority.Issue("sip:ue000001@ims.example", Now);

    public void Dispose()
    {
        _alice.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Signed_then_sealed_opens_to_the_entity_and_the_identity_of_the_certificate()
    {
        var cms = Seal(SmimeSealer.Sign(Entity, _alice, Now));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, _authority, Now, out var opened, out var fault), fault.ToString());
        Assert.Equal(Entity, opened.Entity.ToArray());
        Assert.Equal("sip:ue000001@ims.example", opened.SignerIdentity);
    }

    [Fact]
    public void Sealed_then_signed_is_accepted_too()
    {
        byte[] wrapped = [.. "Content-Type: application/pkcs7-mime; smime-type=\"auth-enveloped-data\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"u8,
            .. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(Seal(Entity), Base64FormattingOptions.InsertLineBreaks))];
        var cms = CmsOf(SmimeSealer.Sign(wrapped, _alice, Now));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, _authority, Now, out var opened, out var fault), fault.ToString());
        Assert.Equal(Entity, opened.Entity.ToArray());
        Assert.Equal("sip:ue000001@ims.example", opened.SignerIdentity);
    }

    [Fact]
    public void More_than_one_layer_of_a_kind_is_refused()
    {
        var signedTwice = Seal(SmimeSealer.Sign(SmimeSealer.Sign(Entity, _alice, Now), _alice, Now));
        Assert.False(SmimeOpener.TryOpen(signedTwice, SmimeVectors.Kek128, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UnsupportedType, fault);
        byte[] inner = [.. "Content-Type: application/pkcs7-mime\r\n\r\n"u8, .. Seal(Entity)];
        Assert.False(SmimeOpener.TryOpen(Seal(inner), SmimeVectors.Kek128, _authority, Now, out _, out fault));
        Assert.Equal(SmimeFault.UnsupportedType, fault);
    }

    [Fact]
    public void A_body_that_is_only_signed_or_only_sealed_is_not_taken_for_the_other()
    {
        var signed = CmsOf(SmimeSealer.Sign(Entity, _alice, Now));
        Assert.False(SmimeOpener.TryOpen(signed, SmimeVectors.Kek128, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UnsupportedType, fault);
        Assert.False(SmimeOpener.TryVerify(Seal(Entity), _authority, Now, out _, out fault));
        Assert.Equal(SmimeFault.NotSigned, fault);
        byte[] liar = [.. "Content-Type: application/pkcs7-mime;smime-type=signed-data\r\n\r\n"u8, .. "not CMS"u8];
        Assert.False(SmimeOpener.TryOpen(Seal(liar), SmimeVectors.Kek128, _authority, Now, out _, out fault));
        Assert.Equal(SmimeFault.NotCms, fault);
    }

    [Fact]
    public void Another_library_verifies_what_is_signed()
    {
        var signed = new CmsSignedData(CmsOf(SmimeSealer.Sign(Entity, _alice, Now)));
        var signer = Assert.Single(signed.GetSignerInfos().GetSigners());
        var certificate = Assert.Single(signed.GetCertificates().EnumerateMatches(signer.SignerID));
        Assert.True(signer.Verify(certificate.GetPublicKey()));
        var authority = new X509CertificateParser().ReadCertificate(_authority.Der.ToArray());
        certificate.Verify(authority.GetPublicKey());
        Assert.Equal(CmsObjectIdentifiers.Data, signer.ContentType);
        var time = Org.BouncyCastle.Asn1.Cms.Time.GetInstance(signer.SignedAttributes[CmsAttributes.SigningTime].AttrValues[0]);
        Assert.Equal(Now.UtcDateTime, time.ToDateTime().ToUniversalTime());
    }

    [Fact]
    public void The_platform_builds_the_chain_of_an_issued_certificate()
    {
        using var leaf = X509CertificateLoader.LoadCertificate(_alice.Der.Span);
        using var root = X509CertificateLoader.LoadCertificate(_authority.Der.Span);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
        Assert.True(chain.Build(leaf), string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));
    }

    [Theory]
    [InlineData(2049, "17")]
    [InlineData(2050, "18")]
    public void Signing_time_changes_its_form_in_2050(int year, string tag)
    {
        var time = new DateTimeOffset(year, 7, 1, 0, 0, 0, TimeSpan.Zero);
        var cms = CmsOf(SmimeSealer.Sign(Entity, _alice, time));
        var at = Convert.ToHexString(cms).IndexOf("2A864886F70D010905", StringComparison.Ordinal);
        Assert.Equal(tag, Convert.ToHexString(cms).Substring(at + 18 + 4, 2));
        var key = new X509CertificateParser().ReadCertificate(_alice.Der.ToArray()).GetPublicKey();
        Assert.True(Assert.Single(new CmsSignedData(cms).GetSignerInfos().GetSigners()).Verify(key));
    }

    [Fact]
    public void What_another_library_signs_verifies_by_issuer_and_by_key_identifier()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = Issue(
            key, "sip:bob@ims.example", request => request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false)));
        var certificate = new X509CertificateParser().ReadCertificate(der);
        var factory = new Asn1SignatureFactory("SHA256withECDSA", PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()), new SecureRandom());
        byte[] identifier = new X509SubjectKeyIdentifierExtension(new PublicKey(key), false).SubjectKeyIdentifierBytes.ToArray();
        foreach (var byKey in (bool[])[false, true])
        {
            var generator = new CmsSignedDataGenerator();
            generator.AddSignerInfoGenerator(byKey
                ? new SignerInfoGeneratorBuilder().Build(factory, identifier)
                : new SignerInfoGeneratorBuilder().Build(factory, certificate));
            generator.AddCertificate(new X509CertificateParser().ReadCertificate(_authority.Der.ToArray()));
            generator.AddCertificate(certificate);
            var cms = generator.Generate(new CmsProcessableByteArray(Entity), true).GetEncoded();
            Assert.True(SmimeOpener.TryVerify(cms, _authority, Now, out var opened, out var fault), fault.ToString());
            Assert.Equal("sip:bob@ims.example", opened.SignerIdentity);
            Assert.Equal(Entity, opened.Entity.ToArray());
        }
    }

    [Fact]
    public void Forms_outside_the_profile_are_unsupported()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new X509CertificateParser().ReadCertificate(Issue(key, "sip:bob@ims.example", _ => { }));
        var privateKey = PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey());
        AssertUnsupported(Foreign(certificate, privateKey, "SHA384withECDSA", encapsulate: true, signers: 1));
        AssertUnsupported(Foreign(certificate, privateKey, "SHA256withECDSA", encapsulate: false, signers: 1));
        AssertUnsupported(Foreign(certificate, privateKey, "SHA256withECDSA", encapsulate: true, signers: 2));
        AssertUnsupported(Foreign(certificate, privateKey, "SHA256withECDSA", encapsulate: true, signers: 1, isDirect: true));
    }

    [Fact]
    public void A_certificate_of_another_authority_of_the_same_name_is_not_trusted()
    {
        using var other = UeCertificateAuthority.Create("Run CA", Now);
        using var mallory = other.Issue("sip:ue000001@ims.example", Now);
        Assert.False(SmimeOpener.TryOpen(Seal(SmimeSealer.Sign(Entity, mallory, Now)), SmimeVectors.Kek128, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
        Assert.False(_authority.TryAddKnown(mallory.Der.Span, Now));
    }

    [Fact]
    public void A_certificate_is_trusted_only_within_its_validity()
    {
        var cms = Seal(SmimeSealer.Sign(Entity, _alice, Now));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, _authority, Now.AddHours(-20), out _, out _));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, _authority, Now.AddDays(3000), out _, out _));
        foreach (var time in (DateTimeOffset[])[Now.AddDays(-2), Now.AddDays(3700)])
        {
            Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, _authority, time, out _, out var fault));
            Assert.Equal(SmimeFault.UntrustedCertificate, fault);
        }
    }

    [Theory]
    [InlineData("no URI")]
    [InlineData("may not sign")]
    [InlineData("is an authority")]
    [InlineData("unknown critical extension")]
    [InlineData("P-384")]
    public void A_certificate_that_is_not_a_phones_is_not_trusted(string defect)
    {
        using var key = ECDsa.Create(defect == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        var der = Issue(key, defect == "no URI" ? null : "sip:eve@ims.example", request =>
        {
            if (defect == "may not sign")
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyAgreement, true));
            }
            else if (defect == "is an authority")
            {
                request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            }
            else if (defect == "unknown critical extension")
            {
                request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], true));
            }
        });
        var certificate = new X509CertificateParser().ReadCertificate(der);
        var cms = Foreign(certificate, PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()), "SHA256withECDSA", encapsulate: true, signers: 1);
        Assert.False(SmimeOpener.TryVerify(cms, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
    }

    [Fact]
    public void The_authority_itself_cannot_sign_a_message()
    {
        using var self = ECDsa.Create();
        self.ImportPkcs8PrivateKey(_authority.ExportPrivateKey(), out _);
        var certificate = new X509CertificateParser().ReadCertificate(_authority.Der.ToArray());
        var cms = Foreign(certificate, PrivateKeyFactory.CreateKey(self.ExportPkcs8PrivateKey()), "SHA256withECDSA", encapsulate: true, signers: 1);
        Assert.False(SmimeOpener.TryVerify(cms, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
    }

    [Fact]
    public void Every_byte_of_a_signed_message_matters_or_changes_nothing()
    {
        var original = CmsOf(SmimeSealer.Sign(Entity, _alice, Now));
        for (var i = 0; i < original.Length; i++)
        {
            var cms = original.ToArray();
            cms[i] ^= 0x04;
            if (SmimeOpener.TryVerify(cms, _authority, Now, out var opened, out _))
            {
                Assert.Equal(Entity, opened.Entity.ToArray());
                Assert.Equal("sip:ue000001@ims.example", opened.SignerIdentity);
            }

            Assert.False(SmimeOpener.TryVerify(original.AsMemory(0, i), _authority, Now, out _, out _));
        }
    }

    [Fact]
    public void An_authority_without_its_key_and_an_imported_certificate_verify_and_sign()
    {
        using var carol = _authority.Issue("sip:carol@ims.example", Now);
        using var trustOnly = UeCertificateAuthority.TrustOnly(_authority.Der.Span);
        Assert.Throws<InvalidOperationException>(() => trustOnly.Issue("sip:x@ims.example", Now));
        Assert.True(SmimeOpener.TryOpen(Seal(SmimeSealer.Sign(Entity, carol, Now)), SmimeVectors.Kek128, trustOnly, Now, out _, out _));
        using var alice = SmimeVectors.Alice();
        Assert.Equal("sip:alice@example.com", alice.Identity);
        using var vectorTrust = SmimeVectors.Trust();
        var cms = Seal(SmimeSealer.Sign(Entity, alice, SmimeVectors.ValidTime));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, vectorTrust, SmimeVectors.ValidTime, out var opened, out _));
        Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
    }

    [Fact]
    public void Authorities_of_one_secret_trust_each_others_phones_and_give_a_phone_the_same_key()
    {
        byte[] secret = [.. Enumerable.Range(0, 32).Select(static value => (byte)value)];
        using var one = UeCertificateAuthority.Derive("Run CA", secret, Now);
        using var other = UeCertificateAuthority.Derive("Run CA", secret, Now.AddHours(3));
        secret[0] ^= 1;
        using var stranger = UeCertificateAuthority.Derive("Run CA", secret, Now);
        using var here = one.Issue("sip:carol@ims.example", Now);
        using var there = other.Issue("sip:carol@ims.example", Now);
        using var dave = one.Issue("sip:dave@ims.example", Now);
        Assert.Equal(KeyOf(here.Der), KeyOf(there.Der));
        Assert.Equal(5, new[] { here.Der, dave.Der, one.Der, stranger.Der, _authority.Der }.Select(KeyOf).Distinct().Count());
        var cms = Seal(SmimeSealer.Sign(Entity, here, Now));
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, other, Now, out var opened, out _));
        Assert.Equal("sip:carol@ims.example", opened.SignerIdentity);
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, stranger, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
        Assert.Throws<ArgumentOutOfRangeException>(() => UeCertificateAuthority.Derive("Run CA", secret.AsSpan(0, 15), Now));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", true)]
    [InlineData("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", false)]
    [InlineData("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF", false)]
    public void Only_numbers_from_1_to_the_order_less_1_are_private_keys(string number, bool isKey) =>
        Assert.Equal(isKey, DerivedSigningKey.IsPrivateKey(Convert.FromHexString(number)));

    [Fact]
    public void A_message_without_its_certificate_is_shorter_and_verifies_when_the_certificate_is_known()
    {
        var shorter = SmimeSealer.SignWithoutCertificate(Entity, _alice, Now);
        Assert.InRange(SmimeSealer.Sign(Entity, _alice, Now).Length - shorter.Length, _alice.Der.Length - 8, _alice.Der.Length + 16);
        Assert.False(SmimeOpener.TryOpen(Seal(shorter), SmimeVectors.Kek128, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
        Assert.True(_authority.TryAddKnown(_alice.Der.Span, Now));
        Assert.True(SmimeOpener.TryOpen(Seal(shorter), SmimeVectors.Kek128, _authority, Now, out _, out _));
    }

    [Theory]
    [InlineData("fig1-signed-with-cert.der", true)]
    [InlineData("fig2-signed-no-cert.der", false)]
    public void The_signed_figures_of_rfc_8591_verify_within_the_certificates_validity(string file, bool hasCertificate)
    {
        var certificate = SmimeVectors.ReadThirdParty("rfc8591/alice-cert.der");
        using var trust = UeCertificateAuthority.TrustOnly(certificate);
        var time = new DateTimeOffset(2018, 6, 1, 0, 0, 0, TimeSpan.Zero);
        if (!hasCertificate)
        {
            Assert.True(trust.TryAddKnown(certificate, time));
        }

        var cms = SmimeVectors.ReadThirdParty("rfc8591/" + file);
        Assert.True(SmimeOpener.TryVerify(cms, trust, time, out var opened, out var fault), fault.ToString());
        Assert.Equal(SmimeVectors.ReadThirdParty("rfc8591/expected-content.bin"), opened.Entity.ToArray());
        Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
        Assert.False(SmimeOpener.TryVerify(cms, trust, time.AddYears(2), out _, out fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
    }

    [Fact]
    public void The_enveloped_figure_of_rfc_8591_has_no_recipient_for_a_kek()
    {
        var cms = SmimeVectors.ReadThirdParty("rfc8591/fig3-authenveloped-rsa-no-key.der");
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, Now, out _, out var fault));
        Assert.Equal(SmimeFault.NoRecipient, fault);
    }

    private static byte[] Seal(byte[] entity) =>
        SmimeSealer.Seal(entity, SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128, SmimeCipher.Aes128Gcm, SystemRandomSource.Instance);

    private static byte[] CmsOf(byte[] signedEntity) => signedEntity[(signedEntity.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];

    private static byte[] Foreign(
        Org.BouncyCastle.X509.X509Certificate certificate, AsymmetricKeyParameter key, string algorithm, bool encapsulate, int signers, bool isDirect = false)
    {
        var generator = new CmsSignedDataGenerator();
        for (var i = 0; i < signers; i++)
        {
            generator.AddSignerInfoGenerator(
                new SignerInfoGeneratorBuilder().SetDirectSignature(isDirect).Build(new Asn1SignatureFactory(algorithm, key, new SecureRandom()), certificate));
        }

        generator.AddCertificate(certificate);
        return generator.Generate(new CmsProcessableByteArray(Entity), encapsulate).GetEncoded();
    }

    private void AssertUnsupported(byte[] cms)
    {
        Assert.False(SmimeOpener.TryVerify(cms, _authority, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UnsupportedType, fault);
    }

    private static string KeyOf(ReadOnlyMemory<byte> certificate) =>
        Convert.ToHexString(new X509CertificateParser().ReadCertificate(certificate.ToArray()).CertificateStructure.SubjectPublicKeyInfo.PublicKey.GetBytes());

    private byte[] Issue(ECDsa key, string? uri, Action<CertificateRequest> adjust)
    {
        using var issuerKey = ECDsa.Create();
        issuerKey.ImportPkcs8PrivateKey(_authority.ExportPrivateKey(), out _);
        using var issuer = X509CertificateLoader.LoadCertificate(_authority.Der.Span);
        var request = new CertificateRequest("CN=phone", key, HashAlgorithmName.SHA256);
        if (uri is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddUri(new Uri(uri));
            request.CertificateExtensions.Add(names.Build());
        }

        adjust(request);
        using var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), Now.AddDays(-1), Now.AddDays(10), RandomNumberGenerator.GetBytes(8));
        return certificate.RawData;
    }
}
