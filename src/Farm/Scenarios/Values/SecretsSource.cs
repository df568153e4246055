namespace UeFarm.Farm.Scenarios;

/// <summary>Where the phones' secrets come from: derived from the seed, or a CSV file (path relative to the scenario file).</summary>
internal sealed record SecretsSource(string? File)
{
    public static readonly SecretsSource Derived = new((string?)null);

    public bool IsDerived => File is null;

    public override string ToString() => File is null ? "derived" : $"file:{File}";
}
