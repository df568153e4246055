using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// The phone's side of Ticket Request with a PSK (RFC 6043 section 4.2.1). One instance per exchange in progress; not thread-safe. Disposing it clears
/// the PSK.
/// </summary>
public sealed class TicketRequestExchange : IDisposable
{
    private const TicketFlags WantedFlags = TicketFlags.HalfRoundTrip;

    private readonly string _initiator;
    private readonly string _responder;
    private readonly string _kms;
    private readonly KeyMaterial _psk;
    private readonly MikeySuite _suite;
    private readonly TimeSpan _lifetime;
    private readonly bool _isReusable;
    private readonly byte[] _spi = new byte[TransferProfile.SpiBytes];
    private KmsRequestState? _request;
    private TicketValidity _wanted;

    /// <param name="initiator">SIP URI of this phone; also names its PSK.</param>
    /// <param name="responder">SIP URI of the recipient.</param>
    /// <param name="kms">SIP URI of the KMS.</param>
    /// <param name="psk">16 or 32 bytes, as the suite says.</param>
    /// <param name="suite">For the exchange and for the ticket.</param>
    /// <param name="lifetime">How long the ticket shall be valid; whole seconds, at least one.</param>
    /// <param name="reusable">Whether it shall serve more than one message (J).</param>
    /// <exception cref="ArgumentException">The PSK does not fit the suite.</exception>
    public TicketRequestExchange(string initiator, string responder, string kms, ReadOnlyMemory<byte> psk, MikeySuite suite, TimeSpan lifetime, bool reusable)
    {
        ArgumentException.ThrowIfNullOrEmpty(initiator);
        ArgumentException.ThrowIfNullOrEmpty(responder);
        ArgumentException.ThrowIfNullOrEmpty(kms);
        ArgumentOutOfRangeException.ThrowIfNotEqual(psk.Length, suite.KeyBytes(), nameof(psk));
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        _initiator = initiator;
        _responder = responder;
        _kms = kms;
        _psk = new KeyMaterial(psk.Span);
        _suite = suite;
        _lifetime = lifetime;
        _isReusable = reusable;
    }

    /// <summary>REQUEST_INIT_PSK. Calling it again starts over; an answer to an earlier message then no longer fits.</summary>
    public byte[] CreateInit(DateTimeOffset utcNow, IRandomSource random)
    {
        var randI = new byte[_suite.KeyBytes()];
        random.Fill(randI);
        random.Fill(_spi);
        var start = NtpTimestamp.FromUtc(utcNow);
        var end = NtpTimestamp.FromUtc(utcNow + _lifetime);

        // NTP-UTC-32 drops the fraction: TRs is not after T, and TRe not later than what was asked for.
        _wanted = new TicketValidity(new NtpTimestamp((ulong)start.Seconds << 32), new NtpTimestamp((ulong)end.Seconds << 32));
        var stamp = new MessageStamp(_suite, (uint)random.NextUInt64(), MikeyTimestamp.FromNtp(start));
        var initiator = IdRolePayload.Uri(IdRole.Initiator, _initiator);
        var kms = IdRolePayload.Uri(IdRole.Kms, _kms);
        var pskName = new IdRolePayload(IdRole.PreSharedKey, IdType.ByteString, initiator.Data);
        var message = TicketRequestMessages.EncodeInit(stamp, randI, initiator, kms, Policy(initiator, kms, start, end), pskName, _psk.Span);
        _request = new KmsRequestState(stamp, randI, default, message);
        return message;
    }

    /// <summary>Takes REQUEST_RESP, or an Error message, which gives a failure. After a failure another answer may be tried.</summary>
    /// <exception cref="InvalidOperationException">No request was made.</exception>
    public bool TryComplete(ReadOnlyMemory<byte> response, out GrantedTicket? ticket, out MikeyFailure failure)
    {
        ticket = null;
        if (_request is not { } request)
        {
            throw new InvalidOperationException("Nothing was requested yet.");
        }

        if (!request.TryVerify(response, MikeyDataType.RequestResp, _psk.Span, out var message, out var keys, out failure))
        {
            return false;
        }

        using (keys)
        {
            if (!PayloadQueries.TryFindOne<TicketPayload>(message!.Payloads, "TICKET", out var payload, out failure)
                || !TryCheckGranted(payload!, out var validity, out failure)
                || !ReceivedKeys.TryOpen(message, keys!, isForked: false, out var received, out failure))
            {
                return false;
            }

            if (received!.SessionKeys is not [{ Type: KeyDataType.Tgk } tgk] || !tgk.Spi.Span.SequenceEqual(_spi))
            {
                received.Dispose();
                return MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "KEMAC.Key data");
            }

            ticket = new GrantedTicket(_suite, _initiator, _responder, payload!, validity, received);
            return true;
        }
    }

    public void Dispose() => _psk.Dispose();

    private TicketPolicy Policy(IdRolePayload initiator, IdRolePayload kms, NtpTimestamp start, NtpTimestamp end)
    {
        // In a requested policy a KEMAC only tells which keys are wanted: NULL algorithms, zeros for the key, and its SPI (RFC 6043 section 6.10).
        var wanted = new KeyDataPayload(KeyDataType.Tgk, new byte[_suite.KeyBytes()], KeyValidity.Spi(_spi));
        var flags = WantedFlags | (_isReusable ? TicketFlags.Reusable : TicketFlags.None);
        return TicketPolicy.Create(_suite.Prf(), flags,
        [
            kms,
            initiator,
            new TimestampRolePayload(TimestampRole.Start, MikeyTimestamp.FromSeconds(start.Seconds)),
            new TimestampRolePayload(TimestampRole.End, MikeyTimestamp.FromSeconds(end.Seconds)),
            new KemacPayload(EncryptionAlgorithm.Null, KeyTransport.Encode([wanted])),
            IdRolePayload.Uri(IdRole.Responder, _responder),
        ]);
    }

    /// <summary>The granted policy may give less than was asked for, never other or more (RFC 6043 section 4.2.1.2).</summary>
    private bool TryCheckGranted(TicketPayload ticket, out TicketValidity validity, out MikeyFailure failure)
    {
        validity = default;
        var policy = ticket.Policy;
        if (!policy.IsBaseTicket || !ticket.InitiatorData.IsEmpty)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadTicket, "TICKET", ticket.Offset);
        }

        if (policy.Prf != _suite.Prf()
            || !TransferProfile.HasProfileFlags(policy.Flags)
            || (policy.Flags.Has(TicketFlags.Reusable) && !_isReusable))
        {
            return MikeyFailure.Set(out failure, MikeyFault.PolicyNotAcceptable, "TICKET.flags", ticket.Offset + 5);
        }

        if (!PayloadQueries.TryFindId(policy.Payloads, IdRole.Initiator, "TP.IDRi", out var initiator, out failure)
            || !PayloadQueries.TryFindId(policy.Payloads, IdRole.Responder, "TP.IDRr", out var responder, out failure)
            || !TicketValidity.TryRead(policy, out validity, out failure))
        {
            return false;
        }

        if (initiator is null || !initiator.NamesSame(IdRolePayload.Uri(IdRole.Initiator, _initiator))
            || responder is null || !responder.NamesSame(IdRolePayload.Uri(IdRole.Responder, _responder)))
        {
            return MikeyFailure.Set(out failure, MikeyFault.IdentityMismatch, "TP.IDR", ticket.Offset);
        }

        var isWithin = validity.Start is { } start && validity.End is { } end
            && start >= _wanted.Start!.Value && end <= _wanted.End!.Value && start <= end;
        return isWithin || MikeyFailure.Set(out failure, MikeyFault.PolicyNotAcceptable, "TP.TR", ticket.Offset);
    }
}
