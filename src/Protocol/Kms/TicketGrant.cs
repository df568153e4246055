using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Kms;

/// <summary>What a KMS grants of a requested policy: the policy of the ticket, and the session keys to make.</summary>
internal sealed class TicketGrant
{
    private const int MaxResponders = 16;

    private TicketGrant(TicketPolicy policy, KeyDataPayload[] wantedKeys)
    {
        Policy = policy;
        WantedKeys = wantedKeys;
    }

    public TicketPolicy Policy { get; }

    /// <summary>Type, length and SPI of the keys to make; their bytes are zeros.</summary>
    public KeyDataPayload[] WantedKeys { get; }

    /// <summary>
    /// Decides about a TP. Any mode 1 policy (made by the KMS, to be resolved) whose flags are consistent is granted; TRs and TRe are set or shortened, missing
    /// IDRkms and IDRi are added, and K tells of each such change.
    /// </summary>
    public static bool TryDecide(
        TicketPolicy requested, ReadOnlyMemory<byte> requester, MikeySuite suite, KmsSettings settings, DateTimeOffset utcNow, IRandomSource random,
        out TicketGrant? grant, out KmsRefusal refusal)
    {
        grant = null;
        if (!requested.IsBaseTicket)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicket, MikeyFault.BadTicket, "TP.Ticket Type");
        }

        const TicketFlags Mode1 = TicketFlags.MadeByKms | TicketFlags.ResolveMandatory;
        if (requested.Prf != suite.Prf() || !TicketFlagRules.AreConsistent(requested.Flags) || !requested.Flags.Has(Mode1))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadFlags, "TP.flags");
        }

        var payloads = new List<MikeyPayload>(8);
        var isChanged = false;
        if (!TryAddIdentity(requested, IdRole.Kms, IdRolePayload.Uri(IdRole.Kms, settings.Identity), payloads, ref isChanged, out refusal)
            || !TryAddIdentity(requested, IdRole.Initiator, new IdRolePayload(IdRole.Initiator, IdType.Uri, requester), payloads, ref isChanged, out refusal)
            || !TryAddValidity(requested, settings, utcNow, payloads, ref isChanged, out refusal)
            || !TryAddParties(requested, payloads, out refusal)
            || !TryReadKeys(requested, suite, random, out var wanted, ref isChanged, out refusal))
        {
            return false;
        }

        var flags = (requested.Flags & ~TicketFlags.Changed) | (isChanged ? TicketFlags.Changed : TicketFlags.None);
        grant = new TicketGrant(TicketPolicy.Create(suite.Prf(), flags, payloads), wanted);
        return true;
    }

    /// <summary>IDRkms and IDRi, where given, must be this KMS and the authenticated requester.</summary>
    private static bool TryAddIdentity(
        TicketPolicy requested, IdRole role, IdRolePayload actual, List<MikeyPayload> payloads, ref bool isChanged, out KmsRefusal refusal)
    {
        refusal = default;
        if (!PayloadQueries.TryFindId(requested.Payloads, role, "TP.IDR", out var named, out var failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, failure);
        }

        if (named is not null && !named.NamesSame(actual))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidId, MikeyFault.NotAuthorised, "TP.IDR", named.Offset);
        }

        isChanged |= named is null;
        payloads.Add(actual);
        return true;
    }

    private static bool TryAddValidity(
        TicketPolicy requested, KmsSettings settings, DateTimeOffset utcNow, List<MikeyPayload> payloads, ref bool isChanged, out KmsRefusal refusal)
    {
        refusal = default;
        if (!TicketValidity.TryRead(requested, out var validity, out var failure)
            || !PayloadQueries.TryFindTimestamp(requested.Payloads, TimestampRole.Rekeying, "TP.TRr", out var rekeying, out failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, failure);
        }

        if (rekeying is { Type: not TimestampType.NtpUtc32 })
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadTimestampType, "TP.TRr");
        }

        var limit = WholeSeconds(utcNow + settings.MaxTicketLifetime);
        var start = validity.Start ?? WholeSeconds(utcNow);
        var end = validity.End is { } wanted && wanted <= limit ? wanted : limit;
        if (end <= start || end <= NtpTimestamp.FromUtc(utcNow))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.Expired, "TP.TRe");
        }

        isChanged |= validity.Start != start || validity.End != end;
        payloads.Add(new TimestampRolePayload(TimestampRole.Start, Encode(start)));
        payloads.Add(new TimestampRolePayload(TimestampRole.End, Encode(end)));
        if (rekeying is { } interval)
        {
            payloads.Add(new TimestampRolePayload(TimestampRole.Rekeying, interval));
        }

        return true;
    }

    /// <summary>IDRapp and IDRr as they were asked for; at least one Responder must be named (RFC 6043 section 6.10).</summary>
    private static bool TryAddParties(TicketPolicy requested, List<MikeyPayload> payloads, out KmsRefusal refusal)
    {
        refusal = default;
        AddAll(requested, IdRole.Application, payloads);
        var responders = AddAll(requested, IdRole.Responder, payloads);
        return responders is > 0 and <= MaxResponders
            || KmsRefusal.Set(
                out refusal,
                MikeyErrorNumber.InvalidTicketPolicy,
                responders == 0 ? MikeyFault.MissingPayload : MikeyFault.LimitExceeded,
                "TP.IDRr");
    }

    private static int AddAll(TicketPolicy requested, IdRole role, List<MikeyPayload> payloads)
    {
        var count = 0;
        for (var i = 0; i < requested.Payloads.Count; i++)
        {
            if (requested.Payloads[i] is IdRolePayload id && id.Role == role)
            {
                payloads.Add(id);
                count++;
            }
        }

        return count;
    }

    /// <summary>
    /// The KEMAC of a TP lists the wanted session keys; without one, a single TGK is made (RFC 6043 section 4.2.1.2), which counts as a change.
    /// </summary>
    private static bool TryReadKeys(
        TicketPolicy requested, MikeySuite suite, IRandomSource random, out KeyDataPayload[] wanted, ref bool isChanged, out KmsRefusal refusal)
    {
        wanted = [];
        refusal = default;
        if (!PayloadQueries.TryFindOptional<KemacPayload>(requested.Payloads, "TP.KEMAC", out var kemac, out var failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, failure);
        }

        if (kemac is null)
        {
            var spi = new byte[TransferProfile.SpiBytes];
            random.Fill(spi);
            wanted = [new KeyDataPayload(KeyDataType.Tgk, new byte[suite.KeyBytes()], KeyValidity.Spi(spi))];
            isChanged = true;
        }
        else if (kemac.Encryption != EncryptionAlgorithm.Null || kemac.MacAlgorithm != MacAlgorithm.Null)
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidEncryption, MikeyFault.UnsupportedAlgorithm, "TP.KEMAC", kemac.Offset);
        }
        else if (!KeyDataPayload.TryReadAll(kemac.EncryptedData, MikeyLimits.Default, out wanted, out failure))
        {
            return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, failure);
        }

        var allowsTgk = TicketFlagRules.AllowTgk(requested.Flags);
        for (var i = 0; i < wanted.Length; i++)
        {
            // Salts are not made here: every salt that MIKEY-TICKET needs can be derived.
            var isMade = wanted[i].KeyType is KeyDataType.Tgk or KeyDataType.Tek or KeyDataType.Gtgk;
            if (!isMade
                || (wanted[i].IsTgk && !allowsTgk)
                || wanted[i].Key.Length != suite.KeyBytes()
                || wanted[i].Validity.Type != KeyValidityType.Spi
                || wanted[i].Validity.First.IsEmpty)
            {
                return KmsRefusal.Set(out refusal, MikeyErrorNumber.InvalidTicketPolicy, MikeyFault.BadKeyData, "TP.KEMAC.Key data");
            }
        }

        return true;
    }

    private static NtpTimestamp WholeSeconds(DateTimeOffset utc) => new((ulong)NtpTimestamp.FromUtc(utc).Seconds << 32);

    private static MikeyTimestamp Encode(NtpTimestamp timestamp) =>
        (uint)timestamp.Raw == 0 ? MikeyTimestamp.FromSeconds(timestamp.Seconds) : MikeyTimestamp.FromNtp(timestamp);
}
