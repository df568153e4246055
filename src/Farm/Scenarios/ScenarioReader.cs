namespace UeFarm.Farm.Scenarios;

/// <summary>Reads a scenario file with its overrides; reports every mistake at once and then returns no scenario.</summary>
internal static class ScenarioReader
{
    public static ScenarioReadResult ReadFile(string path, IReadOnlyList<string> overrides) =>
        Complete(DocumentReader.ReadFile(ScenarioFormat.Document, path, Sets(overrides)), path);

    public static ScenarioReadResult Read(string text, string fileName, IReadOnlyList<string> overrides) =>
        Complete(DocumentReader.Read(ScenarioFormat.Document, text, fileName, Sets(overrides)), fileName);

    private static DocumentOverride[] Sets(IReadOnlyList<string> overrides) => [.. overrides.Select(DocumentOverride.Set)];

    private static ScenarioReadResult Complete(DocumentReadResult document, string fileName)
    {
        SubscriberFile? subscribers = null;
        string? storePasswordFile = null;
        if (document.Values is { } values)
        {
            new ScenarioChecks(values, document.Errors).Run();
            subscribers = ReadSubscribers(values, fileName, document.Errors);
            storePasswordFile = new ApplicationServerChecks(values, document.Errors).FindStorePassword(FolderOf(fileName));
        }

        return document.Errors.Count > 0 ? new ScenarioReadResult(null, document.SortedErrors, document.Source)
            : new ScenarioReadResult(ScenarioBuilder.Build(document.Values!, subscribers, storePasswordFile), [], document.Source);
    }

    private static SubscriberFile? ReadSubscribers(ScenarioValues values, string fileName, List<ScenarioError> errors)
    {
        var option = ScenarioFormat.AuthSecrets;
        if (!values.TryGet(option, out var secrets) || secrets.File is null
            || !values.TryGet(ScenarioFormat.AuthScheme, out var scheme) || !values.TryGet(ScenarioFormat.SubscriberCount, out var count))
        {
            return null;
        }

        var path = Path.Combine(FolderOf(fileName), secrets.File);
        if (SubscriberFile.TryRead(path, scheme, (int)count, out var file, out var problem))
        {
            if (values.IsWritten(ScenarioFormat.AuthSecretsHash) && values.TryGet(ScenarioFormat.AuthSecretsHash, out var wanted) && wanted != file.Sha256)
            {
                errors.Add(new ScenarioError(
                    values.LocationOf(option), option.Path, secrets.File, $"has the SHA-256 {file.Sha256}, which is not that of subscribers.auth.fileHash",
                    wanted, "put the same file there, on each node of a cluster"));
            }

            return file;
        }

        errors.Add(new ScenarioError(values.LocationOf(option), option.Path, secrets.File, problem.Problem, option.Kind.Allowed, problem.Remedy));
        return null;
    }

    private static string FolderOf(string fileName) => Path.GetDirectoryName(Path.GetFullPath(fileName)) ?? "";
}
