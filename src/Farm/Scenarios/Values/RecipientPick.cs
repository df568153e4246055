namespace UeFarm.Farm.Scenarios;

/// <summary>Who is written to: anyone alike, few very often (Zipf), or the next phone in the ring.</summary>
internal enum RecipientPick
{
    Uniform,
    Zipf,
    Ring,
}
