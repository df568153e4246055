using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>One Via value as views into the message's bytes (RFC 3261 section 20.42, RFC 3581).</summary>
public readonly struct SipVia
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly SipViaLayout _layout;

    internal SipVia(ReadOnlyMemory<byte> text, in SipViaLayout layout)
    {
        _text = text;
        _layout = layout;
    }

    /// <summary>Empty when absent.</summary>
    public ReadOnlySpan<byte> Branch => Slice(_layout.BranchStart, _layout.BranchLength);

    /// <summary>TCP, UDP ... as received.</summary>
    public ReadOnlySpan<byte> Transport => Slice(_layout.TransportStart, _layout.TransportLength);

    /// <summary>host[:port] as received.</summary>
    public ReadOnlySpan<byte> SentBy => Slice(_layout.SentByStart, _layout.SentByLength);

    /// <summary>The host of sent-by, IPv6 in brackets.</summary>
    public ReadOnlySpan<byte> Host => Slice(_layout.SentByStart, _layout.HostLength);

    /// <summary>The port of sent-by; 0: none given.</summary>
    public int Port => _layout.Port;

    /// <summary>Empty when absent; IPv6 with or without brackets (RFC 5118 section 4.5).</summary>
    public ReadOnlySpan<byte> Received => Slice(_layout.ReceivedStart, _layout.ReceivedLength);

    /// <summary>-1: absent; 0: present and empty.</summary>
    public int RPort => _layout.RPort;

    /// <summary>True when the branch is unique as RFC 3261 section 8.1.1.7 promises: the cookie and something after it (RFC 4475 section 3.2.1).</summary>
    public bool HasMagicCookie => Branch.Length > 7 && Ascii.EqualsIgnoreCase(Branch[..7], "z9hG4bK"u8);

    /// <summary>Reads one value, for example an element of GetValues(Via); keeps a view of the memory.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> text, out SipVia via)
    {
        var good = SipViaLayout.TryScan(text.Span, out var layout) && layout.End == text.Length;
        via = good ? new SipVia(text, layout) : default;
        return good;
    }

    private ReadOnlySpan<byte> Slice(int start, int length) => _text.Span.Slice(start, length);
}
