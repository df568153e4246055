namespace UeFarm.Farm.Tests.Support;

/// <summary>
/// Compares a text with a file of the repository. With the environment variable UEFARM_APPROVE=1 the file is written instead:
/// the difference is then reviewed like any other change.
/// </summary>
internal static class Approved
{
    public static void Matches(string actual, params string[] path)
    {
        var file = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable("UEFARM_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{string.Join('/', path)} does not exist; run the tests with UEFARM_APPROVE=1 to write it.");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
