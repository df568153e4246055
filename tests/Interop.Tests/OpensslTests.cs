using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>OpenSSL as the independent reader and writer of protected bodies.</summary>
public sealed class OpensslTests
{
    private const string Domain = "ims.example";
    private const string Alice = "sip:alice@ims.example";
    private const string Bob = "sip:bob@ims.example";
    private const string Text = "Grüße, 12 °C\r\nsecond line\n\0binary zero";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly byte[] Master = SHA256.HashData("interop master secret"u8);

    [Theory]
    [InlineData(MikeySuite.Aes128Sha1, SmimeCipher.Aes128Gcm)]
    [InlineData(MikeySuite.Aes256Sha256, SmimeCipher.Aes256Gcm)]
    public async Task A_body_that_a_phone_sent_opens_in_openssl_with_the_key_of_the_resolved_ticket_and_no_other(MikeySuite suite, SmimeCipher cipher)
    {
        var openssl = Peer.Require("openssl", "openssl");
        using var folder = new TemporaryFolder();
        var sent = SendAndResolve(suite, cipher, trust: null);
        var path = folder.Write("body.der", sent.Cms.Span);

        var entity = await DecryptAsync(openssl, folder, path, sent.Kek, sent.KeyIdentifier);

        Assert.NotNull(entity);
        Assert.True(SmimeOpener.TryOpen(sent.Cms, sent.Kek, null, Now, out var opened, out _));
        Assert.Equal(opened.Entity.ToArray(), entity);
        AssertIsTheText(entity);
        var wrong = (byte[])sent.Kek.Clone();
        wrong[0] ^= 1;
        Assert.Null(await DecryptAsync(openssl, folder, path, wrong, sent.KeyIdentifier));
    }

    [Fact]
    public async Task A_changed_body_of_a_phone_does_not_open_in_openssl()
    {
        var openssl = Peer.Require("openssl", "openssl");
        using var folder = new TemporaryFolder();
        var sent = SendAndResolve(MikeySuite.Aes128Sha1, SmimeCipher.Aes128Gcm, trust: null);
        var changed = sent.Cms.ToArray();

        // The last bytes are the tag; those before it the ciphertext.
        changed[^30] ^= 1;
        Assert.Null(await DecryptAsync(openssl, folder, folder.Write("body.der", changed), sent.Kek, sent.KeyIdentifier));
    }

    [Fact]
    public async Task A_signed_body_that_a_phone_sent_verifies_in_openssl_against_the_authority_of_the_run_and_no_other()
    {
        var openssl = Peer.Require("openssl", "openssl");
        using var folder = new TemporaryFolder();
        using var authority = UeCertificateAuthority.Create("test CA", Now);
        using var stranger = UeCertificateAuthority.Create("test CA", Now);
        var sent = SendAndResolve(MikeySuite.Aes128Sha1, SmimeCipher.Aes128Gcm, authority);
        var layer = await DecryptAsync(openssl, folder, folder.Write("body.der", sent.Cms.Span), sent.Kek, sent.KeyIdentifier);
        Assert.NotNull(layer);
        var headerEnd = layer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.Contains("smime-type=signed-data", Encoding.ASCII.GetString(layer, 0, headerEnd), StringComparison.Ordinal);
        var signed = folder.Write("signed.der", layer.AsSpan(headerEnd + 4));

        var entity = await VerifyAsync(openssl, folder, signed, authority);

        Assert.NotNull(entity);
        AssertIsTheText(entity);
        Assert.Null(await VerifyAsync(openssl, folder, signed, stranger));
    }

    [Theory]
    [InlineData(16, "-aes-128-gcm", false)]
    [InlineData(16, "-aes-128-gcm", true)]
    [InlineData(32, "-aes-256-gcm", false)]
    [InlineData(32, "-aes-256-gcm", true)]
    public async Task A_body_made_by_openssl_opens_here(int keyLength, string cipher, bool isStreamed)
    {
        var openssl = Peer.Require("openssl", "openssl");
        using var folder = new TemporaryFolder();
        var kek = RandomNumberGenerator.GetBytes(keyLength);
        var entity = ProtectedBody.TextEntity("1.0@ims.example", Encoding.UTF8.GetBytes(Text));
        var cms = await EncryptAsync(openssl, folder, folder.Write("entity.bin", entity), kek, cipher, isStreamed);

        Assert.True(SmimeOpener.TryOpen(cms, kek, null, Now, out var opened, out var fault), fault.ToString());
        Assert.Equal(entity, opened.Entity.ToArray());
        kek[^1] ^= 1;
        Assert.False(SmimeOpener.TryOpen(cms, kek, null, Now, out _, out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_signed_and_encrypted_by_openssl_opens_here_under_the_name_of_its_certificate(bool isStreamed)
    {
        var openssl = Peer.Require("openssl", "openssl");
        using var folder = new TemporaryFolder();
        using var authority = UeCertificateAuthority.Create("test CA", Now);
        using var stranger = UeCertificateAuthority.Create("test CA", Now);
        await MakeCertificateAsync(openssl, folder, authority);
        var entity = ProtectedBody.TextEntity("1.0@ims.example", Encoding.UTF8.GetBytes(Text));
        await RunAsync(
            openssl, folder,
            ["cms", "-sign", "-nodetach", "-binary", "-outform", "DER", "-md", "sha256", "-signer", "alice.pem", "-inkey", "alice.key",
                "-in", folder.Write("entity.bin", entity), "-out", folder.PathOf("signed.der"), .. isStreamed ? ["-stream"] : Array.Empty<string>()]);
        var signed = await File.ReadAllBytesAsync(folder.PathOf("signed.der"), TestContext.Current.CancellationToken);
        byte[] layer = [.. "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8, .. signed];
        var kek = RandomNumberGenerator.GetBytes(16);
        var cms = await EncryptAsync(openssl, folder, folder.Write("layer.bin", layer), kek, "-aes-128-gcm", isStreamed);

        // The certificate is valid from the second on in which openssl made it.
        var later = Now.AddMinutes(5);
        Assert.True(SmimeOpener.TryOpen(cms, kek, authority, later, out var opened, out var fault), fault.ToString());
        Assert.Equal(entity, opened.Entity.ToArray());
        Assert.Equal(Alice, opened.SignerIdentity);
        Assert.False(SmimeOpener.TryOpen(cms, kek, stranger, later, out _, out _));
        Assert.False(SmimeOpener.TryOpen(cms, kek, null, later, out _, out _));
    }

    /// <summary>Lets a phone send a message, then takes the key the way the recipient does: by resolving the ticket at the KMS.</summary>
    private static (ReadOnlyMemory<byte> Cms, byte[] Kek, byte[] KeyIdentifier) SendAndResolve(
        MikeySuite suite, SmimeCipher cipher, UeCertificateAuthority? trust)
    {
        var kms = new KeyManagementService(new KmsSettings { MasterSecret = Master }, SystemRandomSource.Instance);
        var request = SendFromPhone(kms, suite, cipher, trust);
        Assert.True(request.TryGetHeader(SipHeaderId.ContentType, out var contentType));
        Assert.True(ProtectedBody.TrySplit(contentType, request.Body, out var mikey, out var cms, out var problem), problem);
        Assert.True(ReceivedTransferInit.TryParse(mikey, out var transferInit, out var failure), failure.ToString());
        Assert.True(transferInit!.TryCheckPolicy(Bob, out failure), failure.ToString());
        using var exchange = new TicketResolveExchange(
            transferInit, Bob, "sip:kms@ims.example", KeyManagementService.DerivePsk(Master, Bob, suite));
        var answer = kms.Handle(exchange.CreateInit(Now, SystemRandomSource.Instance), Now);
        Assert.NotNull(answer);
        Assert.True(exchange.TryComplete(answer, out var ticket, out failure), failure.ToString());
        using (ticket)
        {
            Assert.True(transferInit.TryVerify(ticket!, out var kek, out failure), failure.ToString());
            return (cms, kek!, ProtectedBody.KeyIdentifierOf(mikey.Span));
        }
    }

    /// <summary>The MESSAGE that a phone sends once it is registered; the registrar lets everybody in.</summary>
    private static SipRequest SendFromPhone(KeyManagementService kms, MikeySuite suite, SmimeCipher cipher, UeCertificateAuthority? trust)
    {
        var core = new SipHop(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 5060), 0);
        var settings = new UeSettings
        {
            Domain = Domain,
            Core = core,
            Transport = SipTransportKind.Tcp,
            ContactHost = "127.0.0.1:5062",
            Protection = trust is null ? BodyProtection.Protected : BodyProtection.ProtectedAndSigned,
            Suite = suite,
            Cipher = cipher,
            Trust = trust,
        };
        var credentials = new SubscriberCredentials("alice@ims.example", DigestAlgorithm.Md5, "secret", default, default, default);
        var profile = new UeProfile(0, Alice, credentials, KeyManagementService.DerivePsk(Master, Alice, suite));
        var phone = new UeBehavior(profile, settings, new UeDurableState(), SystemRandomSource.Instance);
        var now = new Instant(0);
        phone.GoOnline(now, Now);
        phone.SendMessage(1, Bob, Encoding.UTF8.GetBytes(Text), now, Now);
        while (phone.TryTakeEffect(out var effect))
        {
            if (effect.Kind == UeEffectKind.QueryKms)
            {
                phone.HandleKmsResponse(effect.Token, kms.Handle(effect.Bytes, Now), now, Now);
            }
            else if (effect.Kind == UeEffectKind.Transmit)
            {
                Assert.True(SipParser.TryParse(effect.Bytes, SipLimits.Default, out var message, out _));
                var request = Assert.IsType<SipRequest>(message);
                if (request.Method == SipMethod.Message)
                {
                    return request;
                }

                var response = SipForwarding.Respond(
                    request, 200, "registrar", core, (SipHeaderId.Contact, $"{request.GetHeaderText(SipHeaderId.Contact)};expires=3600"));
                Assert.True(SipParser.TryParse(response, SipLimits.Default, out message, out _));
                phone.HandleMessage(message, core, now, Now);
            }
        }

        throw new InvalidOperationException("the phone sent no MESSAGE");
    }

    private static void AssertIsTheText(byte[] entity)
    {
        Assert.True(ProtectedBody.TryReadEntity(entity, out var contentType, out var messageId, out var content));
        Assert.Equal("text/plain;charset=utf-8", contentType);
        Assert.Equal("1", messageId);
        Assert.Equal(Text, Encoding.UTF8.GetString(content.Span));
    }

    private static async Task<byte[]?> DecryptAsync(string openssl, TemporaryFolder folder, string path, byte[] kek, byte[] keyIdentifier)
    {
        var plain = folder.PathOf("plain.bin");
        File.Delete(plain);
        var (exitCode, _) = await Peer.RunAsync(
            openssl, folder.FullPath, Limit, "cms", "-decrypt", "-inform", "DER", "-binary", "-in", path, "-out", plain,
            "-secretkey", Convert.ToHexString(kek), "-secretkeyid", Convert.ToHexString(keyIdentifier));
        return exitCode == 0 ? await File.ReadAllBytesAsync(plain, TestContext.Current.CancellationToken) : null;
    }

    private static async Task<byte[]?> VerifyAsync(string openssl, TemporaryFolder folder, string path, UeCertificateAuthority authority)
    {
        var plain = folder.PathOf("verified.bin");
        File.Delete(plain);
        var pem = folder.Write("ca.pem", PemEncoding.WriteString("CERTIFICATE", authority.Der.Span));
        var (exitCode, _) = await Peer.RunAsync(
            openssl, folder.FullPath, Limit, "cms", "-verify", "-inform", "DER", "-binary", "-in", path, "-out", plain, "-CAfile", pem, "-purpose", "any");
        return exitCode == 0 ? await File.ReadAllBytesAsync(plain, TestContext.Current.CancellationToken) : null;
    }

    private static async Task<byte[]> EncryptAsync(string openssl, TemporaryFolder folder, string path, byte[] kek, string cipher, bool isStreamed)
    {
        var output = folder.PathOf("encrypted.der");
        await RunAsync(
            openssl, folder,
            ["cms", "-encrypt", "-binary", "-outform", "DER", cipher, "-secretkey", Convert.ToHexString(kek), "-secretkeyid", "0102030405060708",
                "-in", path, "-out", output, .. isStreamed ? ["-stream"] : Array.Empty<string>()]);
        return await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken);
    }

    /// <summary>A P-256 key and a certificate of the authority for alice's SIP URI, both made by openssl: alice.key and alice.pem.</summary>
    private static async Task MakeCertificateAsync(string openssl, TemporaryFolder folder, UeCertificateAuthority authority)
    {
        folder.Write("ca.pem", PemEncoding.WriteString("CERTIFICATE", authority.Der.Span));
        folder.Write("ca.key", PemEncoding.WriteString("PRIVATE KEY", authority.ExportPrivateKey()));
        folder.Write("extensions.cnf", string.Create(CultureInfo.InvariantCulture, $"subjectAltName=URI:{Alice}\nkeyUsage=digitalSignature\n"));
        await RunAsync(
            openssl, folder,
            ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=alice",
                "-keyout", "alice.key", "-out", "alice.csr"]);
        await RunAsync(
            openssl, folder,
            ["x509", "-req", "-in", "alice.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "77", "-days", "7", "-sha256",
                "-extfile", "extensions.cnf", "-out", "alice.pem"]);
    }

    private static async Task RunAsync(string openssl, TemporaryFolder folder, string[] arguments)
    {
        var (exitCode, output) = await Peer.RunAsync(openssl, folder.FullPath, Limit, arguments);
        Assert.True(exitCode == 0, output);
    }
}
