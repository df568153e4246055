namespace UeFarm.Farm.Report.Stored;

/// <summary>Why a folder cannot be read: where, what is wrong, what to do.</summary>
internal sealed record StoredRunFault(string Place, string Problem, string Remedy)
{
    public string Format() => $"{Place}: {Problem}\n    remedy:  {Remedy}";
}
