using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Messaging;

/// <summary>Registration (RFC 3261 section 10, TS 24.229 clause 5.1.1): one REGISTER at a time, one Call-ID per life online.</summary>
public sealed partial class UeBehavior
{
    private const string Allowed = "MESSAGE, OPTIONS, NOTIFY";

    // Resynchronisation of AKA takes two challenges, a nonce that went stale meanwhile a third.
    private const int MaxChallengesPerAttempt = 3;

    private static readonly TimeSpan LongRegistration = TimeSpan.FromSeconds(1200);
    private static readonly TimeSpan RefreshLead = TimeSpan.FromSeconds(600);

    private ulong _bootId;
    private uint _registerSequence;
    private uint _registerExpires;

    /// <summary>Of the REGISTER in flight; 0: none.</summary>
    private long _registerToken;

    /// <summary>The next attempt or refresh.</summary>
    private Instant _registrationDeadline = Instant.Never;
    private Instant _bindingEnds;

    /// <summary>Service-Route of the last 200, ready to be sent as Route. One string for all phones that got the same.</summary>
    private string? _serviceRoute;

    /// <summary>The first of P-Associated-URI where it is not the phone's own public identity.</summary>
    private string? _defaultIdentity;
    private byte _failures;
    private byte _challenges;

    /// <summary>The REGISTER in flight asks for the end of the binding.</summary>
    private bool _isRemoval;

    /// <summary>The phone had a binding when it began to deregister.</summary>
    private bool _wasRegistered;

    [ThreadStatic]
    private static string? _lastServiceRoute;

    /// <summary>The user switches the phone on. Nothing happens when it is on; a phone that is just leaving comes back when it has left.</summary>
    public void GoOnline(Instant now, DateTimeOffset utcNow)
    {
        _durable.WantsOnline = true;
        if (State == UeRegistrationState.Offline)
        {
            StartRegistering(now);
        }

        Pump(now, utcNow);
    }

    /// <summary>
    /// Clean: the binding is taken back first; sends that have not left fail at once, those in flight may still be answered meanwhile. Silent: everything
    /// stops at once, receptions included; their senders get no answer.
    /// </summary>
    public void GoOffline(OfflineKind kind, Instant now, DateTimeOffset utcNow)
    {
        _durable.WantsOnline = false;
        if (kind == OfflineKind.Silent)
        {
            SwitchOff(UeFailureReason.Silent);
            return;
        }

        switch (State)
        {
            case UeRegistrationState.Registering when _registerToken == 0:
                SwitchOff(UeFailureReason.Clean);
                break;
            case UeRegistrationState.Registering:
            case UeRegistrationState.Registered:
                FailSends(SendFailure.Offline, exceptInFlight: true);
                _wasRegistered = State == UeRegistrationState.Registered;
                State = UeRegistrationState.Deregistering;
                _registrationDeadline = Instant.Never;

                // A REGISTER in flight is waited for: two at a time are forbidden (RFC 3261 section 10.2).
                if (_registerToken == 0)
                {
                    Deregister(now);
                }

                break;
            default:
                break;
        }

        Pump(now, utcNow);
    }

    private void StartRegistering(Instant now)
    {
        State = UeRegistrationState.Registering;
        _bootId = _random.NextUInt64();
        _registerSequence = 0;
        _failures = 0;
        BeginAttempt(now);
    }

    private void BeginAttempt(Instant now)
    {
        if (now < _quietUntil)
        {
            _registrationDeadline = _quietUntil;
            return;
        }

        _challenges = 0;
        _registerExpires = (uint)Math.Clamp(_settings.RegistrationExpiry.TotalSeconds, 1, uint.MaxValue);

        // A refresh repeats the credentials of the last challenge where they are still of use (TS 24.229 clause 5.1.1.4.2); a first REGISTER names the
        // private identity only.
        var credentials = State == UeRegistrationState.Registered ? _digest?.CreateHeader(SipMethod.Register, RegistrarUri, default) : null;
        SendRegister(credentials, SipHeaderId.Authorization, now);
    }

    private void Deregister(Instant now)
    {
        if (now < _quietUntil)
        {
            SwitchOff(UeFailureReason.Clean);
            return;
        }

        _challenges = 0;
        _registerExpires = 0;
        _isRemoval = true;
        SendRegister(_digest?.CreateHeader(SipMethod.Register, RegistrarUri, default), SipHeaderId.Authorization, now);
    }

    private string RegistrarUri => "sip:" + _settings.Domain;

    private void SendRegister(string? credentials, SipHeaderId credentialsHeader, Instant now)
    {
        var branch = NextBranch();
        var user = UeAddressing.ContactUserOf(_profile.Index);
        var identity = _profile.PublicIdentity;
        var registrar = RegistrarUri;
        credentials ??= Digest().CreateInitialHeader(_settings.Domain, registrar);
        var parameter = _settings.Transport switch
        {
            SipTransportKind.Tcp => ";transport=tcp",
            SipTransportKind.Udp => ";transport=udp",
            _ => string.Empty,
        };
        var writer = SipWriter.Rent().Request(SipMethod.Register, registrar).Via(_settings.Transport, _settings.ContactHost, branch);
        writer.Header(SipHeaderId.MaxForwards, 70);
        Write(writer, SipHeaderId.From, $"<{identity}>;tag={(uint)_bootId:x8}");
        Write(writer, SipHeaderId.To, $"<{identity}>");
        Write(writer, SipHeaderId.CallId, $"{_bootId:x16}@{_settings.ContactHost}");
        writer.CSeq(++_registerSequence, SipMethod.Register);
        Write(writer, SipHeaderId.Contact, $"<sip:{user}@{_settings.ContactHost}{parameter}>");
        writer.Header(SipHeaderId.Expires, _registerExpires).Header(SipHeaderId.Supported, "path").Header(SipHeaderId.Allow, Allowed);
        var bytes = writer.Header(credentialsHeader, credentials).Finish();

        _registrationDeadline = Instant.Never;
        _registerToken = NextToken();
        Transactions.SendRequest(_registerToken, branch, SipMethod.Register, bytes, _settings.Core, now);
    }

    private void HandleRegisterResponse(SipResponse response, Instant now, DateTimeOffset utcNow)
    {
        _registerToken = 0;
        var status = response.StatusCode;
        var isChallenge = status is 401 or 407;
        var isLeaving = State == UeRegistrationState.Deregistering;
        if (isLeaving && !_isRemoval)
        {
            HandleOvertakenRegister(response, isChallenge, now);
        }
        else if (isChallenge)
        {
            AnswerChallenge(response, now);
        }
        else if (isLeaving)
        {
            FinishLeaving(now);
        }
        else if (status == 423 && TryReadMinimum(response, out var minimum) && minimum > _registerExpires && ++_challenges <= MaxChallengesPerAttempt)
        {
            _registerExpires = minimum;
            SendRegister(_digest?.CreateHeader(SipMethod.Register, RegistrarUri, default), SipHeaderId.Authorization, now);
        }
        else if (status is >= 200 and < 300 && ReadGrantedExpiry(response) is var granted and > 0)
        {
            AcceptRegistration(response, TimeSpan.FromSeconds(granted), now, utcNow);
        }
        else
        {
            TryObeyRetryAfter(response, now);
            FailRegistration(status, status is 408 or (>= 500 and < 600) ? UeFailureReason.Unavailable : UeFailureReason.Refused, now);
        }
    }

    /// <summary>The user switched off while the REGISTER was in flight: only a binding that there is, or was before a refresh, needs to be taken back.</summary>
    private void HandleOvertakenRegister(SipResponse response, bool isChallenge, Instant now)
    {
        if (isChallenge)
        {
            TryTakeChallenge(response, out _);
        }

        if (_wasRegistered || response.StatusCode is >= 200 and < 300)
        {
            Deregister(now);
        }
        else
        {
            FinishLeaving(now);
        }
    }

    /// <summary>A wrong MAC of the network is told with an empty response (TS 24.229 clause 5.1.1.5.3); it may then challenge again.</summary>
    private void AnswerChallenge(SipResponse response, Instant now)
    {
        var isTaken = TryTakeChallenge(response, out var fault) || fault == DigestClientFault.AkaMacMismatch;
        if (!isTaken || ++_challenges > MaxChallengesPerAttempt)
        {
            if (State == UeRegistrationState.Deregistering)
            {
                FinishLeaving(now);
            }
            else
            {
                FailRegistration(response.StatusCode, UeFailureReason.Challenge, now);
            }

            return;
        }

        SendRegister(_digest!.CreateHeader(SipMethod.Register, RegistrarUri, default), _digest.HeaderId, now);
    }

    private void AcceptRegistration(SipResponse response, TimeSpan granted, Instant now, DateTimeOffset utcNow)
    {
        _failures = 0;
        _bindingEnds = now + granted;

        // TS 24.229 clause 5.1.1.4.1: 600 s before the end of a registration of more than 1200 s, else after half of it.
        _registrationDeadline = now + (granted > LongRegistration ? granted - RefreshLead : granted / 2);
        if (granted > LongRegistration && !_answersAhead)
        {
            // Its nonce will be too old by the refresh; the sequence number is in the flash memory.
            _digest = null;
        }

        KeepRoute(response);
        KeepIdentity(response);
        if (State != UeRegistrationState.Registered)
        {
            State = UeRegistrationState.Registered;
            _effects.Enqueue(new UeEffect(UeEffectKind.Registered, Status: 200));
            StartQueuedSends(now, utcNow);
        }
    }

    private void FailRegistration(int status, string reason, Instant now)
    {
        if (State == UeRegistrationState.Deregistering)
        {
            FinishLeaving(now);
            return;
        }

        _failures = (byte)Math.Min(_failures + 1, byte.MaxValue);
        _effects.Enqueue(new UeEffect(UeEffectKind.RegistrationFailed, Status: status, Reason: reason));
        _registrationDeadline = now + BackOff(_failures);
        _registrationDeadline = _registrationDeadline < _quietUntil ? _quietUntil : _registrationDeadline;
        if (State == UeRegistrationState.Registered)
        {
            // The binding stands until it runs out, or until the registrar does not want the phone any more.
            if (reason == UeFailureReason.Refused)
            {
                LoseBinding();
            }
            else
            {
                _registrationDeadline = Instant.Min(_registrationDeadline, _bindingEnds);
            }
        }
    }

    private void HandleRegistrationDeadline(Instant now)
    {
        _registrationDeadline = Instant.Never;
        if (State == UeRegistrationState.Registered && _bindingEnds <= now)
        {
            LoseBinding();
        }

        BeginAttempt(now);
    }

    private void LoseBinding()
    {
        State = UeRegistrationState.Registering;
        _effects.Enqueue(new UeEffect(UeEffectKind.WentOffline, Status: 200, Reason: UeFailureReason.Expired));
    }

    private void FinishLeaving(Instant now)
    {
        SwitchOff(UeFailureReason.Clean);
        if (_durable.WantsOnline)
        {
            StartRegistering(now);
        }
    }

    /// <summary>Deaf and mute from here on: transactions and receptions are forgotten, sends fail.</summary>
    private void SwitchOff(string reason)
    {
        if (State == UeRegistrationState.Offline)
        {
            return;
        }

        var wasRegistered = State == UeRegistrationState.Registered || (State == UeRegistrationState.Deregistering && _wasRegistered);
        State = UeRegistrationState.Offline;
        _wasRegistered = false;
        _isRemoval = false;
        _transactions = null;
        _registerToken = 0;
        _registrationDeadline = Instant.Never;
        FailSends(SendFailure.Offline);
        ForgetReceptions();
        _effects.Enqueue(new UeEffect(UeEffectKind.WentOffline, Status: wasRegistered ? 200 : 0, Reason: reason));
    }

    /// <summary>Seconds granted to the phone's own Contact: its expires parameter, else the Expires header, else what was asked for (RFC 3261 section 10.2.4).
    /// 0: the phone's Contact is not among those listed.</summary>
    private uint ReadGrantedExpiry(SipResponse response)
    {
        var contacts = response.GetValues(SipHeaderId.Contact);
        var isListed = contacts.Count == 0;
        var user = UeAddressing.ContactUserOf(_profile.Index);
        foreach (var contact in contacts)
        {
            if (SipNameAddress.View(contact) is not { } address || !IsOwnContact(address.UriText, user))
            {
                continue;
            }

            if (address.TryGetParameter("expires"u8, out var value) && TryReadSeconds(value, out var seconds))
            {
                return seconds;
            }

            isListed = true;
        }

        return !isListed ? 0
            : response.TryGetHeader(SipHeaderId.Expires, out var header) && TryReadSeconds(header, out var general) ? general
            : _registerExpires;
    }

    /// <summary>sip:user@host:port with any parameters. A binding left behind by another node has the same user and another host.</summary>
    private bool IsOwnContact(ReadOnlySpan<byte> uri, string user)
    {
        var host = _settings.ContactHost;
        return uri.Length >= 4 + user.Length + 1 + host.Length
            && Ascii.EqualsIgnoreCase(uri[..4], "sip:"u8)
            && Ascii.Equals(uri.Slice(4, user.Length), user)
            && uri[4 + user.Length] == '@'
            && Ascii.EqualsIgnoreCase(uri.Slice(5 + user.Length, host.Length), host)
            && (uri.Length == 5 + user.Length + host.Length || uri[5 + user.Length + host.Length] == ';');
    }

    /// <summary>Replaced as a whole by each 200 (RFC 3608 section 5).</summary>
    private void KeepRoute(SipResponse response)
    {
        var values = response.GetValues(SipHeaderId.ServiceRoute);
        if (values.Count == 0)
        {
            _serviceRoute = null;
            return;
        }

        // Compared before a string is made: nearly all phones get the same route again and again.
        var last = _serviceRoute ?? _lastServiceRoute;
        if (values.Count == 1 && last is not null && Ascii.Equals(values[0].Span, last))
        {
            _serviceRoute = last;
            return;
        }

        var route = string.Join(", ", values.Select(value => Encoding.UTF8.GetString(value.Span)));
        _serviceRoute = _lastServiceRoute = route == _lastServiceRoute ? _lastServiceRoute : route;
    }

    /// <summary>The first associated identity is the default one (RFC 7315 section 4.1).</summary>
    private void KeepIdentity(SipResponse response)
    {
        _defaultIdentity = null;
        var identities = response.GetValues(SipHeaderId.PAssociatedUri);
        if (identities.Count > 0 && SipNameAddress.View(identities[0]) is { } first && !Ascii.Equals(first.UriText, _profile.PublicIdentity))
        {
            _defaultIdentity = Encoding.UTF8.GetString(first.UriText);
        }
    }

    private static bool TryReadMinimum(SipResponse response, out uint minimum)
    {
        minimum = 0;
        return response.TryGetHeader(SipHeaderId.MinExpires, out var value) && TryReadSeconds(value, out minimum);
    }
}
