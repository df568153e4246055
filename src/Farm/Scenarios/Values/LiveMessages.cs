namespace UeFarm.Farm.Scenarios;

/// <summary>Whether a message for a phone that is being drained waits behind its stored ones or overtakes them.</summary>
internal enum LiveMessages
{
    BehindDrain,
    Bypass,
}
