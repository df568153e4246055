namespace UeFarm.Protocol.Sip;

/// <summary>What the parser learned about a message; offsets count from the first byte of the start line.</summary>
internal struct SipMessageFacts
{
    public bool IsRequest;
    public SipMethod Method;
    public int MethodLength;
    public int RequestUriStart;
    public int RequestUriLength;
    public int StatusCode;
    public int ReasonStart;
    public int ReasonLength;
    public int Length;
    public int BodyStart;
    public int TopViaIndex;
    public SipViaLayout TopVia;
    public int FromIndex;
    public int ToIndex;
    public int CallIdIndex;
    public uint CSeqNumber;
    public SipMethod CSeqMethod;
    public int MaxForwards;
}
