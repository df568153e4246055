namespace UeFarm.Farm.Scenarios;

/// <summary>Whether the sender signs the text inside the S/MIME body.</summary>
internal enum SignatureKind
{
    None,
    EcdsaP256,
}
