using UeFarm.Farm.Report;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>Writes every step of a curve: capacities between two rows refuse as many as the row before.</summary>
internal static class CurveCsv
{
    public const string Header = "capacity,rejected";

    public static void Write(Stream stream, CapacityCurve curve)
    {
        using var rows = new CsvRowWriter(stream, Header);
        foreach (var capacity in curve.Steps.Prepend(0))
        {
            rows.Number(capacity);
            rows.Number(curve.RejectedAt(capacity));
            rows.EndRow();
        }
    }
}
