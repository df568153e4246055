namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>Finds the payloads that a message must or may hold; what nobody asks for is skipped (RFC 6043 section 4.2.2.2).</summary>
internal static class PayloadQueries
{
    public static bool TryFindOne<T>(IReadOnlyList<MikeyPayload> payloads, string field, out T? payload, out MikeyFailure failure)
        where T : MikeyPayload
    {
        if (!TryFindOptional(payloads, field, out payload, out failure))
        {
            return false;
        }

        return payload is not null || MikeyFailure.Set(out failure, MikeyFault.MissingPayload, field);
    }

    public static bool TryFindOptional<T>(IReadOnlyList<MikeyPayload> payloads, string field, out T? payload, out MikeyFailure failure)
        where T : MikeyPayload
    {
        payload = null;
        failure = default;
        for (var i = 0; i < payloads.Count; i++)
        {
            if (payloads[i] is T candidate)
            {
                if (payload is not null)
                {
                    return MikeyFailure.Set(out failure, MikeyFault.DuplicatePayload, field, candidate.Offset);
                }

                payload = candidate;
            }
        }

        return true;
    }

    /// <summary>The only IDR of a role, or null.</summary>
    public static bool TryFindId(IReadOnlyList<MikeyPayload> payloads, IdRole role, string field, out IdRolePayload? id, out MikeyFailure failure)
    {
        id = null;
        failure = default;
        for (var i = 0; i < payloads.Count; i++)
        {
            if (payloads[i] is IdRolePayload candidate && candidate.Role == role)
            {
                if (id is not null)
                {
                    return MikeyFailure.Set(out failure, MikeyFault.DuplicatePayload, field, candidate.Offset);
                }

                id = candidate;
            }
        }

        return true;
    }

    /// <summary>The only TR of a role, or null.</summary>
    public static bool TryFindTimestamp(
        IReadOnlyList<MikeyPayload> payloads, TimestampRole role, string field, out MikeyTimestamp? timestamp, out MikeyFailure failure)
    {
        timestamp = null;
        failure = default;
        for (var i = 0; i < payloads.Count; i++)
        {
            if (payloads[i] is TimestampRolePayload candidate && candidate.Role == role)
            {
                if (timestamp is not null)
                {
                    return MikeyFailure.Set(out failure, MikeyFault.DuplicatePayload, field, candidate.Offset);
                }

                timestamp = candidate.Timestamp;
            }
        }

        return true;
    }

    /// <summary>The only RANDR of a role, or null.</summary>
    public static bool TryFindRand(IReadOnlyList<MikeyPayload> payloads, RandRole role, string field, out RandRolePayload? rand, out MikeyFailure failure)
    {
        rand = null;
        failure = default;
        for (var i = 0; i < payloads.Count; i++)
        {
            if (payloads[i] is RandRolePayload candidate && candidate.Role == role)
            {
                if (rand is not null)
                {
                    return MikeyFailure.Set(out failure, MikeyFault.DuplicatePayload, field, candidate.Offset);
                }

                rand = candidate;
            }
        }

        return true;
    }

    /// <summary>The only V, which must be the last payload, so that its MAC covers all others.</summary>
    public static bool TryFindVerification(
        IReadOnlyList<MikeyPayload> payloads, string field, out VerificationPayload? verification, out MikeyFailure failure)
    {
        if (!TryFindOne(payloads, field, out verification, out failure))
        {
            return false;
        }

        return ReferenceEquals(payloads[^1], verification)
            || MikeyFailure.Set(out failure, MikeyFault.MisplacedPayload, field, verification!.Offset);
    }
}
