namespace UeFarm.Farm.Scenarios;

/// <summary>What a MESSAGE carries: text as it is, or S/MIME with the key in a TRANSFER_INIT.</summary>
internal enum BodyKind
{
    Plain,
    Smime,
}
