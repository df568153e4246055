namespace UeFarm.Farm.Report.Comparison;

/// <summary>Which way a figure is better.</summary>
internal enum Direction
{
    /// <summary>Neither: it says what was done, not how well.</summary>
    Neutral,

    LowerIsBetter,

    HigherIsBetter,
}
