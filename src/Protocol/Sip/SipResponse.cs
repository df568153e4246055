using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>A parsed response.</summary>
public sealed class SipResponse : SipMessage
{
    private readonly int _reasonStart;
    private readonly int _reasonLength;

    internal SipResponse(byte[] buffer, int start, in SipMessageFacts facts, SipHeaderEntry[] headers)
        : base(buffer, start, facts, headers)
    {
        StatusCode = facts.StatusCode;
        _reasonStart = facts.ReasonStart;
        _reasonLength = facts.ReasonLength;
    }

    /// <summary>100 to 699.</summary>
    public int StatusCode { get; }

    /// <summary>UTF-8 as received; may be empty.</summary>
    public string ReasonPhrase => Encoding.UTF8.GetString(Span.Slice(_reasonStart, _reasonLength));
}
