using System.Security.Cryptography;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Replay;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>The messages of the vectors as Initiator, Responder and KMS receive them.</summary>
public sealed class MikeyScenarioReceivingTests
{
    public static TheoryData<string> Letters => ["A", "B", "C", "D", "E", "F"];

    [Theory]
    [MemberData(nameof(Letters))]
    public void Fields_lie_where_the_vectors_say_and_survive_a_round_trip(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        foreach (var part in new[] { "REQUEST_INIT_PSK", "REQUEST_RESP", "TRANSFER_INIT", "RESOLVE_INIT_PSK", "RESOLVE_RESP" })
        {
            var bytes = scenario.Message(part);
            var message = MikeyTestMessages.Decode(bytes);
            Assert.Equal(MikeyVectors.Hex(bytes), MikeyVectors.Hex(MikeyEncoder.Encode(message.Header, message.Payloads)));
        }

        var transfer = scenario.Message("TRANSFER_INIT");
        var expected = scenario["TRANSFER_INIT"].GetProperty("fields_offset_length_name_hex").EnumerateArray()
            .Select(field => $"{field[0].GetInt32()} {field[1].GetInt32()} {field[2].GetString()} {field[3].GetString()}")
            .ToArray();
        Assert.Equal(expected, MikeyFieldLister.List(MikeyTestMessages.Decode(transfer)));
        Assert.EndsWith(MikeyVectors.Hex(transfer.AsSpan(transfer.Length - scenario.Suite.MacBytes())), expected[^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_initiator_takes_its_keys_from_the_answer_of_the_kms(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        using var keys = OpenRequestResp(scenario);
        Assert.Equal(scenario["base_ticket"].GetProperty("MPKi").GetString(), MikeyVectors.Hex(keys.MpkI.Span));
        Assert.Equal(scenario.Inputs.GetProperty("session_key").GetString(), MikeyVectors.Hex(Assert.Single(keys.SessionKeys).Key.Span));
        Assert.Equal(
            scenario.Flags.Has(TicketFlags.Forking) ? scenario["base_ticket"].GetProperty("MPKr").GetString() : null,
            keys.MpkR is { } mpkR ? MikeyVectors.Hex(mpkR.Span) : null);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_responder_verifies_the_message_with_the_keys_of_the_kms(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var received = MikeyTestMessages.Parse(scenario.Message("TRANSFER_INIT"));
        Assert.Equal(scenario.Inputs.HexUInt64("T_transfer_init"), received.Timestamp.Raw);
        Assert.Equal("sip:alice@example.com", received.Initiator);
        Assert.Equal("sip:bob@example.com", received.Responder);
        Assert.Equal(scenario.Flags.Has(TicketFlags.Reusable), received.TicketIsReusable);
        using var ticket = Resolve(scenario, received);
        Assert.True(received.TryVerifyMac(ticket.MpkI.Span, out var failure), failure.ToString());

        // The key of another party, and every single changed bit of the right one, must not verify.
        Assert.False(received.TryVerifyMac(scenario.Mpk(LabelConstant.MpkR).Span, out failure));
        Assert.Equal(MikeyFault.MacMismatch, failure.Fault);
        for (var bit = 0; bit < ticket.MpkI.Length * 8; bit += 5)
        {
            var wrong = ticket.MpkI.Span.ToArray();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(received.TryVerifyMac(wrong, out _));
        }
    }

    [Theory]
    [InlineData("A", "34ba31423546848b5d22344437e429a7")]
    [InlineData("B", "454ca1b3ef109cde1f41f984bca2036b")]
    [InlineData("C", null)]
    [InlineData("D", null)]
    [InlineData("E", null)]
    public void The_half_round_trip_gives_the_key_of_the_vectors(string letter, string? expected)
    {
        var scenario = MikeyVectors.Scenario(letter);
        expected ??= letter == "C" ? scenario["session_keys"].GetProperty("TEK").GetString()
            : letter == "D" ? scenario["TRANSFER_INIT_initiator_KEMAC"].GetProperty("TEK").GetString()
            : scenario.Inputs.GetProperty("session_key").GetString();
        var received = MikeyTestMessages.Parse(scenario.Message("TRANSFER_INIT"));
        using var ticket = Resolve(scenario, received);
        Assert.True(received.TryVerify(ticket, out var kek, out var failure), failure.ToString());
        Assert.Equal(expected, MikeyVectors.Hex(kek));
    }

    [Theory]
    [InlineData("B", true)]
    [InlineData("C", true)]
    [InlineData("A", false)]
    [InlineData("D", false)]
    [InlineData("E", false)]
    [InlineData("F", false)]
    public void Only_the_profile_of_the_half_round_trip_with_a_tgk_passes_the_policy(string letter, bool isAccepted)
    {
        var received = MikeyTestMessages.Parse(MikeyVectors.Scenario(letter).Message("TRANSFER_INIT"));
        Assert.Equal(isAccepted, received.TryCheckPolicy("sip:bob@example.com", out var failure));
        Assert.Equal(isAccepted ? MikeyFault.None : MikeyFault.PolicyNotAcceptable, failure.Fault);
    }

    [Fact]
    public void A_full_round_trip_gives_both_ends_the_forked_keys_of_scenario_F()
    {
        var scenario = MikeyVectors.Scenario("F");
        var expected = scenario["TRANSFER_RESP"];
        var received = MikeyTestMessages.Parse(scenario.Message("TRANSFER_INIT"));
        using var ticket = Resolve(scenario, received);
        Assert.False(received.TryVerify(ticket, out _, out var early));
        Assert.Equal(MikeyFault.PolicyNotAcceptable, early.Fault);

        var timestamp = new MikeyTimestamp(TimestampType.NtpUtc, expected.HexUInt64("T"));
        var answer = TransferRespMessage.Encode(received, ticket, timestamp, expected.Hex("RANDRr"));
        Assert.Equal(expected.GetProperty("message").GetString(), MikeyVectors.Hex(answer));
        Assert.Equal(
            expected.GetProperty("mac_input").GetString(),
            MikeyVectors.Hex(answer.AsSpan(0, answer.Length - 32)) + MikeyVectors.Hex(scenario.Message("TRANSFER_INIT")));
        using (var protection = ProtectionKeys.OfMessage(
            scenario.Suite, ticket.MpkR!.Span, LabelKind.ResponseMessage, scenario.Inputs.HexUInt32("CSB_ID_transfer"), received.RandI, expected.Hex("RANDRr")))
        {
            Assert.Equal(expected.GetProperty("auth_key").GetString(), MikeyVectors.Hex(protection.Authentication.Span));
            Assert.Equal(expected.GetProperty("encr_key").GetString(), MikeyVectors.Hex(protection.Encryption.Span));
            Assert.Equal(expected.GetProperty("salt_key").GetString(), MikeyVectors.Hex(protection.Salt.Span));
        }

        using var keys = OpenRequestResp(scenario);
        Assert.True(TransferRespMessage.TryVerify(answer, received, keys, out var verified, out var failure), failure.ToString());
        using (verified)
        {
            Assert.Equal(scenario["forking"].GetProperty("MPKr_forked").GetString(), MikeyVectors.Hex(verified!.MessageKey.Span));
            Assert.Equal(scenario["session_keys"].GetProperty("inkey").GetString(), MikeyVectors.Hex(verified.SessionKey(0).Span));
            var tek = new byte[32];
            verified.DeriveTek(0, 1, tek);
            Assert.Equal(scenario["session_keys"].GetProperty("TEK").GetString(), MikeyVectors.Hex(tek));
        }

        for (var i = 0; i < answer.Length; i++)
        {
            var changed = (byte[])answer.Clone();
            changed[i] ^= 0x04;
            Assert.False(TransferRespMessage.TryVerify(changed, received, keys, out _, out _), $"byte {i}");
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("D")]
    public void A_malleated_copy_has_the_identity_of_its_original_and_is_refused(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var malleated = scenario["TRANSFER_INIT"].GetProperty("malleated_copy");
        var original = MikeyTestMessages.Parse(scenario.Message("TRANSFER_INIT"));
        var expected = ReplayDigest.Read(malleated.Hex("sha256_of_mac_input_both"));
        Assert.Equal(expected, original.Digest);

        var bytes = malleated.Hex("message");
        Assert.Equal(malleated.GetProperty("sha256_malleated").GetString(), MikeyVectors.Hex(SHA256.HashData(bytes)));
        Assert.Equal(malleated.GetProperty("sha256_original").GetString(), MikeyVectors.Hex(SHA256.HashData(original.Bytes.Span)));
        var ticket = MikeyTestMessages.Decode(bytes).Payloads.OfType<TicketPayload>().Single();
        Assert.Equal(3, ticket.InitiatorData.Length);
        var input = TransferInit.MacInputOf(
            bytes, ticket.InitiatorDataLengthOffset, ticket.InitiatorData.Length, bytes.Length - scenario.Suite.MacBytes(), scenario.Initiator.Data.Span,
            scenario.Responder.Data.Span);
        Assert.Equal(expected, MikeyMac.Digest(input));

        var failure = MikeyTestMessages.ParseFailure(bytes);
        Assert.Equal(new MikeyFailure(MikeyFault.BadFlags, "TICKET.Initiator Data length", ticket.InitiatorDataLengthOffset), failure);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("D")]
    public void A_changed_copy_fails_its_mac_and_one_with_a_trailing_byte_its_form(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var transfer = scenario["TRANSFER_INIT"];
        var original = MikeyTestMessages.Parse(scenario.Message("TRANSFER_INIT"));
        using var ticket = Resolve(scenario, original);

        var bad = MikeyTestMessages.Parse(transfer.GetProperty("bad_copy_must_fail").Hex("message"));
        Assert.False(bad.TryVerify(ticket, out var kek, out var failure));
        Assert.Null(kek);
        Assert.Equal(MikeyFault.MacMismatch, failure.Fault);
        Assert.NotEqual(original.Digest, bad.Digest);

        var trailing = transfer.GetProperty("trailing_garbage_copy_must_be_rejected").Hex("message");
        Assert.Equal(new MikeyFailure(MikeyFault.TrailingBytes, "message", original.Bytes.Length), MikeyTestMessages.ParseFailure(trailing));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void No_single_byte_of_a_message_can_change_unnoticed(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var bytes = scenario.Message("TRANSFER_INIT");
        var original = MikeyTestMessages.Parse(bytes);
        using var ticket = Resolve(scenario, original);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x20;
            if (!ReceivedTransferInit.TryParse(changed, out var received, out _))
            {
                continue;
            }

            // Only Vr lies outside the MAC and outside the comparison of Vi; the KMS checks it.
            var dataOffset = received!.Ticket.InitiatorDataLengthOffset + 2;
            var isInData = i >= dataOffset && i < dataOffset + received.Ticket.InitiatorData.Length;
            var isInVr = isInData && i >= dataOffset + 3 + scenario.Suite.MacBytes();
            Assert.Equal(isInVr, received.TryVerifyMac(ticket.MpkI.Span, out _));

            // The identity covers what the MAC covers, so neither the MAC itself nor Initiator Data.
            var isInMac = i >= bytes.Length - scenario.Suite.MacBytes();
            Assert.Equal(isInData || isInMac, received.Digest == original.Digest);
        }
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_ticket_opens_with_its_tpk_and_no_byte_of_it_can_change(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var ticket = MikeyTestMessages.Decode(scenario.Message("TRANSFER_INIT")).Payloads.OfType<TicketPayload>().Single();
        Assert.True(TryOpen(ticket, scenario.Suite, scenario.Tpk, out var keyData, out var failure), failure.ToString());
        Assert.Equal(scenario["base_ticket"].GetProperty("kemac_plaintext").GetString(), MikeyVectors.Hex(KeyTransport.Encode(keyData)));

        var wrongKey = scenario.Tpk;
        wrongKey[^1] ^= 1;
        Assert.False(TryOpen(ticket, scenario.Suite, wrongKey, out _, out failure));
        Assert.Equal(MikeyFault.MacMismatch, failure.Fault);

        var message = scenario.Message("TRANSFER_INIT");
        for (var i = ticket.Offset + 1; i < ticket.InitiatorDataLengthOffset; i++)
        {
            var changed = (byte[])message.Clone();
            changed[i] ^= 0x10;
            if (MikeyDecoder.TryDecode(changed, MikeyLimits.Default, out var decoded, out _)
                && decoded!.Payloads.OfType<TicketPayload>().SingleOrDefault() is { } other)
            {
                Assert.False(TryOpen(other, scenario.Suite, scenario.Tpk, out _, out _), $"byte {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void No_byte_of_an_answer_of_the_kms_can_change(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        AssertEveryByteCounts(scenario.Message("REQUEST_RESP"), scenario.RequestState(), MikeyDataType.RequestResp, scenario.PskI);
        AssertEveryByteCounts(scenario.Message("RESOLVE_RESP"), scenario.ResolveState(), MikeyDataType.ResolveResp, scenario.PskR);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void An_answer_does_not_fit_another_request(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var state = scenario.RequestState();
        var otherRequest = (byte[])state.Message.Clone();
        otherRequest[^1] ^= 1;
        Assert.False(state.TryVerifyAnswer(state with { Message = otherRequest }, scenario, out var failure));
        Assert.Equal(MikeyFault.MacMismatch, failure.Fault);
        Assert.False(state.TryVerifyAnswer(state with { Stamp = state.Stamp with { CsbId = 1 } }, scenario, out failure));
        Assert.Equal(MikeyFault.WrongExchange, failure.Fault);
        Assert.False(scenario.ResolveState().TryVerify(scenario.Message("REQUEST_RESP"), MikeyDataType.ResolveResp, scenario.PskR, out _, out _, out failure));
        Assert.Equal(MikeyFault.WrongExchange, failure.Fault);
    }

    private static void AssertEveryByteCounts(byte[] answer, KmsRequestState state, MikeyDataType expected, byte[] psk)
    {
        Assert.True(state.TryVerify(answer, expected, psk, out _, out var keys, out var failure), failure.ToString());
        keys!.Dispose();
        for (var i = 0; i < answer.Length; i++)
        {
            var changed = (byte[])answer.Clone();
            changed[i] ^= 0x01;
            Assert.False(state.TryVerify(changed, expected, psk, out _, out keys, out _), $"byte {i}");
            Assert.Null(keys);
        }
    }

    private static bool TryOpen(TicketPayload ticket, MikeySuite suite, byte[] tpk, out KeyDataPayload[] keyData, out MikeyFailure failure)
    {
        keyData = [];
        return BaseTicketData.TryRead(ticket.TicketData, MikeyLimits.Default, out var data, out failure)
            && BaseTicket.TryOpen(ticket, data!, suite, tpk, out _, out keyData, out failure);
    }

    private static ReceivedKeys OpenRequestResp(MikeyScenario scenario)
    {
        var state = scenario.RequestState();
        Assert.True(
            state.TryVerify(scenario.Message("REQUEST_RESP"), MikeyDataType.RequestResp, scenario.PskI, out var message, out var keys, out var failure),
            failure.ToString());
        using (keys)
        {
            Assert.True(ReceivedKeys.TryOpen(message!, keys!, scenario.Flags.Has(TicketFlags.Forking), out var received, out failure), failure.ToString());
            return received!;
        }
    }

    private static ResolvedTicket Resolve(MikeyScenario scenario, ReceivedTransferInit received)
    {
        var state = scenario.ResolveState();
        Assert.True(
            state.TryVerify(scenario.Message("RESOLVE_RESP"), MikeyDataType.ResolveResp, scenario.PskR, out var message, out var keys, out var failure),
            failure.ToString());
        var isForked = scenario.Flags.Has(TicketFlags.Forking);
        using (keys)
        {
            Assert.True(ReceivedKeys.TryOpen(message!, keys!, isForked, out var opened, out failure), failure.ToString());
            var modifier = isForked ? new ForkModifier(scenario.Responder, scenario.RandKms) : null;
            Assert.True(TicketValidity.TryRead(received.Ticket.Policy, out var validity, out failure), failure.ToString());
            return new ResolvedTicket(received, received.Initiator, validity, opened!, modifier);
        }
    }
}
