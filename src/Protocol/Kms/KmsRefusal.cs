using UeFarm.Protocol.Mikey;

namespace UeFarm.Protocol.Kms;

/// <summary>Why an authenticated request is refused: the number for the Error message, and the failure for who runs the KMS.</summary>
internal readonly record struct KmsRefusal(MikeyErrorNumber Number, MikeyFailure Failure)
{
    public static bool Set(out KmsRefusal refusal, MikeyErrorNumber number, MikeyFault fault, string field, int offset = MikeyFailure.NoOffset)
    {
        refusal = new KmsRefusal(number, new MikeyFailure(fault, field, offset));
        return false;
    }

    public static bool Set(out KmsRefusal refusal, MikeyErrorNumber number, MikeyFailure failure)
    {
        refusal = new KmsRefusal(number, failure);
        return false;
    }
}
