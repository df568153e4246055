using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// The phone's side of Ticket Resolve with a PSK (RFC 6043 section 4.2.3). One instance per exchange in progress; not thread-safe. Disposing it clears
/// the PSK.
/// </summary>
public sealed class TicketResolveExchange : IDisposable
{
    private readonly ReceivedTransferInit _received;
    private readonly string _responder;
    private readonly string _kms;
    private readonly KeyMaterial _psk;
    private KmsRequestState? _request;

    /// <param name="received">The message whose ticket is to be resolved.</param>
    /// <param name="responder">SIP URI of this phone; also names its PSK.</param>
    /// <param name="kms">SIP URI of the KMS.</param>
    /// <param name="psk">16 or 32 bytes, as the suite of the message says.</param>
    /// <exception cref="ArgumentException">The PSK does not fit the suite.</exception>
    public TicketResolveExchange(ReceivedTransferInit received, string responder, string kms, ReadOnlyMemory<byte> psk)
    {
        ArgumentException.ThrowIfNullOrEmpty(responder);
        ArgumentException.ThrowIfNullOrEmpty(kms);
        ArgumentOutOfRangeException.ThrowIfNotEqual(psk.Length, received.Suite.KeyBytes(), nameof(psk));
        _received = received;
        _responder = responder;
        _kms = kms;
        _psk = new KeyMaterial(psk.Span);
    }

    /// <summary>RESOLVE_INIT_PSK. Calling it again starts over; an answer to an earlier message then no longer fits.</summary>
    public byte[] CreateInit(DateTimeOffset utcNow, IRandomSource random)
    {
        var suite = _received.Suite;
        var randR = new byte[suite.KeyBytes()];
        random.Fill(randR);
        var stamp = new MessageStamp(suite, (uint)random.NextUInt64(), MikeyTimestamp.FromNtp(NtpTimestamp.FromUtc(utcNow)));
        var responder = IdRolePayload.Uri(IdRole.Responder, _responder);
        var kms = IdRolePayload.Uri(IdRole.Kms, _kms);
        var pskName = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, responder.Data);
        var message = TicketResolveMessages.EncodeInit(stamp, randR, responder, kms, _received.Ticket, pskName, _psk.Span);
        _request = new KmsRequestState(stamp, default, randR, message);
        return message;
    }

    /// <summary>Takes RESOLVE_RESP, or an Error message, which gives a failure. After a failure another answer may be tried.</summary>
    /// <exception cref="InvalidOperationException">No request was made.</exception>
    public bool TryComplete(ReadOnlyMemory<byte> response, out ResolvedTicket? ticket, out MikeyFailure failure)
    {
        ticket = null;
        if (_request is not { } request)
        {
            throw new InvalidOperationException("Nothing was requested yet.");
        }

        if (!request.TryVerify(response, MikeyDataType.ResolveResp, _psk.Span, out var message, out var keys, out failure))
        {
            return false;
        }

        using (keys)
        {
            var isForked = _received.Ticket.Policy.Flags.Has(TicketFlags.Forking);
            if (!TryReadModifier(message!, isForked, out var modifier, out failure)
                || !TryReadInitiator(_received.Ticket.Policy, out var initiator, out failure)
                || !TicketValidity.TryRead(_received.Ticket.Policy, out var validity, out failure)
                || !ReceivedKeys.TryOpen(message!, keys!, isForked, out var received, out failure))
            {
                return false;
            }

            ticket = new ResolvedTicket(_received, initiator, validity, received!, modifier);
            return true;
        }
    }

    public void Dispose() => _psk.Dispose();

    private static bool TryReadInitiator(TicketPolicy policy, out string initiator, out MikeyFailure failure)
    {
        initiator = string.Empty;
        if (!PayloadQueries.TryFindId(policy.Payloads, IdRole.Initiator, "TP.IDRi", out var id, out failure))
        {
            return false;
        }

        return (id is not null && MikeyReader.TryDecodeText(id.Data.Span, out initiator))
            || MikeyFailure.Set(out failure, MikeyFault.BadIdentity, "TP.IDRi");
    }

    /// <summary>With key forking, IDRr and RANDRkms must be there; without, they have no meaning.</summary>
    private static bool TryReadModifier(MikeyMessage message, bool isForked, out ForkModifier? modifier, out MikeyFailure failure)
    {
        modifier = null;
        failure = default;
        if (!isForked)
        {
            return true;
        }

        if (!PayloadQueries.TryFindId(message.Payloads, IdRole.Responder, "IDRr", out var responder, out failure)
            || !PayloadQueries.TryFindRand(message.Payloads, RandRole.Kms, "RANDRkms", out var rand, out failure))
        {
            return false;
        }

        if (responder is null || rand is null)
        {
            return MikeyFailure.Set(out failure, MikeyFault.MissingPayload, responder is null ? "IDRr" : "RANDRkms");
        }

        modifier = new ForkModifier(responder, rand);
        return true;
    }
}
