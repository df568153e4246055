using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>A value of From, To, Contact, Route and their like: display name, URI, header parameters. Immutable. Obtained from a message it is a view
/// that keeps the message's bytes alive; obtained from <see cref="TryParse"/> it owns a copy.</summary>
public sealed class SipNameAddress
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly SipNameAddressLayout _layout;
    private SipUri? _uri;

    private SipNameAddress(ReadOnlyMemory<byte> text, in SipNameAddressLayout layout)
    {
        _text = text;
        _layout = layout;
    }

    /// <summary>Without quotes and backslashes; null when absent or empty.</summary>
    public string? DisplayName
    {
        get
        {
            var display = _text.Span.Slice(_layout.DisplayStart, _layout.DisplayLength);
            return display.IsEmpty || display.SequenceEqual("\"\""u8) ? null : Unquote(display);
        }
    }

    public SipUri Uri
    {
        get
        {
            if (_uri is null && SipUri.TryParse(UriText, out var uri))
            {
                _uri = uri;
            }

            return _uri!;
        }
    }

    /// <summary>The URI as received, without the brackets.</summary>
    public ReadOnlySpan<byte> UriText => _text.Span.Slice(_layout.UriStart, _layout.UriLength);

    /// <summary>The tag parameter; empty when absent.</summary>
    public ReadOnlySpan<byte> Tag => TryGetParameter("tag"u8, out var tag) ? tag : default;

    /// <summary>Header parameters: tag, expires, q ... Quotes are removed; null for a parameter without value.</summary>
    public bool TryGetParameter(string name, out string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> bytes = stackalloc byte[64];
        value = null;
        if (!Encoding.UTF8.TryGetBytes(name, bytes, out var length) || !TryGetParameter(bytes[..length], out var raw))
        {
            return false;
        }

        value = raw.IsEmpty ? null : Unquote(raw);
        return true;
    }

    /// <summary>The value as received (quotes kept), empty without one. Names are compared without case.</summary>
    public bool TryGetParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new SipParameterReader(_text.Span, _layout.ParametersStart);
        while (reader.TryRead())
        {
            if (Ascii.EqualsIgnoreCase(reader.Name, name))
            {
                value = reader.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out SipNameAddress? address)
    {
        address = SipNameAddressLayout.TryScan(text, out var layout) ? new SipNameAddress(text.ToArray(), layout) : null;
        return address is not null;
    }

    /// <summary>The whole value as received.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_text.Span);

    /// <summary>A view of text that stays unchanged; null when malformed.</summary>
    internal static SipNameAddress? View(ReadOnlyMemory<byte> text) =>
        SipNameAddressLayout.TryScan(text.Span, out var layout) ? new SipNameAddress(text, layout) : null;

    private static string Unquote(ReadOnlySpan<byte> text)
    {
        if (text[0] != '"')
        {
            return Encoding.UTF8.GetString(text);
        }

        text = text[1..^1];
        if (!text.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(text);
        }

        var bytes = new byte[text.Length];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
            bytes[length++] = text[at];
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
