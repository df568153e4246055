using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>Every payload and header, both ways, and what hostile bytes do.</summary>
public sealed class MikeyCodecTests
{
    private static readonly string[] Parts = ["REQUEST_INIT_PSK", "REQUEST_RESP", "TRANSFER_INIT", "RESOLVE_INIT_PSK", "RESOLVE_RESP"];

    [Fact]
    public void Random_messages_of_all_payloads_decode_to_what_was_encoded()
    {
        var kinds = new HashSet<MikeyPayloadType>();
        for (var seed = 1UL; seed <= 3000; seed++)
        {
            var generator = new MikeyPayloadGenerator(seed);
            var header = generator.Header();
            var payloads = generator.Payloads(12);
            var bytes = MikeyEncoder.Encode(header, payloads);
            Assert.True(MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out var message, out var failure), $"seed {seed}: {failure}");
            Assert.Equal(header with { Map = message!.Header.Map }, message.Header);
            Assert.Equal(payloads.Select(payload => payload.Type), message.Payloads.Select(payload => payload.Type));
            var offset = header.EncodedLength;
            foreach (var (sent, received) in payloads.Zip(message.Payloads))
            {
                Assert.Equal(offset, received.Offset);
                Assert.Equal(sent.EncodedLength, received.EncodedLength);
                offset += received.EncodedLength;
                kinds.Add(received.Type);
            }

            Assert.Equal(bytes.Length, offset);
            Assert.Equal(MikeyVectors.Hex(bytes), MikeyVectors.Hex(MikeyEncoder.Encode(message.Header, message.Payloads)));
        }

        // Key data alone cannot stand in a message, and 0 is none.
        Assert.Equal(Enum.GetValues<MikeyPayloadType>().Except([MikeyPayloadType.Last, MikeyPayloadType.KeyData]).Order(), kinds.Order());
    }

    [Fact]
    public void Fields_of_every_payload_survive()
    {
        for (var seed = 1UL; seed <= 300; seed++)
        {
            var generator = new MikeyPayloadGenerator(seed);
            for (var kind = 0; kind < MikeyPayloadGenerator.Kinds; kind++)
            {
                var sent = generator.Payload(kind);
                var bytes = MikeyEncoder.Encode(generator.Header(), [sent]);
                AssertSame(sent, MikeyTestMessages.Decode(bytes).Payloads.Single(), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Key_data_survive_in_every_type_with_salt_and_validity()
    {
        for (var seed = 1UL; seed <= 1000; seed++)
        {
            var generator = new MikeyPayloadGenerator(seed);
            var sent = Enumerable.Range(0, 1 + generator.Next(4)).Select(_ => generator.KeyData()).ToArray();
            var bytes = KeyTransport.Encode(sent);
            Assert.True(KeyDataPayload.TryReadAll(bytes, MikeyLimits.Default, out var received, out var failure), $"seed {seed}: {failure}");
            Assert.Equal(sent.Length, received.Length);
            foreach (var (one, other) in sent.Zip(received))
            {
                Assert.Equal(one.KeyType, other.KeyType);
                Assert.Equal(MikeyVectors.Hex(one.Key.Span), MikeyVectors.Hex(other.Key.Span));
                Assert.Equal(MikeyVectors.Hex(one.Salt.Span), MikeyVectors.Hex(other.Salt.Span));
                AssertSame(one.Validity, other.Validity);
            }

            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(KeyDataPayload.TryReadAll(bytes.AsMemory(0, length), MikeyLimits.Default, out _, out failure));
                Assert.Equal(MikeyFault.Truncated, failure.Fault);
            }
        }
    }

    [Theory]
    [InlineData("00000010", MikeyFault.Truncated)]
    [InlineData("00700000", MikeyFault.BadKeyData)]
    [InlineData("00030000", MikeyFault.UnsupportedAlgorithm)]
    [InlineData("0500000000", MikeyFault.MisplacedPayload)]
    [InlineData("0000000000", MikeyFault.TrailingBytes)]
    public void Wrong_key_data_are_named(string hex, MikeyFault fault)
    {
        Assert.False(KeyDataPayload.TryReadAll(Convert.FromHexString(hex), MikeyLimits.Default, out var keys, out var failure));
        Assert.Empty(keys);
        Assert.Equal(fault, failure.Fault);
    }

    [Fact]
    public void A_message_cut_at_any_byte_is_reported_as_truncated_with_an_offset_inside_it()
    {
        foreach (var bytes in SampleMessages())
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                var failure = MikeyTestMessages.DecodeFailure(bytes.AsMemory(0, length));
                Assert.Equal(MikeyFault.Truncated, failure.Fault);
                Assert.InRange(failure.Offset, 0, length);
                Assert.NotEmpty(failure.Field);
            }
        }
    }

    [Fact]
    public void A_random_message_cut_at_any_byte_is_truncated()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var generator = new MikeyPayloadGenerator(seed);
            var bytes = MikeyEncoder.Encode(generator.Header(), generator.Payloads(8));
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.Equal(MikeyFault.Truncated, MikeyTestMessages.DecodeFailure(bytes.AsMemory(0, length)).Fault);
            }

            Assert.Equal(MikeyFault.TrailingBytes, MikeyTestMessages.DecodeFailure((byte[])[.. bytes, 0]).Fault);
        }
    }

    [Fact]
    public void Mutated_messages_never_throw_and_never_verify()
    {
        const int Cases = 50_000;
        const ulong Seed = 20260504;
        var random = new SeededRandomSource(Seed);
        var samples = SampleMessages();
        var keys = MikeyVectors.Scenarios.ToDictionary(scenario => scenario.Inputs.HexUInt32("CSB_ID_transfer"),
            scenario => scenario["base_ticket"].Hex("MPKi"));
        var parsed = 0;
        for (var i = 0; i < Cases; i++)
        {
            var original = samples[(int)(random.NextUInt64() % (uint)samples.Count)];
            var bytes = Mutate(original, random);
            if (bytes.AsSpan().SequenceEqual(original))
            {
                continue;
            }

            _ = MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out _, out _);
            if (!ReceivedTransferInit.TryParse(bytes, out var received, out var failure))
            {
                Assert.NotEqual(MikeyFault.None, failure.Fault);
                continue;
            }

            parsed++;
            _ = received!.TryCheckPolicy("sip:bob@example.com", out _);
            if (received.Ticket.InitiatorData.IsEmpty && keys.TryGetValue(received.Header.CsbId, out var mpkI))
            {
                Assert.False(received.TryVerifyMac(mpkI, out _), $"case {i} of seed {Seed}: {MikeyVectors.Hex(bytes)}");
            }
        }

        // Many mutations hit a MAC or a RAND and keep the form, or the check above would prove nothing.
        Assert.InRange(parsed, 500, Cases);
    }

    /// <summary>
    /// Length fields of TRANSFER_INIT, too small and too large by one. A length inside Ticket Data is not looked at by a Responder (the KMS does, below), and a
    /// length that only moves bytes between two fields of free content is caught by the MAC; neither may ever verify.
    /// </summary>
    [Theory]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("D")]
    [InlineData("E")]
    [InlineData("F")]
    public void Every_length_field_one_too_small_or_too_large_is_refused(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var bytes = scenario.Message("TRANSFER_INIT");
        var mpkI = scenario["base_ticket"].Hex("MPKi");
        var lengths = 0;
        foreach (var field in scenario["TRANSFER_INIT"].GetProperty("fields_offset_length_name_hex").EnumerateArray())
        {
            var name = field[2].GetString()!;
            if (!name.EndsWith("len", StringComparison.Ordinal)
                && !name.Contains("ength", StringComparison.Ordinal)
                && !name.EndsWith("#CS", StringComparison.Ordinal))
            {
                continue;
            }

            lengths++;
            foreach (var change in new[] { -1, 1 })
            {
                var changed = (byte[])bytes.Clone();
                var last = field[0].GetInt32() + field[1].GetInt32() - 1;
                if (changed[last] == 0 && change < 0)
                {
                    continue;
                }

                changed[last] = (byte)(changed[last] + change);
                var isParsed = ReceivedTransferInit.TryParse(changed, out var received, out _);
                Assert.Equal(isParsed, name.StartsWith("TICKET.Ticket Data.", StringComparison.Ordinal));
                Assert.False(isParsed && received!.TryVerifyMac(mpkI, out _), name);
                if (isParsed)
                {
                    Assert.False(BaseTicketData.TryRead(received!.Ticket.TicketData, MikeyLimits.Default, out _, out _), name);
                }
            }
        }

        Assert.InRange(lengths, 12, 20);
    }

    [Theory]
    [InlineData(20, MikeyFault.MisplacedPayload)]
    [InlineData(18, MikeyFault.UnknownPayload)]
    [InlineData(22, MikeyFault.UnknownPayload)]
    [InlineData(26, MikeyFault.UnknownPayload)]
    [InlineData(255, MikeyFault.UnknownPayload)]
    public void A_payload_without_a_known_layout_is_fatal(byte type, MikeyFault fault)
    {
        var bytes = MikeyVectors.Scenario("A").Message("TRANSFER_INIT");
        bytes[2] = type;
        Assert.Equal(new MikeyFailure(fault, "next payload", 10), MikeyTestMessages.DecodeFailure(bytes));
    }

    [Fact]
    public void A_ticket_inside_a_ticket_is_refused_so_that_depth_is_bounded()
    {
        var inner = TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, []);
        foreach (var nested in new MikeyPayload[] { new TicketPolicyPayload(inner), new TicketPayload(inner, default) })
        {
            var outer = TicketPolicy.Create(PrfFunction.Mikey1, TicketFlags.HalfRoundTrip, [nested]);
            var bytes = MikeyEncoder.Encode(new MikeyHeader(MikeyDataType.TransferInit, false, PrfFunction.Mikey1, 1, EmptyCsIdMap.Instance),
                [new TicketPayload(outer, default)]);
            Assert.Equal(MikeyFault.MisplacedPayload, MikeyTestMessages.DecodeFailure(bytes).Fault);
        }
    }

    [Fact]
    public void Limits_are_checked_before_anything_is_kept()
    {
        var header = new MikeyHeader(MikeyDataType.TransferInit, false, PrfFunction.Mikey1, 1, EmptyCsIdMap.Instance);
        var limits = MikeyLimits.Default;
        AssertLimit(MikeyEncoder.Encode(header, [.. Enumerable.Repeat(new ErrorPayload(0), limits.MaxPayloads + 1)]), "message");
        var largest = MikeyEncoder.Encode(header, [.. Enumerable.Repeat(new ErrorPayload(0), limits.MaxPayloads)]);
        Assert.Equal(limits.MaxPayloads, MikeyTestMessages.Decode(largest).Payloads.Count);
        AssertLimit(MikeyEncoder.Encode(header, [new IdRolePayload(IdRole.Kms, IdType.Uri, new byte[limits.MaxIdentityBytes + 1])]), "IDR.ID data");
        AssertLimit(MikeyEncoder.Encode(header, [new GeneralExtensionPayload(0, new byte[limits.MaxMessageBytes])]), "message");
        var parameters = Enumerable.Repeat(new SecurityPolicyParameter(1, default), limits.MaxPolicyParameters + 1).ToArray();
        AssertLimit(MikeyEncoder.Encode(header, [new SecurityPolicyPayload(0, 0, parameters)]), "SP.Policy param");
        var sessions = Enumerable.Repeat(new SrtpIdSession(0, 0, 0), limits.MaxCryptoSessions + 1).ToArray();
        AssertLimit(MikeyEncoder.Encode(header with { Map = new SrtpIdMap(sessions) }, []), "HDR.#CS");
        var keyData = Enumerable.Repeat(new KeyDataPayload(KeyDataType.Tek, default, default), limits.MaxKeys + 1).ToArray();
        Assert.False(KeyDataPayload.TryReadAll(KeyTransport.Encode(keyData), limits, out _, out var failure));
        Assert.Equal(MikeyFault.LimitExceeded, failure.Fault);
    }

    [Theory]
    [InlineData(0, 2, MikeyFault.BadVersion)]
    [InlineData(9, 3, MikeyFault.BadMap)]
    [InlineData(11, 4, MikeyFault.BadTimestampType)]
    [InlineData(317, 3, MikeyFault.UnsupportedAlgorithm)]
    public void Unknown_numbers_whose_length_nobody_knows_are_refused(int offset, byte value, MikeyFault fault)
    {
        var bytes = MikeyVectors.Scenario("A").Message("TRANSFER_INIT");
        bytes[offset] = value;
        var failure = MikeyTestMessages.DecodeFailure(bytes);
        Assert.Equal(fault, failure.Fault);
        Assert.Equal(offset, failure.Offset);
    }

    [Fact]
    public void Payloads_that_cannot_be_encoded_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PkePayload(0, new byte[16384]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignaturePayload(0, new byte[4096]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SignaturePayload((SignatureType)16, default));
        Assert.Throws<ArgumentException>(() => new VerificationPayload(MacAlgorithm.HmacSha1, new byte[19]));
        Assert.Throws<ArgumentException>(() => new VerificationPayload((MacAlgorithm)9, default));
        Assert.Throws<ArgumentException>(() => new KemacPayload(0, default, MacAlgorithm.HmacSha256, new byte[20]));
        Assert.Throws<ArgumentException>(() => new CertificateHashPayload(HashFunction.Sha1, new byte[16]));
        Assert.Throws<ArgumentException>(() => new DiffieHellmanPayload(DiffieHellmanGroup.Oakley1, new byte[95], default));
        Assert.Throws<ArgumentException>(() => new KeyDataPayload(KeyDataType.Tgk, default, default, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MikeyEncoder.Encode(
            new MikeyHeader(MikeyDataType.Error, false, 0, 0, EmptyCsIdMap.Instance), [new RandPayload(new byte[256])]));
    }

    private static List<byte[]> SampleMessages() =>
        [.. from scenario in MikeyVectors.Scenarios
            from part in Parts
            select scenario.Message(part)];

    private static byte[] Mutate(byte[] original, SeededRandomSource random)
    {
        var bytes = new List<byte>(original);
        for (var changes = 1 + (int)(random.NextUInt64() % 3); changes > 0; changes--)
        {
            var at = (int)(random.NextUInt64() % (uint)bytes.Count);
            switch (random.NextUInt64() % 6)
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + (int)(random.NextUInt64() % 8)));
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.NextUInt64());
                    break;
                case 2:
                    bytes[at] = (byte)(random.NextUInt64() % 28);
                    break;
                case 3:
                    bytes[at] = 0xFF;
                    break;
                default:
                    bytes[at] ^= (byte)(1 << (int)(random.NextUInt64() % 8));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static void AssertLimit(byte[] bytes, string field)
    {
        var failure = MikeyTestMessages.DecodeFailure(bytes);
        Assert.Equal(MikeyFault.LimitExceeded, failure.Fault);
        Assert.Equal(field, failure.Field);
    }

    private static void AssertSame(MikeyPayload sent, MikeyPayload received, string because)
    {
        Assert.IsType(sent.GetType(), received);
        foreach (var property in sent.GetType().GetProperties())
        {
            // Where a payload stands is known only of a decoded one.
            if (property.Name.EndsWith("Offset", StringComparison.Ordinal))
            {
                continue;
            }

            var one = property.GetValue(sent);
            var other = property.GetValue(received);
            switch (one)
            {
                case ReadOnlyMemory<byte> bytes:
                    Assert.True(bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)other!).Span), $"{because}: {property.Name}");
                    break;
                case KeyValidity validity:
                    AssertSame(validity, (KeyValidity)other!);
                    break;
                case TicketPolicy policy:
                    AssertSame(policy, (TicketPolicy)other!, because);
                    break;
                case IReadOnlyList<SecurityPolicyParameter> parameters:
                    var received2 = (IReadOnlyList<SecurityPolicyParameter>)other!;
                    Assert.Equal(
                        parameters.Select(item => $"{item.Type} {MikeyVectors.Hex(item.Value.Span)}"),
                        received2.Select(item => $"{item.Type} {MikeyVectors.Hex(item.Value.Span)}"));
                    break;
                default:
                    Assert.True(Equals(one, other), $"{because}: {sent.Type} {property.Name} {one} {other}");
                    break;
            }
        }
    }

    private static void AssertSame(KeyValidity one, KeyValidity other)
    {
        Assert.Equal(one.Type, other.Type);
        Assert.Equal(MikeyVectors.Hex(one.First.Span), MikeyVectors.Hex(other.First.Span));
        Assert.Equal(MikeyVectors.Hex(one.Second.Span), MikeyVectors.Hex(other.Second.Span));
    }

    private static void AssertSame(TicketPolicy one, TicketPolicy other, string because)
    {
        Assert.Equal((one.TicketType, one.Subtype, one.Version, one.Prf, one.Flags), (other.TicketType, other.Subtype, other.Version, other.Prf, other.Flags));
        Assert.Equal(MikeyVectors.Hex(one.Bytes.Span), MikeyVectors.Hex(other.Bytes.Span));
        Assert.Equal(one.Payloads.Count, other.Payloads.Count);
        foreach (var (first, second) in one.Payloads.Zip(other.Payloads))
        {
            AssertSame(first, second, because);
        }
    }
}
