namespace UeFarm.Farm.Scenarios;

/// <summary>How a phone goes offline: with a de-registration, or without a word.</summary>
internal enum CutKind
{
    Clean,
    Silent,
}
