using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The phone's side of digest and AKA: keeps SQN_MS, the nonce count and the last challenge for reuse. One per phone, not safe
/// to share between threads.
/// Interpretation: a phone answers the topmost challenge it supports (RFC 8760 section 2.4), where a SHA-256 subscriber supports
/// SHA-256 and MD5, an MD5 subscriber MD5 and an AKA subscriber AKAv1-MD5 only.
/// </summary>
public sealed class DigestClient
{
    private const int MaxNonceLength = 512;
    private const int StackBytes = 2048;
    private const int MaxNonceBytes = MaxNonceLength / 4 * 3;

    [ThreadStatic]
    private static string? _sharedRealm;

    private readonly SubscriberCredentials _credentials;
    private readonly IRandomSource _random;
    private string? _realm;
    private string? _nonce;
    private string? _opaque;
    private ulong _res;
    private uint _nonceCount;
    private State _state;
    private DigestAlgorithm _algorithm;
    private DigestQop _qop;

    /// <summary>The private identity stands between quotes on the wire: no quote, backslash or control character.</summary>
    public DigestClient(SubscriberCredentials credentials, IRandomSource random)
    {
        RequireQuotable(credentials.PrivateIdentity, nameof(credentials));
        _credentials = credentials;
        _random = random;
    }

    private enum State : byte
    {
        NoChallenge,
        Ready,
        Resynchronise,
        MacFailed,
    }

    /// <summary>Where the header goes: Authorization, or Proxy-Authorization after a 407.</summary>
    public SipHeaderId HeaderId { get; private set; } = SipHeaderId.Authorization;

    /// <summary>The highest SQN accepted; 48 bits. Survives a restart of the phone when its owner keeps it.</summary>
    public ulong SqnMs { get; set; }

    /// <summary>Takes the best supported challenge of a 401 or 407. False: see fault. AKA with SQN out of range: the next header
    /// carries auts. AKA with a wrong MAC: the next header has an empty response.</summary>
    public bool TryAccept(SipResponse response, out DigestClientFault fault)
    {
        var isProxy = response.StatusCode == 407;
        var id = isProxy ? SipHeaderId.ProxyAuthenticate : SipHeaderId.WwwAuthenticate;
        HeaderId = isProxy ? SipHeaderId.ProxyAuthorization : SipHeaderId.Authorization;
        fault = DigestClientFault.Malformed;
        for (var index = 0; index < response.HeaderCount; index++)
        {
            var header = response.GetHeader(index);
            if (header.Id != id || !DigestChallenge.TryParse(header.Value, out var challenge))
            {
                continue;
            }

            if (Supports(challenge, out var algorithm))
            {
                return TryAccept(challenge, algorithm, out fault);
            }

            fault = DigestClientFault.UnsupportedAlgorithm;
        }

        _state = State.NoChallenge;
        return false;
    }

    /// <summary>Takes one challenge, from wherever it came.</summary>
    internal bool TryAccept(DigestChallenge challenge, out DigestClientFault fault)
    {
        fault = DigestClientFault.UnsupportedAlgorithm;
        return Supports(challenge, out var algorithm) && TryAccept(challenge, algorithm, out fault);
    }

    /// <summary>What the first REGISTER of an IMS phone carries to name its private identity: empty nonce and response.</summary>
    public string CreateInitialHeader(string realm, string requestUri) =>
        $"Digest username=\"{_credentials.PrivateIdentity}\",realm=\"{realm}\",nonce=\"\",uri=\"{requestUri}\",response=\"\"";

    /// <summary>The value for Authorization (or Proxy-Authorization after a 407); null while there is no challenge. Counts nc up.</summary>
    public string? CreateHeader(SipMethod method, string requestUri, ReadOnlySpan<byte> body)
    {
        Span<byte> cnonce = stackalloc byte[16];
        WriteHex(_random.NextUInt64(), cnonce);
        return CreateHeader(method, requestUri, body, cnonce);
    }

    internal string? CreateHeader(SipMethod method, string requestUri, ReadOnlySpan<byte> body, ReadOnlySpan<byte> cnonce)
    {
        if (_state == State.NoChallenge)
        {
            return null;
        }

        if (_state == State.MacFailed)
        {
            return $"Digest username=\"{_credentials.PrivateIdentity}\",realm=\"{_realm}\",nonce=\"{_nonce}\",uri=\"{requestUri}\","
                + $"response=\"\",algorithm={DigestNames.Of(_algorithm)}";
        }

        _nonceCount++;
        Span<byte> countText = stackalloc byte[8];
        WriteHex(_nonceCount, countText);
        Span<byte> hex = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = ComputeResponse(method, requestUri, body, cnonce, countText, hex);
        return WriteHeader(requestUri, cnonce, countText, hex[..length]);
    }

    private int ComputeResponse(
        SipMethod method, string requestUri, ReadOnlySpan<byte> body, ReadOnlySpan<byte> cnonce, ReadOnlySpan<byte> countText, Span<byte> hex)
    {
        Span<byte> ha1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var password = _state == State.Resynchronise || _algorithm == DigestAlgorithm.AkaV1Md5 ? string.Empty : _credentials.Password ?? string.Empty;
        var methodName = SipMethods.NameOf(method);
        var room = Encoding.UTF8.GetMaxByteCount(
            _credentials.PrivateIdentity.Length + _realm!.Length + _nonce!.Length + requestUri.Length + methodName.Length + password.Length);
        room += Milenage.ResLength;
        var rest = room <= StackBytes ? stackalloc byte[StackBytes] : new byte[room];
        var secret = Encode(password, ref rest);
        if (_state == State.Ready && _algorithm == DigestAlgorithm.AkaV1Md5)
        {
            secret = rest[..Milenage.ResLength];
            BinaryPrimitives.WriteUInt64BigEndian(secret, _res);
            rest = rest[Milenage.ResLength..];
        }

        // With auts the password is empty (RFC 3310 section 3.4).
        var ha1Length = DigestCalculator.ComputeHa1(_algorithm, Encode(_credentials.PrivateIdentity, ref rest), Encode(_realm, ref rest), secret, ha1);
        return DigestCalculator.ComputeResponse(
            _algorithm, ha1[..ha1Length], Encode(_nonce, ref rest), _qop, countText, cnonce, Encode(methodName, ref rest), Encode(requestUri, ref rest),
            body, hex);
    }

    private static Span<byte> Encode(string text, ref Span<byte> rest)
    {
        var written = Encoding.UTF8.GetBytes(text, rest);
        var result = rest[..written];
        rest = rest[written..];
        return result;
    }

    private string WriteHeader(string requestUri, ReadOnlySpan<byte> cnonce, ReadOnlySpan<byte> countText, ReadOnlySpan<byte> response)
    {
        var text = new HeaderTextBuilder(stackalloc char[640]);
        text.Append("Digest username=\"");
        text.Append(_credentials.PrivateIdentity);
        text.Append("\",realm=\"");
        text.Append(_realm);
        text.Append("\",nonce=\"");
        text.Append(_nonce);
        text.Append("\",uri=\"");
        text.Append(requestUri);
        text.Append("\",response=\"");
        text.AppendUtf8(response);
        text.Append("\",algorithm=");
        text.Append(DigestNames.Of(_algorithm));
        if (_qop != DigestQop.None)
        {
            text.Append(",qop=");
            text.AppendUtf8(DigestNames.BytesOf(_qop));
            text.Append(",nc=");
            text.AppendUtf8(countText);
            text.Append(",cnonce=\"");
            text.AppendUtf8(cnonce);
            text.Append("\"");
        }

        if (_opaque is not null)
        {
            text.Append(",opaque=\"");
            text.Append(_opaque);
            text.Append("\"");
        }

        if (_state == State.Resynchronise)
        {
            AppendAuts(ref text);
        }

        return text.Finish();
    }

    private void AppendAuts(ref HeaderTextBuilder text)
    {
        Span<byte> challenge = stackalloc byte[MaxNonceBytes];
        Span<byte> auts = stackalloc byte[AkaVector.AutsLength];
        Convert.TryFromBase64String(_nonce!, challenge, out _);
        AkaVector.WriteAuts(_credentials, challenge[..AkaVector.RandLength], SqnMs, auts);
        text.Append(",auts=\"");
        text.AppendBase64(auts);
        text.Append("\"");
    }

    private bool TryAccept(DigestChallenge challenge, DigestAlgorithm algorithm, out DigestClientFault fault)
    {
        _state = State.NoChallenge;
        fault = DigestClientFault.Malformed;
        var state = State.Ready;
        if (algorithm == DigestAlgorithm.AkaV1Md5 && !TryOpenAka(challenge.Nonce, out state))
        {
            return false;
        }

        KeepRealm(challenge.Realm);
        _nonce = challenge.Nonce;
        _opaque = challenge.Opaque;
        _qop = challenge.Qop;
        _algorithm = algorithm;
        _nonceCount = 0;
        _state = state;
        fault = state == State.MacFailed ? DigestClientFault.AkaMacMismatch : DigestClientFault.None;
        return state != State.MacFailed;
    }

    /// <summary>RFC 3310 section 3.3. An SQN that is accepted is used up, whatever becomes of the registration.</summary>
    private bool TryOpenAka(string nonce, out State state)
    {
        state = State.NoChallenge;
        Span<byte> challenge = stackalloc byte[MaxNonceBytes];
        if (nonce.Length > MaxNonceLength || !Convert.TryFromBase64String(nonce, challenge, out var length) || length < AkaVector.ChallengeLength)
        {
            return false;
        }

        Span<byte> res = stackalloc byte[Milenage.ResLength];
        if (!AkaVector.TryOpenChallenge(_credentials, challenge[..AkaVector.ChallengeLength], res, out var sqn))
        {
            state = State.MacFailed;
        }
        else if (sqn <= SqnMs)
        {
            state = State.Resynchronise;
        }
        else
        {
            SqnMs = sqn;
            _res = BinaryPrimitives.ReadUInt64BigEndian(res);
            state = State.Ready;
        }

        return true;
    }

    private bool Supports(DigestChallenge challenge, out DigestAlgorithm algorithm)
    {
        Span<byte> token = stackalloc byte[32];
        algorithm = DigestAlgorithm.Md5;
        if (challenge.Algorithm is { } name && (!Encoding.UTF8.TryGetBytes(name, token, out var length)
            || !DigestNames.TryParseAlgorithm(token[..length], out algorithm)))
        {
            return false;
        }

        return _credentials.Algorithm == algorithm || (_credentials.Algorithm == DigestAlgorithm.Sha256 && algorithm == DigestAlgorithm.Md5);
    }

    /// <summary>All phones of a farm are in one realm: they share its string.</summary>
    private void KeepRealm(string realm)
    {
        if (_sharedRealm != realm)
        {
            _sharedRealm = realm;
        }

        _realm = _sharedRealm;
    }

    private static void WriteHex(ulong value, Span<byte> digits) =>
        value.TryFormat(digits, out _, digits.Length == 8 ? "x8" : "x16", CultureInfo.InvariantCulture);

    private static void RequireQuotable(string text, string name)
    {
        foreach (var character in text)
        {
            if (character is '"' or '\\' or < ' ' or '\x7f')
            {
                throw new ArgumentException("the private identity contains a character that cannot stand in a quoted string", name);
            }
        }
    }
}
