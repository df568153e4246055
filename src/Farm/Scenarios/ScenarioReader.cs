using System.Security.Cryptography;
using System.Text;

namespace UeFarm.Farm.Scenarios;

/// <summary>Reads a scenario file with its overrides; reports every mistake at once and then returns no scenario.</summary>
internal static class ScenarioReader
{
    /// <summary>A scenario is a page or two; what is larger is not one.</summary>
    private const int MaxFileBytes = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ScenarioReadResult ReadFile(string path, IReadOnlyList<string> overrides)
    {
        byte[] bytes;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            bytes = new byte[Math.Min(stream.Length, MaxFileBytes + 1)];
            stream.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var source = new ScenarioSource(path, "", "", overrides);
            var problem = exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read";
            return Refuse(source,
                new ScenarioError(new ScenarioLocation(0, 0), "", null, problem, "a readable scenario file", "check the path; uefarm init FILE writes one"));
        }

        return Read(bytes, path, overrides);
    }

    public static ScenarioReadResult Read(string text, string fileName, IReadOnlyList<string> overrides) =>
        Read(StrictUtf8.GetBytes(text), fileName, overrides);

    private static ScenarioReadResult Read(byte[] bytes, string fileName, IReadOnlyList<string> overrides)
    {
        var source = new ScenarioSource(fileName, "", Convert.ToHexStringLower(SHA256.HashData(bytes)), overrides);
        if (bytes.Length > MaxFileBytes)
        {
            return Refuse(source, new ScenarioError(ScenarioLocation.FileStart, "", null, "is too large", "at most 1 MiB", "check that this is a scenario"));
        }

        try
        {
            source = source with { Text = StrictUtf8.GetString(bytes) };
        }
        catch (DecoderFallbackException)
        {
            return Refuse(source, new ScenarioError(ScenarioLocation.FileStart, "", null, "is not UTF-8 text", "UTF-8", "save it as UTF-8"));
        }

        if (!ScenarioTreeReader.TryRead(source.Text, null, out var root, out var fault))
        {
            return Refuse(source,
                new ScenarioError(fault.Location, "", null, $"is not readable as YAML: {fault.Problem}", "YAML with keys and values",
                "check indentation, brackets and quotes near here"));
        }

        var errors = new List<ScenarioError>();
        if (root is ScenarioNode.Mapping mapping)
        {
            foreach (var overrideText in overrides)
            {
                ScenarioOverrides.Apply(mapping, overrideText, errors);
            }
        }

        var values = new ScenarioValues();
        new ScenarioValueReader(values, errors).Read(root);
        SubscriberFile? subscribers = null;
        string? storePasswordFile = null;
        if (root is ScenarioNode.Mapping)
        {
            new ScenarioChecks(values, errors).Run();
            subscribers = ReadSubscribers(values, fileName, errors);
            storePasswordFile = FindStorePassword(values, fileName, errors);
        }

        return errors.Count > 0 ? new ScenarioReadResult(null, Sort(errors), source)
            : new ScenarioReadResult(ScenarioBuilder.Build(values, subscribers, storePasswordFile), [], source);
    }

    private static SubscriberFile? ReadSubscribers(ScenarioValues values, string fileName, List<ScenarioError> errors)
    {
        var option = ScenarioFormat.AuthSecrets;
        if (!values.TryGet(option, out var secrets) || secrets.File is null
            || !values.TryGet(ScenarioFormat.AuthScheme, out var scheme) || !values.TryGet(ScenarioFormat.SubscriberCount, out var count))
        {
            return null;
        }

        var path = BesideScenario(fileName, secrets.File);
        if (SubscriberFile.TryRead(path, scheme, (int)count, out var file, out var problem))
        {
            return file;
        }

        errors.Add(new ScenarioError(values.LocationOf(option), option.Path, secrets.File, problem.Problem, option.Kind.Allowed, problem.Remedy));
        return null;
    }

    private static string? FindStorePassword(ScenarioValues values, string fileName, List<ScenarioError> errors)
    {
        var option = ScenarioFormat.ServerStorePasswordFile;
        if (!values.IsWritten(option) || !values.TryGet(option, out var name))
        {
            return null;
        }

        var path = BesideScenario(fileName, name);
        if (!File.Exists(path))
        {
            errors.Add(new ScenarioError(values.LocationOf(option), option.Path, name, "does not exist", option.Kind.Allowed, "write the password into that file"));
        }

        return path;
    }

    private static string BesideScenario(string fileName, string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(fileName)) ?? "", name);

    /// <summary>By place in the file, overrides first: the order in which a reader goes through them.</summary>
    private static ScenarioError[] Sort(List<ScenarioError> errors) => [.. errors.OrderBy(error => error.Location.Line).ThenBy(error => error.Location.Column)];

    private static ScenarioReadResult Refuse(ScenarioSource source, ScenarioError error) => new(null, [error], source);
}
