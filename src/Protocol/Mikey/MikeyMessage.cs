using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>A decoded message. Header and payloads borrow <see cref="Bytes"/>, over which every MAC is verified; they must not change.</summary>
internal sealed record MikeyMessage(MikeyHeader Header, IReadOnlyList<MikeyPayload> Payloads, ReadOnlyMemory<byte> Bytes);
