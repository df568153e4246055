using System.Buffers.Text;
using System.Text;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The credentials of an Authorization or Proxy-Authorization header (RFC 7616 section 3.4, RFC 3310 section 3.2), as views into
/// the header's value, which must outlive this. Quoted and unquoted forms are read alike. Empty spans: absent or empty.
/// </summary>
public readonly ref struct DigestAuthorization
{
    private DigestAuthorization(
        ReadOnlySpan<byte> username, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> response,
        ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> cnonce, ReadOnlySpan<byte> nonceCountText, ReadOnlySpan<byte> auts, DigestQop qop, uint nonceCount)
    {
        Username = username;
        Realm = realm;
        Nonce = nonce;
        Uri = uri;
        Response = response;
        Algorithm = algorithm;
        Cnonce = cnonce;
        NonceCountText = nonceCountText;
        Auts = auts;
        Qop = qop;
        NonceCount = nonceCount;
    }

    public ReadOnlySpan<byte> Username { get; }

    public ReadOnlySpan<byte> Realm { get; }

    public ReadOnlySpan<byte> Nonce { get; }

    /// <summary>digest-uri; need not equal the Request-URI after proxies (RFC 8760 section 2.6).</summary>
    public ReadOnlySpan<byte> Uri { get; }

    public ReadOnlySpan<byte> Response { get; }

    public ReadOnlySpan<byte> Algorithm { get; }

    public ReadOnlySpan<byte> Cnonce { get; }

    /// <summary>nc as sent, 8 hex digits; it is hashed in this form.</summary>
    public ReadOnlySpan<byte> NonceCountText { get; }

    public uint NonceCount { get; }

    public DigestQop Qop { get; }

    /// <summary>AKA resynchronisation, base64 of 14 bytes.</summary>
    public ReadOnlySpan<byte> Auts { get; }

    /// <summary>False: another scheme, a syntax error, a parameter given twice, no username, or qop without nc and cnonce.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out DigestAuthorization authorization)
    {
        authorization = default;
        if (!DigestParameterReader.TryOpen(value, out var reader))
        {
            return false;
        }

        ReadOnlySpan<byte> username = default, realm = default, nonce = default, uri = default, response = default;
        ReadOnlySpan<byte> algorithm = default, cnonce = default, count = default, auts = default, qopToken = default;
        var seen = 0;
        while (reader.TryRead(out var name, out var text))
        {
            var bit = IndexOf(name);
            if (bit < 0)
            {
                continue;
            }

            if ((seen & (1 << bit)) != 0)
            {
                return false;
            }

            seen |= 1 << bit;
            switch (bit)
            {
                case 0: username = text; break;
                case 1: realm = text; break;
                case 2: nonce = text; break;
                case 3: uri = text; break;
                case 4: response = text; break;
                case 5: algorithm = text; break;
                case 6: cnonce = text; break;
                case 7: count = text; break;
                case 8: auts = text; break;
                default: qopToken = text; break;
            }
        }

        if (reader.IsMalformed || username.IsEmpty || !DigestNames.TryParseQop(qopToken, out var qop) || !TryParseCount(qop, count, cnonce, out var nonceCount))
        {
            return false;
        }

        authorization = new DigestAuthorization(username, realm, nonce, uri, response, algorithm, cnonce, count, auts, qop, nonceCount);
        return true;
    }

    private static bool TryParseCount(DigestQop qop, ReadOnlySpan<byte> text, ReadOnlySpan<byte> cnonce, out uint count)
    {
        count = 0;
        return qop == DigestQop.None
            || (text.Length == 8 && !cnonce.IsEmpty && Utf8Parser.TryParse(text, out count, out var used, 'x') && used == 8);
    }

    private static int IndexOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Ascii.EqualsIgnoreCase(name, "nc"u8) => 7,
        3 when Ascii.EqualsIgnoreCase(name, "uri"u8) => 3,
        3 when Ascii.EqualsIgnoreCase(name, "qop"u8) => 9,
        4 when Ascii.EqualsIgnoreCase(name, "auts"u8) => 8,
        5 when Ascii.EqualsIgnoreCase(name, "realm"u8) => 1,
        5 when Ascii.EqualsIgnoreCase(name, "nonce"u8) => 2,
        6 when Ascii.EqualsIgnoreCase(name, "cnonce"u8) => 6,
        8 when Ascii.EqualsIgnoreCase(name, "username"u8) => 0,
        8 when Ascii.EqualsIgnoreCase(name, "response"u8) => 4,
        9 when Ascii.EqualsIgnoreCase(name, "algorithm"u8) => 5,
        _ => -1,
    };
}
