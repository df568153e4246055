namespace UeFarm.Farm.Scenarios;

/// <summary>Protection of the message body; signature, cipher and key transport mean something for <see cref="BodyKind.Smime"/> only.</summary>
internal sealed record SecurityOptions(BodyKind Body, SignatureKind Sign, EncryptionKind Encrypt, KeyTransport Keys);
