using System.Globalization;

namespace UeFarm.Manifests.Tests;

/// <summary>What the Dockerfile says: its instructions in order, those of the last stage by name.</summary>
internal static class ContainerImage
{
    public static IReadOnlyList<(string Name, string Value)> Instructions { get; } = Read();

    /// <summary>The stage that becomes the image.</summary>
    public static IReadOnlyList<(string Name, string Value)> LastStage { get; } =
        [.. Instructions.Skip(Instructions.Select(instruction => instruction.Name).ToList().LastIndexOf("FROM"))];

    public static long UserId => long.Parse(ValueOf("USER"), CultureInfo.InvariantCulture);

    public static string WorkingFolder => ValueOf("WORKDIR");

    public static string ValueOf(string name) => LastStage.Single(instruction => instruction.Name == name).Value;

    private static List<(string Name, string Value)> Read() =>
    [
        .. File.ReadAllText(Repository.PathOf("Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', 2))
            .Select(parts => (parts[0], parts[1].Trim())),
    ];
}
