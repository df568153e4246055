namespace UeFarm.Protocol.Mikey;

/// <summary>
/// Why a message was refused: the fault, the field (named as in the RFCs) and its byte offset in the message, -1 if no single place is to blame.
/// </summary>
public readonly record struct MikeyFailure(MikeyFault Fault, string Field, int Offset)
{
    internal const int NoOffset = -1;

    /// <summary>Sets the failure and returns false, so that a check can be left in one statement.</summary>
    internal static bool Set(out MikeyFailure failure, MikeyFault fault, string field, int offset = NoOffset)
    {
        failure = new MikeyFailure(fault, field, offset);
        return false;
    }
}
