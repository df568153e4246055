using System.Globalization;
using System.Text.Json;

namespace UeFarm.Farm.Report.Stored;

/// <summary>Reads the folder of a run. What it holds may have been written by another version, cut short, or changed by hand.</summary>
internal static class StoredRunReader
{
    private const string RunAgain = "run the scenario again, or name the folder of a finished run";

    /// <summary>False: <paramref name="fault"/> says why.</summary>
    public static bool TryRead(string folder, out StoredRun run, out StoredRunFault fault)
    {
        run = null!;
        fault = null!;
        if (!Directory.Exists(folder))
        {
            var problem = File.Exists(folder) ? "is a file, not the folder of a run" : "does not exist";
            fault = new StoredRunFault(folder, problem, "name the folder that a run wrote (results/NAME-TIME, or its --out)");
            return false;
        }

        var files = ResultsFolder.Of(folder);
        try
        {
            var text = File.ReadAllText(files.ResultFile);
            if (!TryParse(text, files.ResultFile, out var result, out var nodes, out fault)
                || !MachineCsvReader.TryRead(files.MachineFile, out var machine, out fault))
            {
                return false;
            }

            run = new StoredRun(result, machine, nodes);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException)
        {
            fault = new StoredRunFault(files.ResultFile, "does not exist: the folder is not one of a run, or its run has not ended", RunAgain);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = new StoredRunFault(folder, $"cannot be read: {exception.Message}", "check that the files are there and readable");
        }

        return false;
    }

    private static bool TryParse(string text, string place, out ResultDocument result, out IReadOnlyList<JsonElement> nodes, out StoredRunFault fault)
    {
        result = null!;
        nodes = [];
        fault = null!;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schemaVersion", out var version))
            {
                fault = new StoredRunFault(place, "has no schemaVersion: it is not the result of a run", RunAgain);
                return false;
            }

            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != ResultDocument.CurrentSchemaVersion)
            {
                fault = new StoredRunFault(
                    place,
                    string.Create(CultureInfo.InvariantCulture, $"schemaVersion is {Shorten(version.GetRawText())}; this program reads {ResultDocument.CurrentSchemaVersion}"),
                    "make the report with the version of uefarm that played the run");
                return false;
            }

            if (FindNullItem(root, "") is { } path)
            {
                fault = new StoredRunFault(place, $"{path} is null", RunAgain);
                return false;
            }

            result = ResultJson.Deserialize(text);
            nodes = root.TryGetProperty("nodes", out var list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(static node => node.ValueKind == JsonValueKind.Object).Select(static node => node.Clone())] : [];
            return true;
        }
        catch (JsonException exception)
        {
            var line = exception.LineNumber is { } at ? string.Create(CultureInfo.InvariantCulture, $":{at + 1}:{exception.BytePositionInLine + 1}") : "";
            var path = exception.Path is { Length: > 0 } where and not "$" ? $" at {where}" : "";
            fault = new StoredRunFault(place + line, $"is not readable as the result of a run{path}: {FirstSentence(exception.Message)}", RunAgain);
            return false;
        }
    }

    /// <summary>Lists of a result hold no nulls; the deserializer does not look into them.</summary>
    private static string? FindNullItem(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(property => FindNullItem(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
            .FirstOrDefault(static found => found is not null),
        JsonValueKind.Array => element.EnumerateArray()
            .Select((item, index) =>
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
                return item.ValueKind == JsonValueKind.Null ? place : FindNullItem(item, place);
            })
            .FirstOrDefault(static found => found is not null),
        _ => null,
    };

    /// <summary>The place comes before it and is not said twice.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end < 0 ? message.IndexOf(" LineNumber: ", StringComparison.Ordinal) : end;
        return Shorten(end < 0 ? message : message[..end]);
    }

    private static string Shorten(string text) =>
        string.Concat((text.Length > 300 ? text[..300] + "..." : text).Select(static letter => char.IsControl(letter) ? ' ' : letter));
}
