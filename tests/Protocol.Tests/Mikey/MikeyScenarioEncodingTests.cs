using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>From the inputs of each scenario to every byte, label, key, IV and MAC of its messages.</summary>
public sealed class MikeyScenarioEncodingTests
{
    public static TheoryData<string> Letters => ["A", "B", "C", "D", "E", "F"];

    public static TheoryData<string, string> Messages
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var letter in "ABCDEF")
            {
                foreach (var message in new[] { "REQUEST_INIT_PSK", "REQUEST_RESP", "TRANSFER_INIT", "RESOLVE_INIT_PSK", "RESOLVE_RESP" })
                {
                    data.Add(letter.ToString(), message);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_encoded_from_the_inputs_is_byte_identical(string letter, string message)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var bytes = message switch
        {
            "REQUEST_INIT_PSK" => scenario.EncodeRequestInit(),
            "REQUEST_RESP" => scenario.EncodeRequestResp(),
            "TRANSFER_INIT" => scenario.EncodeTransferInit(),
            "RESOLVE_INIT_PSK" => scenario.EncodeResolveInit(),
            _ => scenario.EncodeResolveResp(),
        };
        Assert.Equal(MikeyVectors.Hex(scenario.Message(message)), MikeyVectors.Hex(bytes));
        Assert.EndsWith(scenario[message].GetProperty("mac").GetString()!, MikeyVectors.Hex(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Labels_and_keys_of_a_message_are_those_of_the_vectors(string letter, string message)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var expected = scenario[message];
        var csbId = scenario.Inputs.HexUInt32(
            message[0] == 'T' ? "CSB_ID_transfer" : message.StartsWith("REQ", StringComparison.Ordinal) ? "CSB_ID_request" : "CSB_ID_resolve");
        var kind = message.EndsWith("RESP", StringComparison.Ordinal) ? LabelKind.ResponseMessage : LabelKind.InitialMessage;
        var isResolve = message.StartsWith("RES", StringComparison.Ordinal);
        var randI = isResolve ? [] : scenario.Inputs.Hex(message[0] == 'T' ? "RANDRi_transfer" : "RANDRi_request");
        var randR = isResolve ? scenario.Inputs.Hex("RANDRr_resolve") : [];
        var key = message[0] == 'T' ? scenario["base_ticket"].Hex("MPKi") : isResolve ? scenario.PskR : scenario.PskI;
        AssertKeys(expected, scenario.Suite, key, kind, csbId, randI, randR);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_base_ticket_is_that_of_the_vectors(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var expected = scenario["base_ticket"];
        var rand = scenario.Inputs.Hex("ticket_RAND");
        var label = new byte[128];
        foreach (var (constant, name) in new[] { (LabelConstant.Encryption, "encr"), (LabelConstant.Authentication, "auth"), (LabelConstant.Salt, "salt") })
        {
            var length = MikeyLabels.WriteTicket(label, constant, LabelKind.BaseTicket, rand);
            Assert.Equal(expected.GetProperty("label_" + name).GetString(), MikeyVectors.Hex(label.AsSpan(0, length)));
        }

        foreach (var (constant, name) in new[] { (LabelConstant.MpkI, "MPKi"), (LabelConstant.MpkR, "MPKr") })
        {
            var length = MikeyLabels.WriteTicket(label, constant, LabelKind.ProtectionKeys, rand);
            Assert.Equal(expected.GetProperty("label_" + name).GetString(), MikeyVectors.Hex(label.AsSpan(0, length)));
            Assert.Equal(expected.GetProperty(name).GetString(), MikeyVectors.Hex(scenario.Mpk(constant).Span));
        }

        using var keys = ProtectionKeys.OfTicket(scenario.Suite, scenario.Tpk, rand);
        AssertKeys(expected, keys);
        Assert.Equal(expected.GetProperty("iv").GetString(), Iv(keys.Salt, MikeyLabels.NoCsb, scenario.Inputs.HexUInt64("T_ticket_issue")));
        Assert.Equal(expected.GetProperty("kemac_plaintext").GetString(), MikeyVectors.Hex(KeyTransport.Encode(scenario.TicketKeyData)));

        var ticket = scenario.Ticket();
        Assert.Equal(expected.GetProperty("tp_data").GetString(), MikeyVectors.Hex(ticket.Policy.Data.Span));
        Assert.Equal(expected.GetProperty("ticket_data").GetString(), MikeyVectors.Hex(ticket.TicketData.Span));
        Assert.Equal(
            expected.GetProperty("mac_input").GetString() + expected.GetProperty("mac").GetString(),
            MikeyVectors.Hex(ticket.Core.Span));
        Assert.True(BaseTicketData.TryRead(ticket.TicketData, MikeyLimits.Default, out var data, out var failure), failure.ToString());
        Assert.Equal(expected.GetProperty("kemac_encr_data").GetString(), MikeyVectors.Hex(data!.Keys.EncryptedData.Span));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void Answers_of_the_kms_use_the_iv_of_their_own_timestamp_and_not_the_alternative(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        foreach (var (message, exchange, initial) in new[] { ("REQUEST_RESP", "request", "request_init"), ("RESOLVE_RESP", "resolve", "resolve_init") })
        {
            var expected = scenario[message];
            var csbId = scenario.Inputs.HexUInt32("CSB_ID_" + exchange);
            var salt = new KeyMaterial(expected.Hex("salt_key"));
            var own = Iv(salt, csbId, scenario.Inputs.HexUInt64("T_" + exchange + "_resp"));
            Assert.Equal(expected.GetProperty("iv").GetString(), own);

            var alternative = expected.GetProperty("alternative_iv_with_T_of_" + initial.ToUpperInvariant()).GetString();
            Assert.Equal(alternative, Iv(salt, csbId, scenario.Inputs.HexUInt64("T_" + initial)));
            Assert.NotEqual(alternative, own);

            var keyData = message == "REQUEST_RESP" ? scenario.UnforkedKeyData() : scenario.ResolvedKeyData();
            Assert.Equal(expected.GetProperty("kemac_plaintext").GetString(), MikeyVectors.Hex(KeyTransport.Encode(keyData)));
            var kemac = MikeyTestMessages.Decode(scenario.Message(message)).Payloads.OfType<KemacPayload>().Single();
            Assert.Equal(expected.GetProperty("kemac_encr_data").GetString(), MikeyVectors.Hex(kemac.EncryptedData.Span));
            Assert.NotEqual(expected.GetProperty("alternative_encr_data").GetString(), MikeyVectors.Hex(kemac.EncryptedData.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void Mac_inputs_are_those_of_the_vectors(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var macBytes = scenario.Suite.MacBytes();
        AssertInput(scenario, "REQUEST_INIT_PSK", scenario.Initiator.Data, scenario.Kms.Data);
        AssertInput(scenario, "REQUEST_RESP", scenario.Message("REQUEST_INIT_PSK"), default);
        AssertInput(scenario, "RESOLVE_INIT_PSK", scenario.Responder.Data, scenario.Kms.Data);
        AssertInput(scenario, "RESOLVE_RESP", scenario.Message("RESOLVE_INIT_PSK"), default);

        var transfer = scenario.Message("TRANSFER_INIT");
        var ticket = MikeyTestMessages.Decode(transfer).Payloads.OfType<TicketPayload>().Single();
        Assert.Equal(scenario["TRANSFER_INIT"].GetProperty("initiator_data_length_field_offset").GetInt32(), ticket.InitiatorDataLengthOffset);
        var input = TransferInit.MacInputOf(
            transfer, ticket.InitiatorDataLengthOffset, ticket.InitiatorData.Length, transfer.Length - macBytes, scenario.Initiator.Data.Span,
            scenario.Responder.Data.Span);
        Assert.Equal(scenario["TRANSFER_INIT"].GetProperty("mac_input").GetString(), Bytes(input));
    }

    [Theory]
    [InlineData("B")]
    [InlineData("C")]
    public void Session_keys_follow_from_the_tgk(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var expected = scenario["session_keys"];
        var label = new byte[128];
        var randI = scenario.Inputs.Hex("RANDRi_transfer");
        foreach (var (constant, labelName, keyName) in new[]
        {
            (LabelConstant.Tek, "TEK_label", "TEK"), (LabelConstant.TgkEncryption, "encr_label", "encr_key"),
            (LabelConstant.TgkAuthentication, "auth_label", "auth_key"), (LabelConstant.TgkSalt, "salt_label", "salt_key"),
        })
        {
            var length = MikeyLabels.WriteSessionKey(label, constant, TransferProfile.CsId, randI, default);
            Assert.Equal(expected.GetProperty(labelName).GetString(), MikeyVectors.Hex(label.AsSpan(0, length)));
            var key = new byte[expected.Hex(keyName).Length];
            TicketKeys.DeriveSessionKey(
                scenario.Suite.Prf(), constant, TransferProfile.CsId, scenario.Inputs.Hex("session_key"), randI, default, key);
            Assert.Equal(expected.GetProperty(keyName).GetString(), MikeyVectors.Hex(key));
        }
    }

    [Theory]
    [InlineData("E")]
    [InlineData("F")]
    public void Forked_keys_and_initiator_data_are_those_of_the_vectors(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var forking = scenario["forking"];
        var transfer = scenario["TRANSFER_INIT"];
        var label = new byte[MikeyLabels.ForkLength(scenario.Responder.Data.Length, scenario.RandKms.Rand.Length)];
        Assert.Equal(label.Length, MikeyLabels.WriteFork(label, LabelConstant.ForkedMpkR, scenario.Responder.Data.Span, scenario.RandKms.Rand.Span));
        Assert.Equal(forking.GetProperty("label_MPKr_forked").GetString(), MikeyVectors.Hex(label));
        var keys = scenario.ResolvedKeyData();
        Assert.Equal(forking.GetProperty("MPKr_forked").GetString(), MikeyVectors.Hex(keys[1].Key.Span));
        if (scenario.HasTgk)
        {
            MikeyLabels.WriteFork(label, LabelConstant.ForkedTgk, scenario.Responder.Data.Span, scenario.RandKms.Rand.Span);
            Assert.Equal(forking.GetProperty("label_TGK_forked").GetString(), MikeyVectors.Hex(label));
            Assert.Equal(forking.GetProperty("TGK_forked").GetString(), MikeyVectors.Hex(keys[2].Key.Span));
        }

        var vrLabel = new byte[16];
        var length = MikeyLabels.WriteResponderVerification(vrLabel);
        Assert.Equal(transfer.GetProperty("Vr_auth_label").GetString(), MikeyVectors.Hex(vrLabel.AsSpan(0, length)));
        using var vrKey = TicketKeys.DeriveResponderVerification(scenario.Suite, scenario.Mpk(LabelConstant.MpkR).Span);
        Assert.Equal(transfer.GetProperty("Vr_auth_key").GetString(), MikeyVectors.Hex(vrKey.Span));

        Assert.True(InitiatorData.TryRead(transfer.Hex("initiator_data"), out var data, out var failure), failure.ToString());
        Assert.Equal(transfer.GetProperty("Vr_mac_input").GetString(), MikeyVectors.Hex(data!.Covered.Span));
        Assert.Equal(transfer.GetProperty("Vr_mac").GetString(), MikeyVectors.Hex(data.ResponderMac.Span));
        Assert.Equal(transfer.GetProperty("mac").GetString(), MikeyVectors.Hex(data.InitiatorMac.Span));

        // The other reading of "Vi is identical to V": accepted on receipt, never written.
        Assert.True(InitiatorData.TryRead(transfer.Hex("alternative_initiator_data"), out var other, out failure), failure.ToString());
        Assert.Equal(MikeyVectors.Hex(data.InitiatorMac.Span), MikeyVectors.Hex(other!.InitiatorMac.Span));
        Assert.NotEqual(MikeyVectors.Hex(data.Bytes.Span), MikeyVectors.Hex(other.Bytes.Span));
    }

    [Fact]
    public void Keys_that_the_initiator_supplies_are_encrypted_as_in_scenario_D()
    {
        var scenario = MikeyVectors.Scenario("D");
        var expected = scenario["TRANSFER_INIT_initiator_KEMAC"];
        var kemac = MikeyTestMessages.Decode(scenario.EncodeTransferInit()).Payloads.OfType<KemacPayload>().Single();
        Assert.Equal(expected.GetProperty("encr_data").GetString(), MikeyVectors.Hex(kemac.EncryptedData.Span));
        var salt = new KeyMaterial(scenario["TRANSFER_INIT"].Hex("salt_key"));
        Assert.Equal(
            expected.GetProperty("iv").GetString(),
            Iv(salt, scenario.Inputs.HexUInt32("CSB_ID_transfer"), scenario.Inputs.HexUInt64("T_transfer_init")));
    }

    [Fact]
    public void Typical_mistakes_give_other_values_than_ours()
    {
        var scenario = MikeyVectors.Scenario("A");
        var diagnostics = MikeyVectors.Root.GetProperty("diagnostics_wrong_values");
        using var keys = ProtectionKeys.OfMessage(
            scenario.Suite, scenario.Mpk(LabelConstant.MpkI).Span, LabelKind.InitialMessage, scenario.Inputs.HexUInt32("CSB_ID_transfer"),
            scenario.Inputs.Hex("RANDRi_transfer"), default);
        var key = MikeyVectors.Hex(keys.Authentication.Span);
        Assert.Equal(diagnostics.GetProperty("correct").GetString(), key);
        var mac = MikeyVectors.Hex(scenario.EncodeTransferInit().AsSpan()[^20..]);
        var wrong = 0;
        foreach (var item in diagnostics.EnumerateObject())
        {
            if (item.Name is "note" or "correct")
            {
                continue;
            }

            Assert.NotEqual(item.Value.GetString(), item.Name.StartsWith("mac_", StringComparison.Ordinal) ? mac : key);
            wrong++;
        }

        Assert.Equal(12, wrong);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_example_of_an_error_message_decodes_and_encodes(string letter)
    {
        var scenario = MikeyVectors.Scenario(letter);
        var bytes = scenario["error_message_example"].Hex("message");
        var message = MikeyTestMessages.Decode(bytes);
        Assert.Equal(MikeyDataType.Error, message.Header.DataType);
        Assert.Equal(scenario.Inputs.HexUInt32("CSB_ID_transfer"), message.Header.CsbId);
        Assert.Equal(MikeyErrorNumber.InvalidTicket, message.Payloads.OfType<ErrorPayload>().Single().Number);
        Assert.Equal(MikeyVectors.Hex(bytes), MikeyVectors.Hex(MikeyEncoder.Encode(message.Header, message.Payloads)));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void The_base64_form_is_that_of_the_bytes(string letter)
    {
        var transfer = MikeyVectors.Scenario(letter)["TRANSFER_INIT"];
        var bytes = MikeyVectors.Scenario(letter).EncodeTransferInit();
        Assert.Equal(transfer.GetProperty("message_base64").GetString(), Convert.ToBase64String(bytes));
        Assert.Equal(transfer.GetProperty("message_length_bytes").GetInt32(), bytes.Length);
    }

    private static void AssertKeys(
        System.Text.Json.JsonElement expected, MikeySuite suite, byte[] key, LabelKind kind, uint csbId, byte[] randI, byte[] randR)
    {
        var label = new byte[128];
        foreach (var (constant, name) in new[] { (LabelConstant.Encryption, "encr"), (LabelConstant.Authentication, "auth"), (LabelConstant.Salt, "salt") })
        {
            var length = MikeyLabels.WriteMessage(label, constant, kind, csbId, randI, randR);
            Assert.Equal(expected.GetProperty(name + "_label").GetString(), MikeyVectors.Hex(label.AsSpan(0, length)));
        }

        using var keys = ProtectionKeys.OfMessage(suite, key, kind, csbId, randI, randR);
        AssertKeys(expected, keys);
    }

    private static void AssertKeys(System.Text.Json.JsonElement expected, ProtectionKeys keys)
    {
        Assert.Equal(expected.GetProperty("encr_key").GetString(), MikeyVectors.Hex(keys.Encryption.Span));
        Assert.Equal(expected.GetProperty("auth_key").GetString(), MikeyVectors.Hex(keys.Authentication.Span));
        Assert.Equal(expected.GetProperty("salt_key").GetString(), MikeyVectors.Hex(keys.Salt.Span));
    }

    private static void AssertInput(MikeyScenario scenario, string message, ReadOnlyMemory<byte> second, ReadOnlyMemory<byte> third)
    {
        var bytes = scenario.Message(message);
        var input = new MacInput(bytes.AsSpan(0, bytes.Length - scenario.Suite.MacBytes()), second.Span, third.Span);
        Assert.Equal(scenario[message].GetProperty("mac_input").GetString(), Bytes(input));
    }

    private static string Bytes(MacInput input)
    {
        var bytes = new byte[input.Length];
        input.CopyTo(bytes);
        return MikeyVectors.Hex(bytes);
    }

    private static string Iv(KeyMaterial salt, uint csbId, ulong timestamp)
    {
        var iv = new byte[16];
        AesCounterMode.WriteIv(salt.Span, csbId, timestamp, iv);
        return MikeyVectors.Hex(iv);
    }
}
