using System.Globalization;
using System.Security.Cryptography;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

public sealed class CmsVectorTests
{
    [Fact]
    public void Every_vector_file_is_the_one_of_the_manifest()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "cms", "MANIFEST.tsv")).Where(line => !line.StartsWith('#')).ToArray();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var fields = line.Split('\t');
            var bytes = SmimeVectors.Read(fields[0]);
            Assert.Equal(int.Parse(fields[1], CultureInfo.InvariantCulture), bytes.Length);
            Assert.Equal(fields[2], Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Theory]
    [InlineData("aed-128.der", false)]
    [InlineData("aed-128-ber-indefinite.der", false)]
    [InlineData("aed-256.der", true)]
    public void A_sealed_vector_opens_to_the_inner_entity(string file, bool is256)
    {
        var kek = is256 ? SmimeVectors.Kek256 : SmimeVectors.Kek128;
        var identifier = is256 ? SmimeVectors.KeyIdentifier256 : SmimeVectors.KeyIdentifier128;
        Assert.True(SmimeOpener.TryOpen(SmimeVectors.Read(file), kek, null, SmimeVectors.ValidTime, out var opened, out var fault), fault.ToString());
        Assert.Equal(SmimeVectors.Read("inner.mime"), opened.Entity.ToArray());
        Assert.Null(opened.SignerIdentity);
        Assert.True(SmimeOpener.TryOpen(SmimeVectors.Read(file), kek, identifier, null, SmimeVectors.ValidTime, out opened, out _));
        Assert.Equal(SmimeVectors.Read("inner.mime"), opened.Entity.ToArray());
    }

    [Theory]
    [InlineData("aed-128-badtag.der", SmimeFault.TagMismatch)]
    [InlineData("aed-128-badwrap.der", SmimeFault.UnwrapFailed)]
    [InlineData("inner.mime", SmimeFault.NotCms)]
    [InlineData("signed-with-cert.der", SmimeFault.UnsupportedType)]
    public void A_negative_vector_fails_with_its_fault(string file, SmimeFault expected)
    {
        using var trust = SmimeVectors.Trust();
        Assert.False(SmimeOpener.TryOpen(SmimeVectors.Read(file), SmimeVectors.Kek128, trust, SmimeVectors.ValidTime, out var opened, out var fault));
        Assert.Equal(expected, fault);
        Assert.True(opened.Entity.IsEmpty);
    }

    [Fact]
    public void The_wrong_key_identifier_finds_no_recipient_and_the_wrong_key_does_not_unwrap()
    {
        var cms = SmimeVectors.Read("aed-128.der");
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, [0xA1, 0xB2, 0xC3, 0xD5], null, SmimeVectors.ValidTime, out _, out var fault));
        Assert.Equal(SmimeFault.NoRecipient, fault);
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Ascending(1, 16), null, SmimeVectors.ValidTime, out _, out fault));
        Assert.Equal(SmimeFault.UnwrapFailed, fault);
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek256, null, SmimeVectors.ValidTime, out _, out fault));
        Assert.Equal(SmimeFault.UnwrapFailed, fault);
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Ascending(0, 24), null, SmimeVectors.ValidTime, out _, out fault));
        Assert.Equal(SmimeFault.UnwrapFailed, fault);
    }

    [Theory]
    [InlineData("aed-128.der", 16, SmimeCipher.Aes128Gcm)]
    [InlineData("aed-256.der", 32, SmimeCipher.Aes256Gcm)]
    public void Sealing_with_the_vectors_key_and_nonce_reproduces_it_byte_for_byte(string file, int keyLength, SmimeCipher cipher)
    {
        var expected = SmimeVectors.Read(file);
        var kek = keyLength == 16 ? SmimeVectors.Kek128 : SmimeVectors.Kek256;
        var identifier = keyLength == 16 ? SmimeVectors.KeyIdentifier128 : SmimeVectors.KeyIdentifier256;
        Assert.True(TryUnwrapContentKey(expected, kek, keyLength, out var contentKey));
        var random = new ScriptedRandomSource([.. contentKey, .. SmimeVectors.Ascending(0x20, 12)]);
        Assert.Equal(expected, SmimeSealer.Seal(SmimeVectors.Read("inner.mime"), kek, identifier, cipher, random));
    }

    [Fact]
    public void The_signed_vector_verifies_and_names_its_signer()
    {
        using var trust = SmimeVectors.Trust();
        var cms = SmimeVectors.Read("signed-with-cert.der");
        Assert.True(SmimeOpener.TryVerify(cms, trust, SmimeVectors.ValidTime, out var opened, out var fault), fault.ToString());
        Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
        Assert.Equal(SmimeVectors.Read("inner.mime"), opened.Entity.ToArray());
    }

    [Fact]
    public void A_signature_without_certificate_needs_the_certificate_known_beforehand()
    {
        using var trust = SmimeVectors.Trust();
        Assert.False(SmimeOpener.TryVerify(SmimeVectors.Read("signed-no-cert.der"), trust, SmimeVectors.ValidTime, out _, out var fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
        Assert.True(trust.TryAddKnown(SmimeVectors.ReadCertificate("alice.crt"), SmimeVectors.ValidTime));
        Assert.True(SmimeOpener.TryVerify(SmimeVectors.Read("signed-no-cert.der"), trust, SmimeVectors.ValidTime, out var opened, out fault), fault.ToString());
        Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
        Assert.False(SmimeOpener.TryVerify(SmimeVectors.Read("signed-no-cert-tampered.der"), trust, SmimeVectors.ValidTime, out _, out fault));
        Assert.Equal(SmimeFault.BadSignature, fault);
    }

    [Fact]
    public void The_vector_signed_and_then_encrypted_opens_to_its_inner_entity()
    {
        using var trust = SmimeVectors.Trust();
        Assert.True(trust.TryAddKnown(SmimeVectors.ReadCertificate("alice.crt"), SmimeVectors.ValidTime));
        var cms = SmimeVectors.Read("signed-then-encrypted.der");
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, trust, SmimeVectors.ValidTime, out var opened, out var fault), fault.ToString());
        Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
        Assert.Equal(SmimeVectors.Read("inner.mime"), opened.Entity.ToArray());
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, SmimeVectors.ValidTime, out _, out fault));
        Assert.Equal(SmimeFault.UntrustedCertificate, fault);
    }

    [Fact]
    public void The_body_of_the_complete_sip_message_splits_and_opens()
    {
        var message = SmimeVectors.Read("sip-message-example.bin");
        var bodyStart = message.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var body = message.AsMemory(bodyStart);
        Assert.True(ProtectedBody.TrySplit("multipart/mixed;boundary=mk7d1"u8, body, out var mikey, out var cms, out var problem), problem);
        Assert.Equal(338, mikey.Length);
        Assert.Equal(SmimeVectors.Read("sip-message-example.cms.der"), cms.ToArray());
        var kek = Convert.FromHexString("34ba31423546848b5d22344437e429a7");
        var identifier = ProtectedBody.KeyIdentifierOf(mikey.Span);
        Assert.True(SmimeOpener.TryOpen(cms, kek, identifier, null, SmimeVectors.ValidTime, out var opened, out var fault), fault.ToString());
        Assert.Equal(SmimeVectors.Read("inner.mime"), opened.Entity.ToArray());
    }

    [Fact]
    public void Every_cut_and_every_extension_of_a_sealed_vector_fails()
    {
        var cms = SmimeVectors.Read("aed-128.der");
        for (var length = 0; length < cms.Length; length++)
        {
            var cut = cms.AsMemory(0, length);
            Assert.False(SmimeOpener.TryOpen(cut, SmimeVectors.Kek128, null, SmimeVectors.ValidTime, out _, out var fault), $"cut at {length}");
            Assert.NotEqual(SmimeFault.None, fault);
        }

        Assert.False(SmimeOpener.TryOpen((byte[])[.. cms, 0], SmimeVectors.Kek128, null, SmimeVectors.ValidTime, out _, out _));
    }

    [Theory]
    [InlineData("aed-128.der")]
    [InlineData("aed-128-ber-indefinite.der")]
    public void Every_bit_flip_of_a_sealed_vector_fails(string file)
    {
        var original = SmimeVectors.Read(file);
        for (var bit = 0; bit < original.Length * 8; bit++)
        {
            var cms = original.ToArray();
            cms[bit / 8] ^= (byte)(1 << (bit % 8));
            var isOpened = SmimeOpener.TryOpen(
                cms, SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128, null, SmimeVectors.ValidTime, out var opened, out var fault);
            Assert.False(isOpened, $"bit {bit}");
            Assert.NotEqual(SmimeFault.None, fault);
            Assert.True(opened.Entity.IsEmpty);
        }
    }

    [Fact]
    public void Every_bit_flip_of_a_signed_vector_fails_or_leaves_content_and_signer_as_they_were()
    {
        // Some bits of SignedData are covered by nothing (RFC 5652 section 5.4), such as unused versions; none may change what is reported.
        using var trust = SmimeVectors.Trust();
        var original = SmimeVectors.Read("signed-with-cert.der");
        var inner = SmimeVectors.Read("inner.mime");
        var accepted = 0;
        for (var bit = 0; bit < original.Length * 8; bit++)
        {
            var cms = original.ToArray();
            cms[bit / 8] ^= (byte)(1 << (bit % 8));
            if (SmimeOpener.TryVerify(cms, trust, SmimeVectors.ValidTime, out var opened, out _))
            {
                accepted++;
                Assert.Equal("sip:alice@example.com", opened.SignerIdentity);
                Assert.Equal(inner, opened.Entity.ToArray());
            }
        }

        Assert.InRange(accepted, 0, 300);
    }

    [Fact]
    public void Random_mutations_never_throw()
    {
        const ulong seed = 20120722;
        using var trust = SmimeVectors.Trust();
        var random = new SeededRandomSource(seed);
        string[] files =
        [
            "aed-128.der", "aed-128-ber-indefinite.der", "aed-256.der", "signed-with-cert.der", "signed-no-cert.der", "signed-then-encrypted.der",
        ];
        foreach (var file in files)
        {
            var original = SmimeVectors.Read(file);
            for (var round = 0; round < 3000; round++)
            {
                var cms = Mutate(original, random);
                SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, trust, SmimeVectors.ValidTime, out _, out _);
                SmimeOpener.TryVerify(cms, trust, SmimeVectors.ValidTime, out _, out _);
            }
        }
    }

    private static byte[] Mutate(byte[] original, SeededRandomSource random)
    {
        var bytes = original.ToList();
        for (var i = (int)(random.NextUInt64() % 4); i >= 0; i--)
        {
            var at = (int)(random.NextUInt64() % (ulong)bytes.Count);
            switch (random.NextUInt64() % 4)
            {
                case 0:
                    bytes[at] = (byte)random.NextUInt64();
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.NextUInt64());
                    break;
                default:
                    bytes[at] = (byte)(random.NextUInt64() % 2 == 0 ? 0x80 : 0xFF);
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool TryUnwrapContentKey(byte[] cms, byte[] kek, int keyLength, out byte[] key)
    {
        // The wrapped key is the only OCTET STRING of this length in the file.
        ReadOnlySpan<byte> header = [0x04, (byte)(keyLength + 8)];
        var at = cms.AsSpan().IndexOf(header) + 2;
        return KeyWrap.TryUnwrap(kek, cms.AsSpan(at, keyLength + 8), out key);
    }
}
