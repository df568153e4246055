namespace UeFarm.Protocol.Sip;

/// <summary>What is wrong and where. StatusCode: what a server answers (400, 413, 505, 513), 0 for "discard" (a response, or nothing to answer).
/// Offset counts bytes from the start of the input; with folded header lines it counts them as unfolded.</summary>
public readonly record struct SipParseFailure(SipParseFault Fault, string Field, int Offset, int StatusCode);
