using System.Globalization;

namespace UeFarm.Farm.Report.Stored;

/// <summary>Reads <c>machine.csv</c>: numbers only, so that no field is quoted.</summary>
internal static class MachineCsvReader
{
    private const string Remedy = "take the file of the run, or delete it: the report then has no plot of the memory";

    /// <summary>A missing file has no points.</summary>
    public static bool TryRead(string path, out IReadOnlyList<MachinePoint> points, out StoredRunFault fault)
    {
        points = [];
        fault = null!;
        if (!File.Exists(path))
        {
            return true;
        }

        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != MachineCsvWriter.Header)
        {
            fault = new StoredRunFault($"{path}:1", $"the header is not {MachineCsvWriter.Header}", Remedy);
            return false;
        }

        var list = new List<MachinePoint>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (!TryParse(lines[i].Split(','), out var point))
            {
                fault = new StoredRunFault(string.Create(CultureInfo.InvariantCulture, $"{path}:{i + 1}"), "is not a row of nine numbers (the last may be empty)", Remedy);
                return false;
            }

            list.Add(point);
        }

        points = list;
        return true;
    }

    private static bool TryParse(string[] fields, out MachinePoint point)
    {
        point = null!;
        if (fields.Length != 9
            || !TryDecimal(fields[0], out var seconds) || !TryDecimal(fields[1], out var wall) || !TryDecimal(fields[2], out var cpu)
            || !TryWhole(fields[3], out var resident) || !TryWhole(fields[4], out var heap) || !TryWhole(fields[5], out var books)
            || !int.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var collections) || !TryWhole(fields[7], out var stored))
        {
            return false;
        }

        long? store = null;
        if (fields[8].Length > 0)
        {
            if (!TryWhole(fields[8], out var size))
            {
                return false;
            }

            store = size;
        }

        point = new MachinePoint(seconds, wall, cpu, resident, heap, books, collections, stored, store);
        return true;
    }

    private static bool TryDecimal(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool TryWhole(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
