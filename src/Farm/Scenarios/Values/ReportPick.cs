namespace UeFarm.Farm.Scenarios;

/// <summary>Which delivery reports phones ask for.</summary>
internal enum ReportPick
{
    None,
    Negative,
    All,
}
