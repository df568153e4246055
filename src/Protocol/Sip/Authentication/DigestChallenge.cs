using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>One challenge of a WWW-Authenticate or Proxy-Authenticate header (RFC 7616 section 3.3).</summary>
public sealed class DigestChallenge
{
    private DigestChallenge(string realm, string nonce)
    {
        Realm = realm;
        Nonce = nonce;
    }

    public string Realm { get; }

    public string Nonce { get; }

    /// <summary>Null: absent, which means MD5.</summary>
    public string? Algorithm { get; private init; }

    public string? Opaque { get; private init; }

    /// <summary>The nonce was too old, the password was right (RFC 7616 section 3.3).</summary>
    public bool Stale { get; private init; }

    /// <summary>Auth where it is offered, else auth-int, else none (a server before RFC 2617).</summary>
    public DigestQop Qop { get; private init; }

    /// <summary>False: another scheme than Digest, a syntax error, no realm or no nonce, or only qop values that are not known.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, [NotNullWhen(true)] out DigestChallenge? challenge)
    {
        challenge = null;
        if (!DigestParameterReader.TryOpen(value, out var reader))
        {
            return false;
        }

        ReadOnlySpan<byte> realm = default, nonce = default, algorithm = default, opaque = default, qop = default;
        bool hasRealm = false, hasNonce = false, hasOpaque = false, hasQop = false, stale = false;
        while (reader.TryRead(out var name, out var text))
        {
            if (Ascii.EqualsIgnoreCase(name, "realm"u8))
            {
                realm = text;
                hasRealm = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "nonce"u8))
            {
                nonce = text;
                hasNonce = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "algorithm"u8))
            {
                algorithm = text;
            }
            else if (Ascii.EqualsIgnoreCase(name, "opaque"u8))
            {
                opaque = text;
                hasOpaque = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "qop"u8))
            {
                qop = text;
                hasQop = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "stale"u8))
            {
                stale = Ascii.EqualsIgnoreCase(text, "true"u8);
            }
        }

        var chosen = ChooseQop(qop);
        if (reader.IsMalformed || !hasRealm || !hasNonce || (hasQop && chosen == DigestQop.None))
        {
            return false;
        }

        challenge = new DigestChallenge(Encoding.UTF8.GetString(realm), Encoding.UTF8.GetString(nonce))
        {
            Algorithm = algorithm.IsEmpty ? null : Encoding.UTF8.GetString(algorithm),
            Opaque = hasOpaque ? Encoding.UTF8.GetString(opaque) : null,
            Stale = stale,
            Qop = chosen,
        };
        return true;
    }

    private static DigestQop ChooseQop(ReadOnlySpan<byte> list)
    {
        var best = DigestQop.None;
        foreach (var range in list.Split((byte)','))
        {
            var token = list[range].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(token, "auth"u8))
            {
                return DigestQop.Auth;
            }

            if (Ascii.EqualsIgnoreCase(token, "auth-int"u8))
            {
                best = DigestQop.AuthInt;
            }
        }

        return best;
    }
}
