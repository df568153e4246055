namespace UeFarm.Protocol.Sip;

/// <summary>What <see cref="SipStreamFramer"/> found at the start of a stream's buffer.</summary>
public enum SipFrameStatus : byte
{
    NeedMore,
    Complete,
    KeepAlive,
    Invalid,
}
