using System.Text;
using CsCheck;
using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>What must hold for any message: what was written is read, what was mutilated never throws and never grows.</summary>
public sealed class SipPropertyTests
{
    private const int Mutations = 20_000;

    private static readonly Gen<string> Token =
        Gen.Char["abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-.!%*_+`'~"].Array[1, 20].Select(characters => new string(characters));
    private static readonly Gen<string> Word = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[1, 12].Select(characters => new string(characters));

    private static readonly Gen<string> Value =
        Gen.Char["abc XYZ\t,;:\"<>=@/?()\u00fc\u20ac"].Array[0, 40].Select(characters => new string(characters).Trim(' ', '\t'));

    private static readonly Gen<(string Name, string Value)> Field = Gen.Select(Token.Select(token => "X-" + token), Value);

    private static readonly Gen<SipMethod> Method = Gen.Int[1, (int)SipMethod.Refer].Select(number => (SipMethod)number);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var cases = Gen.Select(Method, Word, Word, Token, Gen.UInt[0, int.MaxValue], Field.Array[0, 12], Gen.Byte.Array[0, 300]);
        cases.Sample((method, user, host, tag, number, fields, body) =>
        {
            var uri = "sip:" + user + "@" + host;
            var writer = SipWriter.Rent().Request(method, uri).Via(SipTransportKind.Udp, host, "z9hG4bK" + user)
                .Header(SipHeaderId.From, "<" + uri + ">;tag=" + tag).Header(SipHeaderId.To, uri).Header(SipHeaderId.CallId, user).CSeq(number, method);
            foreach (var (name, value) in fields)
            {
                writer.Header(name, value);
            }

            var bytes = writer.Finish(body);
            Assert.Equal(SipFrameStatus.Complete, SipStreamFramer.TryFrame(bytes, SipLimits.Default, out var start, out var length));
            Assert.Equal((0, bytes.Length), (start, length));
            var request = Assert.IsType<SipRequest>(Parse(bytes));
            Assert.Equal((method, number, uri), (request.Method, request.CSeqNumber, request.RequestUri.ToString()));
            Assert.Equal((user, host), (request.RequestUri.User, request.RequestUri.Host));
            Assert.Equal(tag, Text(request.From.Tag));
            Assert.Equal(body, request.Body.ToArray());
            Assert.Equal(fields.Length + 6, request.HeaderCount);
            for (var index = 0; index < fields.Length; index++)
            {
                var field = request.GetHeader(5 + index);
                Assert.Equal(fields[index], (Encoding.UTF8.GetString(field.Name), Encoding.UTF8.GetString(field.Value)));
            }
        });
    }

    [Fact]
    public void Forwarding_and_coming_back_leaves_the_message_as_it_was()
    {
        var cases = Gen.Select(Method, Word, Gen.Int[1, 20], Gen.Int[0, 255], Field.Array[0, 8], Gen.Byte.Array[0, 100]);
        cases.Sample((method, word, hops, maxForwards, fields, body) =>
        {
            var writer = SipWriter.Rent().Request(method, "sip:" + word + "@h").Via(SipTransportKind.Udp, "198.51.100.7", "z9hG4bK" + word, rport: false)
                .Header(SipHeaderId.MaxForwards, maxForwards).Header(SipHeaderId.From, "<sip:a@b>;tag=1").Header(SipHeaderId.To, "<sip:c@d>")
                .Header(SipHeaderId.CallId, word).CSeq(7, method);
            foreach (var (name, value) in fields)
            {
                writer.Header(name, value);
            }

            var original = Assert.IsType<SipRequest>(Parse(writer.Finish(body)));
            var request = original;
            for (var hop = 0; hop < hops; hop++)
            {
                request = Assert.IsType<SipRequest>(Parse(
                    SipForwarding.ForwardRequest(request, Source, null, "198.51.100.7", SipTransportKind.Udp, "z9hG4bKh" + hop, false, [])));
            }

            Assert.Equal(hops + 1, request.GetValues(SipHeaderId.Via).Count);
            Assert.Equal(Math.Max(0, maxForwards - hops), request.MaxForwards);
            Assert.Equal(original.Body.ToArray(), request.Body.ToArray());
            Assert.Equal(original.HeaderCount + hops, request.HeaderCount);

            var response = Assert.IsType<SipResponse>(Parse(SipForwarding.Respond(request, 200, "t", Source)));
            for (var hop = 0; hop < hops; hop++)
            {
                Assert.True(SipForwarding.TryForwardResponse(response, out var bytes));
                response = Assert.IsType<SipResponse>(Parse(bytes));
            }

            Assert.Equal("z9hG4bK" + word, Text(response.TopVia.Branch));
            Assert.False(SipForwarding.TryForwardResponse(response, out _));
        });
    }

    [Fact]
    public void Mutilated_messages_never_throw_and_never_grow()
    {
        const ulong seed = 20120722;
        var random = new SeededRandomSource(seed);
        byte[][] samples =
        [
            Bytes(PlainMessage), ProtectedMessage(), Bytes(With("To", "To:\r\n \"a, b\"\r\n <sip:bob@example.com;x=y?h=v>;tag=\"q\\\"\"")),
            SipForwarding.Respond(Request(PlainMessage), 200, "t", Source),
            Bytes(With(
                "Via", "v: SIP / 2.0 / UDP [::1]:5 ; branch = z9hG4bKx ;rport ;received=1.2.3.4, SIP/2.0/TCP b\r\nm: *\r\nm: <tel:+1>;q=0.1, sips:a:b@c:1;lr")),
        ];
        var accepted = 0;
        for (var round = 0; round < Mutations; round++)
        {
            var bytes = Mutate(samples[round % samples.Length], random);
            try
            {
                accepted += Exercise(bytes) ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexString(bytes)}", fault);
            }
        }

        // Both outcomes must occur, or the mutations test nothing.
        Assert.InRange(accepted, Mutations / 20, Mutations * 19 / 20);
    }

    private static bool Exercise(byte[] bytes)
    {
        var status = SipStreamFramer.TryFrame(bytes, SipLimits.Default, out var start, out var length);
        Assert.True(start + length <= bytes.Length || status == SipFrameStatus.NeedMore);
        if (!SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure))
        {
            Assert.InRange(failure.Offset, 0, bytes.Length);
            Assert.NotEmpty(failure.Field);
            if (SipForwarding.TryReject(bytes, failure, Source, out var rejection))
            {
                Assert.InRange(rejection.Length, 1, bytes.Length + 300);
            }

            return false;
        }

        ReadAll(message);
        Assert.InRange(message.Bytes.Length, 1, bytes.Length);
        Assert.True(SipParser.TryParse(message.Bytes, SipLimits.Default, out var again, out _));
        Assert.Equal(message.Bytes.ToArray(), again.Bytes.ToArray());
        if (message is SipRequest request)
        {
            var forwarded = SipForwarding.ForwardRequest(request, Source, null, "h", SipTransportKind.Udp, "z9hG4bKf", true, [SipHeaderId.Contact]);
            Assert.InRange(forwarded.Length, 1, bytes.Length + 200);
            ReadAll(Parse(forwarded));
            ReadAll(Parse(SipForwarding.Respond(request, 200, "t", Source)));
        }
        else if (SipForwarding.TryForwardResponse((SipResponse)message, out var forwarded)
            && SipParser.TryParse(forwarded, SipLimits.Default, out var next, out _))
        {
            Assert.Equal(message.GetValues(SipHeaderId.Via).Count - 1, next.GetValues(SipHeaderId.Via).Count);
        }

        return true;
    }

    private static void ReadAll(SipMessage message)
    {
        foreach (var address in new[] { message.From, message.To })
        {
            _ = address.DisplayName;
            Assert.NotEmpty(address.Uri.ToAddressOfRecord());
            Assert.Equal(address.Uri, SipUri.Parse(address.Uri.ToString()));
            Assert.Equal(address.Uri.GetHashCode(), SipUri.Parse(address.Uri.ToString()).GetHashCode());
            _ = address.TryGetParameter("tag", out _);
        }

        foreach (var id in Enum.GetValues<SipHeaderId>())
        {
            Assert.InRange(message.GetValues(id).Sum(value => value.Length), 0, message.Bytes.Length);
        }

        for (var index = 0; index < message.HeaderCount; index++)
        {
            Assert.False(message.GetHeader(index).Value.ContainsAny((byte)'\r', (byte)'\n'));
        }

        _ = (message as SipRequest)?.RequestUri.ToAddressOfRecord();
        _ = (message as SipResponse)?.ReasonPhrase;
    }

    private static byte[] Mutate(byte[] sample, SeededRandomSource random)
    {
        var bytes = sample.ToList();
        var changes = 1 + (int)(random.NextUInt64() % 3);
        const string favourites = "\r\n\0 \t:;,<>\"\\@%[]=?/*0129SIPaz\u00ff";
        for (var change = 0; change < changes && bytes.Count > 0; change++)
        {
            // Mostly in the header section: bodies are opaque.
            var at = (int)(random.NextUInt64() % (ulong)Math.Min(bytes.Count, 450));
            var favourite = (byte)favourites[(int)(random.NextUInt64() % (ulong)favourites.Length)];
            switch (random.NextUInt64() % 6)
            {
                case 0:
                    bytes[at] = favourite;
                    break;
                case 1:
                    bytes.Insert(at, favourite);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, (int)(random.NextUInt64() % 60))));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, (int)(random.NextUInt64() % 60)));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << (int)(random.NextUInt64() % 8));
                    break;
            }
        }

        return [.. bytes];
    }
}
