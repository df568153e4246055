using Xunit;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>Third-party test data lies beside the repository and is not copied into it: found by walking up, or the test is skipped.</summary>
internal static class ReferenceFolder
{
    /// <summary>Stands in for the file names where there is no folder; a theory needs at least one row.</summary>
    public const string Absent = "(absent)";

    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "reference", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    public static TheoryData<string> Files(string name, string pattern)
    {
        var folder = Find(name);
        var files = new TheoryData<string>();
        if (folder is null)
        {
            files.Add(Absent);
            return files;
        }

        foreach (var file in Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetFileName(file));
        }

        return files;
    }

    public static byte[] Read(string name, string file)
    {
        var folder = Find(name);
        Assert.SkipWhen(folder is null, "No shared/reference/" + name + " above the test folder.");
        return File.ReadAllBytes(Path.Combine(folder!, file));
    }

    /// <summary>The rows of MANIFEST.tsv by file name.</summary>
    public static Dictionary<string, string[]> Manifest(string name)
    {
        var folder = Find(name);
        Assert.SkipWhen(folder is null, "No shared/reference/" + name + " above the test folder.");
        return File.ReadAllLines(Path.Combine(folder!, "MANIFEST.tsv"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .ToDictionary(row => row[0]);
    }
}
