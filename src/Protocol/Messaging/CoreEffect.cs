using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>Transmit: send Bytes to Hop; when that fails at once, tell the machine's HandleSendFailure the Token. Count: Fact happened.
/// Locate: find AddressOfRecord and hand the answer to <see cref="ProxyBehavior.HandleLocation"/> with Token. EndForwards: tell every part's
/// <see cref="ProxyBehavior.HandleNewBinding"/> AddressOfRecord and Contact, before what follows is carried out.</summary>
public enum CoreEffectKind : byte
{
    Transmit,
    Count,
    Locate,
    EndForwards,
}

/// <summary>One effect of a core machine; a struct, so that the hot path allocates nothing for it.</summary>
public readonly record struct CoreEffect(
    CoreEffectKind Kind, ReadOnlyMemory<byte> Bytes = default, SipHop Hop = default, CoreFact Fact = default, long Token = 0, string? AddressOfRecord = null,
    string? Contact = null);
