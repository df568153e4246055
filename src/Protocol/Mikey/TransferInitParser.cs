using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>The strict reading of a TRANSFER_INIT: each rule here needs no key and no configuration.</summary>
internal static class TransferInitParser
{
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out ReceivedTransferInit? received, out MikeyFailure failure)
    {
        received = null;
        if (!MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out var message, out failure))
        {
            return false;
        }

        if (message!.Header.DataType != MikeyDataType.TransferInit)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadDataType, "HDR.data type", 1);
        }

        var payloads = message.Payloads;
        if (!PayloadQueries.TryFindOne<TimestampPayload>(payloads, "T", out var timestamp, out failure)
            || !TryFindRandI(payloads, out var rand, out failure)
            || !PayloadQueries.TryFindOne<TicketPayload>(payloads, "TICKET", out var ticket, out failure)
            || !PayloadQueries.TryFindOptional<KemacPayload>(payloads, "KEMAC", out var kemac, out failure)
            || !PayloadQueries.TryFindVerification(payloads, "V", out var verification, out failure)
            || !TryFindIdentity(payloads, IdRole.Initiator, "IDRi", out var initiator, out var initiatorUri, out failure)
            || !TryFindIdentity(payloads, IdRole.Responder, "IDRr", out var responder, out var responderUri, out failure))
        {
            return false;
        }

        if (timestamp!.Timestamp.Type == TimestampType.Counter)
        {
            // A counter has no age, and out of order delivery would make "greater than the last" refuse good messages.
            return MikeyFailure.Set(out failure, MikeyFault.BadTimestampType, "T.TS type", timestamp.Offset + 1);
        }

        if (!TryCheckAlgorithms(message.Header, ticket!, kemac, verification!, rand!, out var suite, out failure)
            || !TryCheckFlags(ticket!, kemac, verification!, out failure)
            || !TryCheckMap(message.Header.Map, payloads, out failure))
        {
            return false;
        }

        received = new ReceivedTransferInit(
            message, suite, timestamp.Timestamp, rand!, initiator!, responder!, ticket!, kemac, verification!, initiatorUri, responderUri);
        return true;
    }

    private static bool TryFindRandI(IReadOnlyList<MikeyPayload> payloads, out RandRolePayload? rand, out MikeyFailure failure)
    {
        if (!PayloadQueries.TryFindRand(payloads, RandRole.Initiator, "RANDRi", out rand, out failure))
        {
            return false;
        }

        return rand is not null || MikeyFailure.Set(out failure, MikeyFault.MissingPayload, "RANDRi");
    }

    /// <summary>Both identities are required here, since the MAC covers them and a guess from elsewhere could differ by a byte.</summary>
    private static bool TryFindIdentity(
        IReadOnlyList<MikeyPayload> payloads, IdRole role, string field, out IdRolePayload? id, out string uri, out MikeyFailure failure)
    {
        uri = string.Empty;
        if (!PayloadQueries.TryFindId(payloads, role, field, out id, out failure))
        {
            return false;
        }

        if (id is null)
        {
            return MikeyFailure.Set(out failure, MikeyFault.MissingPayload, field);
        }

        return (id.IdType == IdType.Uri && !id.Data.IsEmpty && MikeyReader.TryDecodeText(id.Data.Span, out uri))
            || MikeyFailure.Set(out failure, MikeyFault.BadIdentity, field, id.Offset);
    }

    /// <summary>One suite throughout, nothing NULL, and RANDRi as long as the keys (RFC 6043 section 12.1; with G=0 it stands alone).</summary>
    private static bool TryCheckAlgorithms(
        MikeyHeader header, TicketPayload ticket, KemacPayload? kemac, VerificationPayload verification, RandRolePayload rand,
        out MikeySuite suite, out MikeyFailure failure)
    {
        failure = default;
        if (!MikeySuites.TryFind(header.Prf, verification.Algorithm, out suite))
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "V.Auth alg", verification.Offset + 1);
        }

        if (ticket.Policy.Prf != header.Prf)
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "TICKET.PRF func", ticket.Offset + 5);
        }

        if (kemac is not null && (kemac.Encryption != suite.Encryption() || kemac.MacAlgorithm != MacAlgorithm.Null))
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "KEMAC.Encr alg", kemac.Offset + 1);
        }

        return rand.Rand.Length >= suite.KeyBytes() || MikeyFailure.Set(out failure, MikeyFault.BadLength, "RANDRi.RAND", rand.Offset + 2);
    }

    private static bool TryCheckFlags(TicketPayload ticket, KemacPayload? kemac, VerificationPayload verification, out MikeyFailure failure)
    {
        failure = default;
        var flags = ticket.Policy.Flags;
        if (!TicketFlagRules.AreConsistent(flags))
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadFlags, "TICKET.flags", ticket.Offset + 5);
        }

        if (kemac is not null && !flags.Has(TicketFlags.InitiatorKeys))
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadFlags, "KEMAC", kemac.Offset);
        }

        if (!flags.Has(TicketFlags.Forking))
        {
            // The MAC does not cover Initiator Data: without this rule a copy could differ from the original and still verify.
            return ticket.InitiatorData.IsEmpty
                || MikeyFailure.Set(out failure, MikeyFault.BadFlags, "TICKET.Initiator Data length", ticket.InitiatorDataLengthOffset);
        }

        if (!InitiatorData.TryRead(ticket.InitiatorData, out var data, out failure))
        {
            failure = failure with { Offset = ticket.InitiatorDataLengthOffset };
            return false;
        }

        return data!.Algorithm == verification.Algorithm
            || MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "Initiator Data.Auth alg", ticket.InitiatorDataLengthOffset);
    }

    /// <summary>SRTP-ID must not be used here; the Empty map goes without policies; a session refers to policies that are there, each one once.</summary>
    private static bool TryCheckMap(CsIdMap map, IReadOnlyList<MikeyPayload> payloads, out MikeyFailure failure)
    {
        const int TypeOffset = 9;
        failure = default;
        switch (map)
        {
            case EmptyCsIdMap empty:
                return (empty.SessionCount == 0 && CountPolicies(payloads, null) == 0)
                    || MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.CS ID map", TypeOffset);
            case GenericIdMap generic:
                for (var i = 0; i < generic.Sessions.Count; i++)
                {
                    var session = generic.Sessions[i];
                    if (IsRepeated(generic.Sessions, i) || !RefersToPolicies(session, payloads))
                    {
                        return MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.CS ID map", TypeOffset);
                    }
                }

                return generic.Sessions.Count > 0 || MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.#CS", TypeOffset - 1);
            default:
                return MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.CS ID map type", TypeOffset);
        }
    }

    /// <summary>Compares with the sessions before it; their number is small (<see cref="MikeyLimits.MaxCryptoSessions"/>).</summary>
    private static bool IsRepeated(IReadOnlyList<GenericIdSession> sessions, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (sessions[i].CsId == sessions[index].CsId)
            {
                return true;
            }
        }

        return false;
    }

    private static bool RefersToPolicies(GenericIdSession session, IReadOnlyList<MikeyPayload> payloads)
    {
        foreach (var number in session.Policies.Span)
        {
            if (CountPolicies(payloads, number) != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static int CountPolicies(IReadOnlyList<MikeyPayload> payloads, byte? number)
    {
        var count = 0;
        for (var i = 0; i < payloads.Count; i++)
        {
            if (payloads[i] is SecurityPolicyPayload policy && (number is null || policy.PolicyNumber == number))
            {
                count++;
            }
        }

        return count;
    }
}
