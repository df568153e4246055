using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Pkcs;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

public sealed class AuthEnvelopedDataTests
{
    private static readonly DateTimeOffset Now = SmimeVectors.ValidTime;

    public static TheoryData<SmimeCipher, int> Suites => new MatrixTheoryData<SmimeCipher, int>(Enum.GetValues<SmimeCipher>(), [16, 32]);

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_is_sealed_opens_again_for_every_cipher_and_kek_and_size(SmimeCipher cipher, int kekLength)
    {
        var random = new SeededRandomSource(1);
        var kek = SmimeVectors.Ascending(0x40, kekLength);
        foreach (var length in (int[])[0, 1, 15, 16, 17, 100, 127, 128, 255, 256, 1000, 70000])
        {
            var entity = new byte[length];
            random.Fill(entity);
            var identifier = new byte[length % 200];
            var cms = SmimeSealer.Seal(entity, kek, identifier, cipher, random);
            Assert.True(SmimeOpener.TryOpen(cms, kek, identifier, null, Now, out var opened, out var fault), $"{length}: {fault}");
            Assert.Equal(entity, opened.Entity.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Another_library_reads_the_same_structure_out_of_what_is_sealed(SmimeCipher cipher, int kekLength)
    {
        var cms = SmimeSealer.Seal("\r\nx"u8, new byte[kekLength], [1, 2], cipher, new SeededRandomSource(2));
        var info = Org.BouncyCastle.Asn1.Cms.ContentInfo.GetInstance(Asn1Object.FromByteArray(cms));
        Assert.Equal(CmsObjectIdentifiers.AuthEnvelopedData, info.ContentType);
        Assert.Equal(cms, info.GetEncoded(Asn1Encodable.Der));
        var data = Org.BouncyCastle.Asn1.Cms.AuthEnvelopedData.GetInstance(info.Content);
        var recipient = Assert.IsType<KekRecipientInfo>(RecipientInfo.GetInstance(data.RecipientInfos[0]).Info);
        Assert.Equal([1, 2], recipient.KekID.KeyIdentifier.GetOctets());
        Assert.Equal("2.16.840.1.101.3.4.1." + (kekLength == 16 ? "5" : "45"), recipient.KeyEncryptionAlgorithm.Algorithm.Id);
        Assert.Null(recipient.KeyEncryptionAlgorithm.Parameters);
        Assert.Equal(PkcsObjectIdentifiers.Data, data.AuthEncryptedContentInfo.ContentType);
        Assert.Equal(16, data.Mac.GetOctets().Length);
    }

    [Fact]
    public void Two_seals_of_one_entity_share_neither_content_key_nor_nonce()
    {
        var random = SystemRandomSource.Instance;
        var entity = new byte[64];
        var first = SmimeSealer.Seal(entity, SmimeVectors.Kek128, default, SmimeCipher.Aes128Gcm, random);
        var second = SmimeSealer.Seal(entity, SmimeVectors.Kek128, default, SmimeCipher.Aes128Gcm, random);
        Assert.Equal(first.Length, second.Length);
        Assert.Equal(-1, second.AsSpan().IndexOf(first.AsSpan(first.Length - 40)));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(24)]
    [InlineData(33)]
    public void A_kek_of_another_length_is_a_programming_error_of_the_sealer(int length) =>
        Assert.Throws<ArgumentException>(() => SmimeSealer.Seal([], new byte[length], [], SmimeCipher.Aes128Gcm, SystemRandomSource.Instance));

    public static TheoryData<string> AcceptedForms => [.. Accepted.Keys];

    private static readonly Dictionary<string, ForeignCms> Accepted = new()
    {
        ["plain"] = new ForeignCms(),
        ["tag length absent means 12"] = new ForeignCms { TagLength = 12, EncodesTagLength = false },
        ["tag of 13, GCM"] = new ForeignCms { TagLength = 13 },
        ["tag of 14, CCM"] = new ForeignCms { Cipher = SmimeCipher.Aes256Ccm, TagLength = 14 },
        ["nonce of 7, CCM"] = new ForeignCms { Cipher = SmimeCipher.Aes128Ccm, NonceLength = 7 },
        ["nonce of 13, CCM"] = new ForeignCms { Cipher = SmimeCipher.Aes256Ccm, NonceLength = 13 },
        ["BER with nested segments"] = new ForeignCms { UsesBer = true, Plaintext = new byte[5000] },
        ["authenticated attributes"] = new ForeignCms { HasAttributes = true },
        ["authenticated attributes in BER"] = new ForeignCms { HasAttributes = true, UsesBer = true },
        ["date in KEKIdentifier"] = new ForeignCms { HasKeyDate = true },
        ["unknown recipients first"] = new ForeignCms
        {
            Recipients =
            [
                (SmimeVectors.Kek256, [9]), (SmimeVectors.Ascending(7, 16), [8]), (SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128),
                (SmimeVectors.Ascending(9, 16), []),
            ],
        },
    };

    [Theory]
    [MemberData(nameof(AcceptedForms))]
    public void Forms_that_other_senders_use_open_with_and_without_the_identifier(string form)
    {
        var foreign = Accepted[form];
        var cms = foreign.Build();
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, Now, out var opened, out var fault), fault.ToString());
        Assert.Equal(foreign.Plaintext, opened.Entity.ToArray());
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128, null, Now, out _, out fault), fault.ToString());
        for (var length = 0; length < cms.Length; length += 1 + (cms.Length / 500))
        {
            Assert.False(SmimeOpener.TryOpen(cms.AsMemory(0, length), SmimeVectors.Kek128, null, Now, out _, out _));
        }
    }

    public static TheoryData<string> RefusedForms => [.. Refused.Keys];

    private static readonly Dictionary<string, (ForeignCms Cms, SmimeFault Fault)> Refused = new()
    {
        ["tag of 4, CCM"] = (new ForeignCms { Cipher = SmimeCipher.Aes128Ccm, TagLength = 4 }, SmimeFault.UnsupportedType),
        ["tag of 8, GCM"] = (new ForeignCms { TagLength = 8 }, SmimeFault.UnsupportedType),
        ["tag length encoded as 12, tag of 16"] = (new ForeignCms { EncodedTagLength = 12 }, SmimeFault.Malformed),
        ["tag length absent, tag of 16"] = (new ForeignCms { EncodesTagLength = false }, SmimeFault.Malformed),
        ["tag length encoded as 300"] = (new ForeignCms { EncodedTagLength = 300 }, SmimeFault.Malformed),
        ["nonce of 16, GCM"] = (new ForeignCms { NonceLength = 16 }, SmimeFault.UnsupportedType),
        ["version 1"] = (new ForeignCms { Version = 1 }, SmimeFault.Malformed),
        ["KEK version 3"] = (new ForeignCms { KekVersion = 3 }, SmimeFault.Malformed),
        ["content other than data"] = (new ForeignCms { ContentType = PkcsObjectIdentifiers.SignedData, HasAttributes = true }, SmimeFault.UnsupportedType),
        ["no recipient"] = (new ForeignCms { Recipients = [] }, SmimeFault.NoRecipient),
        ["only others' recipients"] = (new ForeignCms { Recipients = [(SmimeVectors.Ascending(7, 16), [8])] }, SmimeFault.UnwrapFailed),
        ["too many recipients"] = (
            new ForeignCms { Recipients = [.. Enumerable.Range(0, 17).Select(i => (SmimeVectors.Ascending(100 + i, 16), new byte[i]))] }, SmimeFault.TooLarge),
    };

    [Theory]
    [MemberData(nameof(RefusedForms))]
    public void Forms_outside_the_profile_fail_with_their_fault(string form)
    {
        var (cms, expected) = Refused[form];
        Assert.False(SmimeOpener.TryOpen(cms.Build(), SmimeVectors.Kek128, null, Now, out var opened, out var fault));
        Assert.Equal(expected, fault);
        Assert.True(opened.Entity.IsEmpty);
    }

    [Fact]
    public void Altered_authenticated_attributes_fail_the_tag()
    {
        var cms = new ForeignCms { HasAttributes = true }.Build();
        // The last byte of the attribute's value (id-data) becomes another object identifier.
        var at = cms.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]) + 8;
        cms[at] = 2;
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, Now, out _, out var fault));
        Assert.Equal(SmimeFault.TagMismatch, fault);
    }

    [Fact]
    public void Unauthenticated_enveloped_data_is_refused_by_its_type()
    {
        var generator = new Org.BouncyCastle.Cms.CmsEnvelopedDataGenerator();
        generator.AddKekRecipient("AES128", new Org.BouncyCastle.Crypto.Parameters.KeyParameter(SmimeVectors.Kek128), SmimeVectors.KeyIdentifier128);
        var content = new Org.BouncyCastle.Cms.CmsProcessableByteArray("\r\nx"u8.ToArray());
        var cms = generator.Generate(content, new DerObjectIdentifier("2.16.840.1.101.3.4.1.2")).GetEncoded();
        Assert.False(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, Now, out _, out var fault));
        Assert.Equal(SmimeFault.UnsupportedType, fault);
    }

    [Fact]
    public void Nesting_and_size_are_bounded()
    {
        foreach (var depth in (int[])[SmimeLimits.MaxDepth + 1, 1000, 100_000])
        {
            var indefinite = new byte[depth * 2];
            for (var i = 0; i < depth; i++)
            {
                indefinite[2 * i] = 0x30;
                indefinite[(2 * i) + 1] = 0x80;
            }

            Assert.False(SmimeOpener.TryOpen(indefinite, SmimeVectors.Kek128, null, Now, out _, out var fault));
            Assert.Equal(SmimeFault.TooLarge, fault);
        }

        var wide = new byte[4 + (SmimeLimits.MaxElements * 2)];
        wide[0] = 0x30;
        wide[1] = 0x82;
        wide[2] = (byte)((wide.Length - 4) >> 8);
        wide[3] = (byte)(wide.Length - 4);
        wide.AsSpan(4).Fill(0x05);
        for (var i = 5; i < wide.Length; i += 2)
        {
            wide[i] = 0;
        }

        Assert.False(SmimeOpener.TryOpen(wide, SmimeVectors.Kek128, null, Now, out _, out var wideFault));
        Assert.Equal(SmimeFault.TooLarge, wideFault);
        Assert.False(SmimeOpener.TryOpen(new byte[SmimeLimits.MaxCmsBytes + 1], SmimeVectors.Kek128, null, Now, out _, out var sizeFault));
        Assert.Equal(SmimeFault.TooLarge, sizeFault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("30")]
    [InlineData("3000")]
    [InlineData("308000")]
    [InlineData("30800000")]
    [InlineData("3003060101")]
    [InlineData("30847FFFFFFF00")]
    [InlineData("3084FFFFFFFF00")]
    [InlineData("1F8F8F8F8F8F8F8F8F0100")]
    [InlineData("0480000000")]
    public void Short_garbage_fails_as_something_other_than_success(string hex)
    {
        Assert.False(SmimeOpener.TryOpen(Convert.FromHexString(hex), SmimeVectors.Kek128, null, Now, out _, out var fault));
        Assert.True(fault is SmimeFault.NotCms or SmimeFault.Malformed, fault.ToString());
    }

    [Fact]
    public void Sealing_and_opening_allocate_little_beyond_their_results()
    {
        var random = new SeededRandomSource(3);
        var entity = new byte[200];
        for (var i = 0; i < 200; i++)
        {
            RoundTrip(entity, random);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            RoundTrip(entity, random);
        }

        // Results: about 350 bytes of CMS and 200 of entity; the rest are cipher handles and key arrays.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 500, 2500);
    }

    private static void RoundTrip(byte[] entity, IRandomSource random)
    {
        var cms = SmimeSealer.Seal(entity, SmimeVectors.Kek128, SmimeVectors.KeyIdentifier128, SmimeCipher.Aes128Gcm, random);
        Assert.True(SmimeOpener.TryOpen(cms, SmimeVectors.Kek128, null, Now, out _, out _));
    }
}
