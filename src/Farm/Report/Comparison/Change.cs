namespace UeFarm.Farm.Report.Comparison;

/// <summary>How a figure of the second run stands to the first.</summary>
internal enum Change
{
    /// <summary>The same, or so near that it says nothing.</summary>
    Same,

    Better,

    Worse,

    /// <summary>Other, but neither better nor worse.</summary>
    Different,

    /// <summary>One of the runs has no such figure.</summary>
    OneSided,
}
