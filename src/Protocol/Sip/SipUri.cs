using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>
/// A checked URI: sip and sips (RFC 3261 section 19.1), tel (RFC 3966, the number is <see cref="User"/>, there is no host), or any other scheme kept
/// as opaque text. Immutable; owns its text. Equality is that of section 19.1.4, which is not transitive.
/// </summary>
public sealed class SipUri : IEquatable<SipUri>
{
    /// <summary>Bytes of a URI at most.</summary>
    public const int MaxLength = 4096;

    /// <summary>Parameters at most, and as many headers; comparing two URIs is quadratic in them.</summary>
    public const int MaxParameters = 64;

    private readonly string _text;
    private readonly SipUriLayout _layout;
    private string? _user;
    private string? _host;
    private string? _addressOfRecord;

    private SipUri(string text, in SipUriLayout layout)
    {
        _text = text;
        _layout = layout;
    }

    public SipUriKind Kind => _layout.Kind;

    /// <summary>In lower case.</summary>
    public string Scheme => Kind switch
    {
        SipUriKind.Sip => "sip",
        SipUriKind.Sips => "sips",
        SipUriKind.Tel => "tel",
        _ => _text[.._layout.SchemeLength].ToLowerInvariant(),
    };

    /// <summary>Unescaped, without the password; the number as written for tel; null when absent.</summary>
    public string? User => _layout.HasUser ? _user ??= SipUriText.Unescape(UserText) : null;

    /// <summary>In lower case, IPv6 in brackets; empty for tel and other schemes.</summary>
    public string Host => _host ??= Slice(_layout.HostStart, _layout.HostLength).ToString().ToLowerInvariant();

    /// <summary>0: none given.</summary>
    public int Port => _layout.Port;

    /// <summary>True when a "?name=value" part follows, which a Request-URI must not have.</summary>
    public bool HasHeaders => _layout.HeadersStart > 0;

    /// <summary>The unescaped value, null for a parameter without one. Names are compared without case.</summary>
    public bool TryGetParameter(string name, out string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        var found = SipUriText.TryFind(Parameters, ';', name, out var raw, out var hasValue);
        value = found && hasValue ? SipUriText.Unescape(raw) : null;
        return found;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = SipUriLayout.TryScan(text, out var layout) ? new SipUri(Encoding.ASCII.GetString(text), layout) : null;
        return uri is not null;
    }

    /// <summary>For texts of our own; a malformed one is an ArgumentException.</summary>
    public static SipUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(Encoding.UTF8.GetBytes(text), out var uri) ? uri : throw new ArgumentException("Not a URI: " + text, nameof(text));
    }

    /// <summary>
    /// "sip:user@host", host in lower case, no port, no parameters: the key of registrar and mailboxes; "tel:number" without visual separators;
    /// the text itself for other schemes. Interpretation: RFC 3261 section 10.3 wants escapes undone; those of characters that may not stand in a
    /// user part stay (in upper case), so that the result is a URI again. sips gives the same key as sip (RFC 5630 section 3.3: one resource).
    /// </summary>
    public string ToAddressOfRecord() => _addressOfRecord ??= Kind switch
    {
        SipUriKind.Sip or SipUriKind.Sips when !_layout.HasUser => "sip:" + Host,
        SipUriKind.Sip or SipUriKind.Sips => "sip:" + SipUriText.NormalizeUser(UserText) + "@" + Host,
        SipUriKind.Tel => "tel:" + SipUriText.RemoveVisualSeparators(UserText),
        _ => _text,
    };

    public bool Equals(SipUri? other)
    {
        if (other is null || Kind != other.Kind)
        {
            return false;
        }

        // Also what keeps a URI equal to itself that repeats a parameter with another value.
        if (string.Equals(_text, other._text, StringComparison.Ordinal))
        {
            return true;
        }

        return Kind switch
        {
            SipUriKind.Sip or SipUriKind.Sips => Port == other.Port
                && _layout.HasUser == other._layout.HasUser
                && SipUriText.EquivalentEscaped(UserText, other.UserText, ignoreCase: false)
                && SipUriText.EquivalentEscaped(Password, other.Password, ignoreCase: false)
                && HostEquals(other)
                && SipUriText.EquivalentParameters(Parameters, other.Parameters)
                && SipUriText.EquivalentHeaders(Headers, other.Headers),
            // RFC 3966 section 3: the numbers are compared without visual separators, and parameters must be the same on both sides.
            SipUriKind.Tel => string.Equals(ToAddressOfRecord(), other.ToAddressOfRecord(), StringComparison.OrdinalIgnoreCase)
                && SipUriText.SameParameters(Parameters, other.Parameters),
            _ => string.Equals(Scheme, other.Scheme, StringComparison.Ordinal)
                && _text.AsSpan(_layout.SchemeLength).SequenceEqual(other._text.AsSpan(other._layout.SchemeLength)),
        };
    }

    public override bool Equals(object? obj) => Equals(obj as SipUri);

    // Only what must be equal in equal URIs: parameters may be absent on one side. IPv6 texts differ for one address, so such hosts do not count.
    public override int GetHashCode() => Kind switch
    {
        SipUriKind.Sip or SipUriKind.Sips => HashCode.Combine(Kind, User, Port, Host.StartsWith('[') ? "[" : Host),
        SipUriKind.Tel => string.GetHashCode(ToAddressOfRecord(), StringComparison.OrdinalIgnoreCase),
        _ => HashCode.Combine(Scheme, string.GetHashCode(_text.AsSpan(_layout.SchemeLength), StringComparison.Ordinal)),
    };

    /// <summary>The text as received.</summary>
    public override string ToString() => _text;

    private ReadOnlySpan<char> UserText => Slice(_layout.UserStart, _layout.UserLength);

    private ReadOnlySpan<char> Password => Slice(_layout.PasswordStart, _layout.PasswordLength);

    private ReadOnlySpan<char> Parameters => Slice(_layout.ParametersStart, _layout.ParametersLength);

    private ReadOnlySpan<char> Headers => Slice(_layout.HeadersStart, _layout.HeadersLength);

    private ReadOnlySpan<char> Slice(int start, int length) => _text.AsSpan(start, length);

    private bool HostEquals(SipUri other) => string.Equals(Host, other.Host, StringComparison.Ordinal)
        || (Host.StartsWith('[') && other.Host.StartsWith('[')
            && IPAddress.TryParse(Host, out var left) && IPAddress.TryParse(other.Host, out var right) && left.Equals(right));
}
