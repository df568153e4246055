namespace UeFarm.Farm.Console;

/// <summary>What the live view shows.</summary>
internal enum LiveScreenKind
{
    Overview,
    Parts,
    Rejections,
    Help,
}
