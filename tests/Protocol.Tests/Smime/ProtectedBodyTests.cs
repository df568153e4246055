using System.Text;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

public sealed class ProtectedBodyTests
{
    private const string Mixed = "multipart/mixed;boundary=b";
    private const string MikeyPart = "Content-Type: application/mikey\r\n\r\nM";
    private const string CmsPart = "Content-Type: application/pkcs7-mime\r\n\r\nC";

    [Fact]
    public void A_composed_body_splits_into_the_same_bytes_for_any_content()
    {
        var random = new SeededRandomSource(4);
        for (var round = 0; round < 500; round++)
        {
            var mikey = RandomBytes(random);
            var cms = RandomBytes(random);
            var (contentType, body) = ProtectedBody.Compose(mikey, cms, random);
            Assert.True(ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(contentType), body, out var gotMikey, out var gotCms, out var problem), problem);
            Assert.Equal(mikey, gotMikey.ToArray());
            Assert.Equal(cms, gotCms.ToArray());
        }
    }

    [Fact]
    public void The_boundary_is_drawn_again_while_it_occurs_in_a_part()
    {
        var random = new ScriptedRandomSource([.. SmimeVectors.Ascending(0, 8), .. SmimeVectors.Ascending(8, 8), .. SmimeVectors.Ascending(16, 8)]);
        var (contentType, body) = ProtectedBody.Compose("x\r\n--mk0001020304050607--\r\n"u8, "mk08090a0b0c0d0e0f"u8, random);
        Assert.Equal("multipart/mixed;boundary=mk1011121314151617", contentType);
        Assert.True(ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(contentType), body, out _, out var cms, out _));
        Assert.Equal("mk08090a0b0c0d0e0f"u8.ToArray(), cms.ToArray());
    }

    [Theory]
    [InlineData(Mixed, "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b--\r\n")]
    [InlineData(Mixed, "--b\r\n" + CmsPart + "\r\n--b\r\n" + MikeyPart + "\r\n--b--")]
    [InlineData("Multipart/Mixed ; x=\";boundary=no\" ; BOUNDARY = \"b\"", "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b--\r\n")]
    [InlineData(
        "multipart/other;boundary=\"b b\"", "preamble --b b\r\n--b b \t\r\n" + MikeyPart + "\r\n--b b\r\n" + CmsPart + "\r\n--b b--\r\nepilogue --b b--")]
    [InlineData(
        Mixed,
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: render; handling=\"Optional\"\r\n\r\nx\r\n--b\r\n" + MikeyPart + "\r\n"
        + "--b\r\n" + CmsPart + "\r\n--b--")]
    [InlineData(
        Mixed,
        "--b\r\nContent-Type: APPLICATION/MIKEY; version=1\r\ncontent-transfer-encoding: BASE64\r\n\r\nT Q\r\n==\r\n"
        + "--b\r\nContent-Type: application/x-pkcs7-mime;\r\n smime-type=nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\nQw==\r\n--b--")]
    public void Layouts_that_must_be_accepted(string contentType, string body)
    {
        var bytes = Encoding.ASCII.GetBytes(body);
        Assert.True(ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(contentType), bytes, out var mikey, out var cms, out var problem), problem);
        Assert.Equal("M"u8.ToArray(), mikey.ToArray());
        Assert.Equal("C"u8.ToArray(), cms.ToArray());
    }

    [Theory]
    [InlineData("text/plain", "hello", "not a multipart body")]
    [InlineData("multipart/mixed", "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b--", "no boundary")]
    [InlineData("multipart/mixed;boundary=c", "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b--", "no boundary")]
    [InlineData(Mixed, "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b\r\n", "closing boundary missing")]
    [InlineData(Mixed, "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart, "closing boundary missing")]
    [InlineData(Mixed, "--b\r\n" + MikeyPart + "\r\n--b--", "application/pkcs7-mime missing")]
    [InlineData(Mixed, "--b\r\n" + CmsPart + "\r\n--b--", "application/mikey missing")]
    [InlineData(Mixed, "--b--", "application/mikey missing")]
    [InlineData(Mixed, "--b\r\n" + MikeyPart + "\r\n--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n--b--", "two parts of one type")]
    [InlineData(
        Mixed,
        "--b\r\n" + MikeyPart + "\r\n--b\r\n" + CmsPart + "\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", "unknown part whose handling is required")]
    [InlineData(
        Mixed, "--b\r\nContent-Type: application/mikey\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nM\r\n--b--", "unknown or wrong transfer encoding")]
    [InlineData(Mixed, "--b\r\nContent-Type: application/mikey\r\nContent-Transfer-Encoding: base64\r\n\r\nTQ=\r\n--b--", "unknown or wrong transfer encoding")]
    [InlineData(Mixed, "--b\r\nContent-Type: application/mikey\r\nContent-Type: application/mikey\r\n\r\nM\r\n--b--", "malformed part header")]
    [InlineData(Mixed, "--b\r\nno colon\r\n\r\nM\r\n--b--", "malformed part header")]
    [InlineData(Mixed, "--b\r\nContent-Type: application/mikey\r\n--b--", "malformed part header")]
    public void Layouts_that_must_be_refused(string contentType, string body, string expected)
    {
        Assert.False(ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(contentType), Encoding.ASCII.GetBytes(body), out _, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Bytes_that_look_like_a_boundary_stay_in_their_part()
    {
        byte[] mikey = [0, (byte)'\n', .. "--b"u8, (byte)'\r', .. "--b--\r\n--bc\r\n--b-\r\n-"u8, 0];
        byte[] body =
        [
            .. "--b\r\nContent-Type: application/mikey\r\n\r\n"u8, .. mikey, .. "\r\n--b\r\n"u8, .. Encoding.ASCII.GetBytes(CmsPart), .. "\r\n--b--"u8,
        ];
        Assert.True(ProtectedBody.TrySplit("multipart/mixed;boundary=b"u8, body, out var got, out _, out var problem), problem);
        Assert.Equal(mikey, got.ToArray());
    }

    [Fact]
    public void Parts_and_headers_are_bounded()
    {
        var optional = "--b\r\nContent-Disposition: x;handling=optional\r\n\r\n\r\n";
        var many = string.Concat(Enumerable.Repeat(optional, SmimeLimits.MaxParts + 1)) + "--b--";
        Assert.False(ProtectedBody.TrySplit("multipart/mixed;boundary=b"u8, Encoding.ASCII.GetBytes(many), out _, out _, out var problem));
        Assert.Equal("too many parts", problem);
        var fields = string.Concat(Enumerable.Repeat("a: b\r\n", SmimeLimits.MaxHeaders + 1));
        foreach (var header in (string[])[new string('x', SmimeLimits.MaxHeaderBytes) + ": y\r\n", fields])
        {
            Assert.False(ProtectedBody.TryReadEntity(Encoding.ASCII.GetBytes(header + "\r\nbody"), out _, out _, out _));
        }
    }

    [Fact]
    public void Every_cut_of_a_composed_body_is_refused_or_complete()
    {
        var (contentType, body) = ProtectedBody.Compose("mikey"u8, "cms"u8, new SeededRandomSource(5));
        var type = Encoding.ASCII.GetBytes(contentType);
        for (var length = 0; length < body.Length - 2; length++)
        {
            Assert.False(ProtectedBody.TrySplit(type, body.AsMemory(0, length), out _, out _, out var problem), $"cut at {length}");
            Assert.NotEmpty(problem);
        }

        Assert.True(ProtectedBody.TrySplit(type, body.AsMemory(0, body.Length - 2), out _, out _, out _));
    }

    [Fact]
    public void Random_bodies_never_throw()
    {
        var random = new SeededRandomSource(6);
        var alphabet = "--b\r\n:; =\"Content-Type application/mikey"u8.ToArray();
        for (var round = 0; round < 20000; round++)
        {
            var body = new byte[random.NextUInt64() % 60];
            for (var i = 0; i < body.Length; i++)
            {
                body[i] = alphabet[random.NextUInt64() % (ulong)alphabet.Length];
            }

            ProtectedBody.TrySplit("multipart/mixed;boundary=b"u8, body, out _, out _, out _);
            ProtectedBody.TrySplit(body, body, out _, out _, out _);
            ProtectedBody.TryReadEntity(body, out _, out _, out _);
        }
    }

    [Fact]
    public void A_text_entity_is_read_back_with_its_message_id()
    {
        var entity = ProtectedBody.TextEntity("<42@ims.example>", "Grüße \0\r\n"u8);
        var header = "Content-Type: text/plain;charset=utf-8\r\nMessage-ID: <42@ims.example>\r\n\r\n";
        Assert.StartsWith(header, Encoding.UTF8.GetString(entity), StringComparison.Ordinal);
        Assert.True(ProtectedBody.TryReadEntity(entity, out var contentType, out var messageId, out var content));
        Assert.Equal("text/plain;charset=utf-8", contentType);
        Assert.Equal("<42@ims.example>", messageId);
        Assert.Equal("Grüße \0\r\n"u8.ToArray(), content.ToArray());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nX: y")]
    [InlineData("ä")]
    public void A_message_id_that_would_break_the_header_is_a_programming_error(string messageId) =>
        Assert.Throws<ArgumentException>(() => ProtectedBody.TextEntity(messageId, []));

    [Theory]
    [InlineData("\r\nbody", true, "text/plain;charset=us-ascii", null, "body")]
    [InlineData("content-type:\r\n text/html;\r\n\tx=y\r\n\r\nbody", true, "text/html;\tx=y", null, "body")]
    [InlineData("Message-ID: 7\r\nContent-Transfer-Encoding: base64\r\n\r\nYm9keQ==", true, "text/plain;charset=us-ascii", "7", "body")]
    [InlineData("Content-Transfer-Encoding: x-other\r\n\r\nbody", false, "", null, "")]
    [InlineData("body without header", false, "", null, "")]
    [InlineData("Content-Type: text/plain\r\nbody", false, "", null, "")]
    [InlineData("", false, "", null, "")]
    public void Entities_of_other_senders_are_read_or_refused(string entity, bool isRead, string contentType, string? messageId, string content)
    {
        Assert.Equal(isRead, ProtectedBody.TryReadEntity(Encoding.ASCII.GetBytes(entity), out var gotType, out var gotId, out var gotContent));
        Assert.Equal(contentType, gotType);
        Assert.Equal(messageId, gotId);
        Assert.Equal(content, Encoding.ASCII.GetString(gotContent.Span));
    }

    [Fact]
    public void The_key_identifier_is_the_first_half_of_the_sha_256() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223", Convert.ToHexStringLower(ProtectedBody.KeyIdentifierOf("abc"u8)));

    private static byte[] RandomBytes(SeededRandomSource random)
    {
        var bytes = new byte[random.NextUInt64() % 300];
        random.Fill(bytes);
        return bytes;
    }
}
