namespace UeFarm.Farm.Scenarios;

/// <summary>The content cipher of the S/MIME body.</summary>
internal enum EncryptionKind
{
    Aes128Gcm,
    Aes256Gcm,
    Aes128Ccm,
    Aes256Ccm,
}
