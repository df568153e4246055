using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The network's side of digest and AKA for a part of the subscribers: challenges without state per challenge, verification,
/// replay protection by nonce count, resynchronisation. Not safe to share between threads.
/// </summary>
public sealed class DigestServer
{
    /// <summary>The longest address of record that can be challenged, in characters.</summary>
    public const int MaxScopeLength = 256;

    private const int MaxPasswordBytes = 1024;
    private const int MaxDraws = 8;

    private readonly DigestServerSettings _settings;
    private readonly byte[] _realm;
    private readonly NonceIssuer _nonces;
    private readonly NonceWindow _window;
    private readonly AkaVectorSource _aka = new();

    /// <summary>Takes 32 random bytes for its key.</summary>
    public DigestServer(DigestServerSettings settings, IRandomSource random)
    {
        _settings = settings;
        _realm = Encoding.UTF8.GetBytes(settings.Realm);
        _nonces = new NonceIssuer(random);
        _window = new NonceWindow(settings.NonceSlots);
    }

    public string Realm => _settings.Realm;

    /// <summary>
    /// Checks credentials for a request with <paramref name="method"/>. Scope: the address of record that was challenged.
    /// A nonce is used up only by a right response, so that nobody else can spoil it.
    /// Interpretation: a nonce without qop, which has no count, works once.
    /// </summary>
    public DigestVerdict Verify(
        in DigestAuthorization authorization, SubscriberCredentials credentials, ReadOnlySpan<byte> method, string scope, ReadOnlySpan<byte> body, Instant now)
    {
        if (authorization.Nonce.IsEmpty || authorization.Response.IsEmpty || !authorization.Realm.SequenceEqual(_realm)
            || !DigestNames.TryParseAlgorithm(authorization.Algorithm, out var algorithm) || !Offers(credentials, algorithm))
        {
            return DigestVerdict.NoCredentials;
        }

        Span<byte> nonce = stackalloc byte[AkaVector.ChallengeLength];
        var isAka = algorithm == DigestAlgorithm.AkaV1Md5;
        if (!TryDecode(authorization.Nonce, nonce, isAka ? AkaVector.ChallengeLength : NonceIssuer.PasswordNonceBytes))
        {
            return DigestVerdict.NoCredentials;
        }

        var issuedPart = nonce[..(isAka ? AkaVector.RandLength : NonceIssuer.PasswordNonceBytes)];
        var isOurs = _nonces.TryOpen(issuedPart, scope, out var number, out var issued);
        if (!IsResponseRight(authorization, algorithm, credentials, nonce, method, body))
        {
            return isOurs ? DigestVerdict.WrongResponse : DigestVerdict.NoCredentials;
        }

        var count = authorization.Qop == DigestQop.None ? uint.MaxValue : authorization.NonceCount;
        if (!isOurs || now - issued > _settings.NonceLifetime || !_window.TryUse(number, count))
        {
            return DigestVerdict.Stale;
        }

        return isAka && !authorization.Auts.IsEmpty ? Resynchronise(authorization, credentials, issuedPart) : DigestVerdict.Accepted;
    }

    /// <summary>The challenges for a 401 or 407, best first; the second is null for all but SHA-256 subscribers (RFC 8760 section 2.3).</summary>
    public (string First, string? Second) CreateChallenges(
        SubscriberCredentials credentials, string scope, bool stale, Instant now, DateTimeOffset utcNow)
    {
        if (credentials.Algorithm == DigestAlgorithm.AkaV1Md5)
        {
            Span<byte> challenge = stackalloc byte[AkaVector.ChallengeLength];
            WriteAkaChallenge(credentials, scope, now, utcNow, challenge);
            return (WriteChallenge(challenge, DigestAlgorithm.AkaV1Md5, stale), null);
        }

        Span<byte> nonce = stackalloc byte[NonceIssuer.PasswordNonceBytes];
        _nonces.Issue(nonce, scope, now);
        var md5 = WriteChallenge(nonce, DigestAlgorithm.Md5, stale);
        return credentials.Algorithm == DigestAlgorithm.Sha256 ? (WriteChallenge(nonce, DigestAlgorithm.Sha256, stale), md5) : (md5, null);
    }

    /// <summary>The value of Authentication-Info for credentials that were accepted: the proof that the server knows the password too
    /// (RFC 7616 section 3.5, RFC 3310 section 3.5). Null without qop.</summary>
    public static string? CreateAuthenticationInfo(in DigestAuthorization authorization, SubscriberCredentials credentials, ReadOnlySpan<byte> responseBody)
    {
        if (authorization.Qop == DigestQop.None || !DigestNames.TryParseAlgorithm(authorization.Algorithm, out var algorithm))
        {
            return null;
        }

        Span<byte> nonce = stackalloc byte[AkaVector.ChallengeLength];
        if (algorithm == DigestAlgorithm.AkaV1Md5 && !TryDecode(authorization.Nonce, nonce, AkaVector.ChallengeLength))
        {
            return null;
        }

        Span<byte> proof = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = ComputeResponse(authorization, algorithm, credentials, nonce, default, responseBody, proof);
        var text = new HeaderTextBuilder(stackalloc char[256]);
        text.Append("qop=");
        text.AppendUtf8(DigestNames.BytesOf(authorization.Qop));
        text.Append(",rspauth=\"");
        text.AppendUtf8(proof[..length]);
        text.Append("\",cnonce=\"");
        text.AppendUtf8(authorization.Cnonce);
        text.Append("\",nc=");
        text.AppendUtf8(authorization.NonceCountText);
        return text.Finish();
    }

    /// <summary>
    /// Some clients (SIPp) keep RES as a text that a zero byte ends, so one registration in 32 would fail. A RAND whose RES has no
    /// zero byte serves them and costs 0.05 bits of RES; after a few draws any will do.
    /// </summary>
    private void WriteAkaChallenge(SubscriberCredentials credentials, string scope, Instant now, DateTimeOffset utcNow, Span<byte> challenge)
    {
        Span<byte> rand = stackalloc byte[AkaVector.RandLength];
        Span<byte> res = stackalloc byte[Milenage.ResLength];
        var sqn = _aka.NextSqn(credentials.PrivateIdentity, utcNow);
        for (var draw = 0; draw < MaxDraws; draw++)
        {
            _nonces.Issue(rand, scope, now);
            AkaVector.WriteChallenge(credentials, rand, sqn, challenge, res);
            if (!res.Contains((byte)0))
            {
                return;
            }
        }
    }

    private DigestVerdict Resynchronise(in DigestAuthorization authorization, SubscriberCredentials credentials, ReadOnlySpan<byte> rand)
    {
        Span<byte> auts = stackalloc byte[AkaVector.AutsLength];
        if (!TryDecode(authorization.Auts, auts, AkaVector.AutsLength) || !AkaVector.TryOpenAuts(credentials, rand, auts, out var sqnMs))
        {
            return DigestVerdict.ResynchronisationRefused;
        }

        _aka.Resynchronise(credentials.PrivateIdentity, sqnMs);
        return DigestVerdict.Resynchronised;
    }

    private static bool IsResponseRight(
        in DigestAuthorization authorization, DigestAlgorithm algorithm, SubscriberCredentials credentials, ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> method, ReadOnlySpan<byte> body)
    {
        Span<byte> expected = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = ComputeResponse(authorization, algorithm, credentials, nonce, method, body, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..length], authorization.Response);
    }

    private static int ComputeResponse(
        in DigestAuthorization authorization, DigestAlgorithm algorithm, SubscriberCredentials credentials, ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, Span<byte> hex)
    {
        Span<byte> ha1 = stackalloc byte[DigestCalculator.MaxHexLength];
        Span<byte> password = stackalloc byte[MaxPasswordBytes];
        var passwordLength = 0;
        if (algorithm != DigestAlgorithm.AkaV1Md5)
        {
            passwordLength = Encoding.UTF8.GetBytes(credentials.Password, password);
        }
        else if (authorization.Auts.IsEmpty)
        {
            AkaVector.WriteExpectedResponse(credentials, nonce[..AkaVector.RandLength], password);
            passwordLength = Milenage.ResLength;
        }

        // With AUTS the password is empty (RFC 3310 section 3.4).
        var ha1Length = DigestCalculator.ComputeHa1(algorithm, authorization.Username, authorization.Realm, password[..passwordLength], ha1);
        CryptographicOperations.ZeroMemory(password[..passwordLength]);
        return DigestCalculator.ComputeResponse(
            algorithm, ha1[..ha1Length], authorization.Nonce, authorization.Qop, authorization.NonceCountText, authorization.Cnonce, method,
            authorization.Uri, body, hex);
    }

    private static bool Offers(SubscriberCredentials credentials, DigestAlgorithm algorithm) =>
        credentials.Algorithm == algorithm || (credentials.Algorithm == DigestAlgorithm.Sha256 && algorithm == DigestAlgorithm.Md5);

    private static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> destination, int length)
    {
        Span<byte> buffer = stackalloc byte[48];
        if (base64.Length != (length + 2) / 3 * 4 || Base64.DecodeFromUtf8(base64, buffer, out _, out var written) != System.Buffers.OperationStatus.Done
            || written != length)
        {
            return false;
        }

        buffer[..length].CopyTo(destination);
        return true;
    }

    private string WriteChallenge(ReadOnlySpan<byte> nonce, DigestAlgorithm algorithm, bool stale)
    {
        var text = new HeaderTextBuilder(stackalloc char[256]);
        text.Append("Digest realm=\"");
        text.Append(_settings.Realm);
        text.Append("\",nonce=\"");
        text.AppendBase64(nonce);
        text.Append("\",algorithm=");
        text.Append(DigestNames.Of(algorithm));
        text.Append(",qop=\"auth\"");
        if (stale)
        {
            text.Append(",stale=true");
        }

        return text.Finish();
    }
}
