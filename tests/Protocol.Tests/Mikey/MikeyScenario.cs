using System.Text;
using System.Text.Json;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>One scenario of the vectors, and the messages as this library makes them from the scenario's inputs alone.</summary>
internal sealed class MikeyScenario(JsonElement json)
{
    private static readonly byte[] MpkSpi = [0xA0, 0, 0, 1];
    private static readonly byte[] MpkRSpi = [0xA0, 0, 0, 2];
    private static readonly byte[] SessionSpi = [0xB0, 0, 0, 1];

    public JsonElement Json { get; } = json;

    public string Name => Json.GetProperty("name").GetString()!;

    public JsonElement Inputs => Json.GetProperty("inputs");

    public MikeySuite Suite => Json.GetProperty("prf_func").GetInt32() == 1 ? MikeySuite.Aes256Sha256 : MikeySuite.Aes128Sha1;

    public bool HasTgk => Inputs.GetProperty("session_key_type").GetString() == "TGK";

    public bool HasMap => !Name.StartsWith("A1", StringComparison.Ordinal) && HasTgk;

    public TicketFlags Flags
    {
        get
        {
            var flags = TicketFlags.None;
            foreach (var (letter, flag) in FlagOf)
            {
                flags |= Inputs.GetProperty("flags").GetProperty(letter).GetInt32() == 1 ? flag : TicketFlags.None;
            }

            return flags;
        }
    }

    private static (string Letter, TicketFlags Flag)[] FlagOf =>
    [
        ("D", TicketFlags.MadeByKms), ("E", TicketFlags.ResolveMandatory), ("F", TicketFlags.TransferResponse), ("G", TicketFlags.ResponderRand),
        ("H", TicketFlags.InitiatorRand), ("I", TicketFlags.Forking), ("J", TicketFlags.Reusable), ("K", TicketFlags.Changed),
        ("L", TicketFlags.InitiatorKeys), ("M", TicketFlags.ResponderKeys), ("N", TicketFlags.InitiatorGeneric), ("O", TicketFlags.ResponderGeneric),
    ];

    public IdRolePayload Initiator => IdRolePayload.Uri(IdRole.Initiator, Inputs.GetProperty("ID_i_text").GetString()!);

    public IdRolePayload Responder => IdRolePayload.Uri(IdRole.Responder, Inputs.GetProperty("ID_r_text").GetString()!);

    public IdRolePayload Kms => IdRolePayload.Uri(IdRole.Kms, Inputs.GetProperty("ID_kms_text").GetString()!);

    public byte[] PskI => Inputs.Hex("PSK_initiator_kms");

    public byte[] PskR => Inputs.Hex("PSK_responder_kms");

    public byte[] Tpk => Inputs.Hex("TPK");

    public JsonElement this[string part] => Json.GetProperty(part);

    public byte[] Message(string part) => Json.GetProperty(part).Hex("message");

    public MessageStamp Stamp(string message, string timestamp) =>
        new(Suite, Inputs.HexUInt32("CSB_ID_" + message), new MikeyTimestamp(TimestampType.NtpUtc, Inputs.HexUInt64("T_" + timestamp)));

    public static IdRolePayload PskName(string name) => new(IdRole.PreSharedKey, IdType.ByteString, Encoding.ASCII.GetBytes(name));

    /// <summary>MPK and the session key, as they stand in the ticket.</summary>
    public KeyDataPayload[] TicketKeyData => [Key(KeyDataType.Mpk, Inputs.Hex("MPK"), MpkSpi), SessionKeyData(Inputs.Hex("session_key"))];

    public TicketPolicy RequestedPolicy() =>
        TicketPolicy.Create(Suite.Prf(), Flags,
        [
            Kms, Initiator, Start, End,
            new KemacPayload(EncryptionAlgorithm.Null, KeyTransport.Encode([SessionKeyData(new byte[Suite.KeyBytes()])])),
            Responder,
        ]);

    public TicketPolicy GrantedPolicy() => TicketPolicy.Create(Suite.Prf(), Flags, [Kms, Initiator, Start, End, Responder]);

    public TicketPayload Ticket() =>
        BaseTicket.Seal(
            GrantedPolicy(), Suite, Tpk, PskName("tpk-2024-05"), new MikeyTimestamp(TimestampType.NtpUtc, Inputs.HexUInt64("T_ticket_issue")),
            Inputs.Hex("ticket_RAND"), TicketKeyData);

    public KeyMaterial Mpk(LabelConstant constant) =>
        TicketKeys.DeriveProtectionKey(Suite.Prf(), constant, Inputs.Hex("MPK"), Inputs.Hex("ticket_RAND"));

    /// <summary>What REQUEST_RESP hands out.</summary>
    public KeyDataPayload[] UnforkedKeyData()
    {
        var mpkI = Key(KeyDataType.Mpk, Mpk(LabelConstant.MpkI).Span, MpkSpi);
        var session = SessionKeyData(Inputs.Hex("session_key"));
        return Flags.Has(TicketFlags.Forking) ? [mpkI, Key(KeyDataType.Mpk, Mpk(LabelConstant.MpkR).Span, MpkRSpi), session] : [mpkI, session];
    }

    /// <summary>What RESOLVE_RESP hands out.</summary>
    public KeyDataPayload[] ResolvedKeyData()
    {
        if (!Flags.Has(TicketFlags.Forking))
        {
            return UnforkedKeyData();
        }

        var rand = RandKms.Rand.Span;
        var mpkR = TicketKeys.Fork(Suite.Prf(), LabelConstant.ForkedMpkR, Mpk(LabelConstant.MpkR).Span, Responder.Data.Span, rand);
        var session = HasTgk
            ? TicketKeys.Fork(Suite.Prf(), LabelConstant.ForkedTgk, Inputs.Hex("session_key"), Responder.Data.Span, rand).Span
            : Inputs.Hex("session_key");
        return [Key(KeyDataType.Mpk, Mpk(LabelConstant.MpkI).Span, MpkSpi), Key(KeyDataType.Mpk, mpkR.Span, MpkRSpi), SessionKeyData(session)];
    }

    public RandRolePayload RandKms => new(RandRole.Kms, Json.GetProperty("forking").Hex("RANDRkms"));

    public byte[] EncodeRequestInit() =>
        TicketRequestMessages.EncodeInit(
            Stamp("request", "request_init"), Inputs.Hex("RANDRi_request"), Initiator, Kms, RequestedPolicy(), PskName("psk-alice-0001"), PskI);

    public byte[] EncodeRequestResp() =>
        TicketRequestMessages.EncodeResponse(
            Stamp("request", "request_resp"), Inputs.Hex("RANDRi_request"), Kms, Ticket(), UnforkedKeyData(), PskI, Message("REQUEST_INIT_PSK"));

    public TransferInitContent TransferInitContent() => new()
    {
        Stamp = Stamp("transfer", "transfer_init"),
        RandI = Inputs.Hex("RANDRi_transfer"),
        Initiator = Initiator,
        Responder = Responder,
        Map = HasMap ? TransferProfile.Map(SessionSpi) : EmptyCsIdMap.Instance,
        Policies = HasMap ? [TransferProfile.Policy()] : [],
        Ticket = Ticket(),
        Keys = InitiatorKeyData(),
    };

    public byte[] EncodeTransferInit() => TransferInit.Encode(TransferInitContent(), Mpk(LabelConstant.MpkI).Span, Mpk(LabelConstant.MpkR).Span);

    public byte[] EncodeResolveInit()
    {
        var ticket = KmsTicketOfTransferInit();
        return TicketResolveMessages.EncodeInit(
            Stamp("resolve", "resolve_init"), Inputs.Hex("RANDRr_resolve"), Responder, Kms, ticket, PskName("psk-bob-0001"), PskR);
    }

    public byte[] EncodeResolveResp() =>
        TicketResolveMessages.EncodeResponse(
            Stamp("resolve", "resolve_resp"), Inputs.Hex("RANDRr_resolve"), Kms, ResolvedKeyData(), Responder,
            Flags.Has(TicketFlags.Forking) ? RandKms : null, PskR, Message("RESOLVE_INIT_PSK"));

    /// <summary>What the Responder remembers of its RESOLVE_INIT.</summary>
    public KmsRequestState ResolveState() =>
        new(Stamp("resolve", "resolve_init"), default, Inputs.Hex("RANDRr_resolve"), Message("RESOLVE_INIT_PSK"));

    /// <summary>What the Initiator remembers of its REQUEST_INIT.</summary>
    public KmsRequestState RequestState() =>
        new(Stamp("request", "request_init"), Inputs.Hex("RANDRi_request"), default, Message("REQUEST_INIT_PSK"));

    public override string ToString() => Name;

    private static KeyDataPayload Key(KeyDataType type, ReadOnlySpan<byte> key, byte[] spi) => new(type, key.ToArray(), KeyValidity.Spi(spi));

    private KeyDataPayload SessionKeyData(ReadOnlySpan<byte> key) => Key(HasTgk ? KeyDataType.Tgk : KeyDataType.Tek, key, SessionSpi);

    private TimestampRolePayload Start => new(TimestampRole.Start, MikeyTimestamp.FromSeconds(Inputs.HexUInt32("TRs")));

    private TimestampRolePayload End => new(TimestampRole.End, MikeyTimestamp.FromSeconds(Inputs.HexUInt32("TRe")));

    private TicketPayload KmsTicketOfTransferInit()
    {
        var payloads = MikeyTestMessages.Decode(EncodeTransferInit()).Payloads;
        return payloads.OfType<TicketPayload>().Single();
    }

    private KeyDataPayload[] InitiatorKeyData()
    {
        if (!Json.TryGetProperty("TRANSFER_INIT_initiator_KEMAC", out var kemac))
        {
            return [];
        }

        var plaintext = kemac.Hex("plaintext");
        return KeyDataPayload.TryReadAll(plaintext, MikeyLimits.Default, out var keys, out var failure)
            ? keys
            : throw new InvalidOperationException(failure.ToString());
    }
}
