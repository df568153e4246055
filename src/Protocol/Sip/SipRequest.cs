namespace UeFarm.Protocol.Sip;

/// <summary>A parsed request. Its Request-URI has been checked; of a scheme other than sip, sips and tel it is opaque.</summary>
public sealed class SipRequest : SipMessage
{
    private readonly int _methodLength;
    private readonly int _uriStart;
    private readonly int _uriLength;
    private SipUri? _uri;

    internal SipRequest(byte[] buffer, int start, in SipMessageFacts facts, SipHeaderEntry[] headers)
        : base(buffer, start, facts, headers)
    {
        Method = facts.Method;
        MaxForwards = facts.MaxForwards;
        _methodLength = facts.MethodLength;
        _uriStart = facts.RequestUriStart;
        _uriLength = facts.RequestUriLength;
    }

    public SipMethod Method { get; }

    /// <summary>0 to 255; -1 when the header is absent.</summary>
    public int MaxForwards { get; }

    public ReadOnlySpan<byte> MethodToken => Span[.._methodLength];

    public ReadOnlySpan<byte> RequestUriText => Span.Slice(_uriStart, _uriLength);

    /// <summary>Made at the first call, then kept.</summary>
    public SipUri RequestUri
    {
        get
        {
            if (_uri is null && SipUri.TryParse(RequestUriText, out var uri))
            {
                _uri = uri;
            }

            return _uri!;
        }
    }
}
