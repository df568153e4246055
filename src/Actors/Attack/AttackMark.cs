
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Attack;

/// <summary>
/// The Call-ID of an injected MESSAGE: "atk-", the number of its kind, "-", a counter. It is how the farm's own books tell an attack from the
/// network's redelivery; the phone under attack does not look at it.
/// </summary>
internal static class AttackMark
{
    private static ReadOnlySpan<byte> Prefix => "atk-"u8;

    public static string Create(AttackKind kind, long number, string host) => $"atk-{(int)kind}-{number}@{host}";

    /// <summary>The attack that a phone's effect is about; null: none.</summary>
    public static AttackKind? Of(in UeEffect effect) => effect.Request is not null && TryRead(effect.Request.CallId, out var kind) ? kind : null;

    public static bool TryRead(ReadOnlySpan<byte> callId, out AttackKind kind)
    {
        kind = default;
        if (callId.Length < 6 || !callId.StartsWith(Prefix) || callId[5] != (byte)'-')
        {
            return false;
        }

        kind = (AttackKind)(callId[4] - '0');
        return Enum.IsDefined(kind);
    }
}
