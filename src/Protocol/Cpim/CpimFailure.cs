namespace UeFarm.Protocol.Cpim;

/// <summary>Why a body was refused: the fault, the header or element, and the byte offset in the body; -1 where no single place is to blame.</summary>
public readonly record struct CpimFailure(CpimFault Fault, string Field, int Offset)
{
    /// <summary>Sets the failure and returns false, so that a check can be left in one statement.</summary>
    internal static bool Set(out CpimFailure failure, CpimFault fault, string field, int offset = -1)
    {
        failure = new CpimFailure(fault, field, offset);
        return false;
    }
}
