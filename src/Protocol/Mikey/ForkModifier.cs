using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>What makes forked keys differ from Responder to Responder (RFC 6043 section 5.1.1): IDRr and RANDRkms of RESOLVE_RESP.</summary>
internal sealed record ForkModifier(IdRolePayload Responder, RandRolePayload RandKms);
