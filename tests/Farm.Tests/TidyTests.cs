using System.Text.RegularExpressions;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests;

public partial class TidyTests
{
    private const int LongestLine = 180;

    /// <summary>Files that hold the messages of one protocol together.</summary>
    private static readonly string[] SeveralTypes = ["CoreEffect"];

    public static TheoryData<string> Folders => ["src", "tests"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Lines_can_be_read_without_scrolling(string folder) =>
        Assert.Empty(LinesOf(folder, "*.cs").Where(line => line.Text.Length > LongestLine).Select(line => line.Place));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Nothing_is_left_for_later(string folder) =>
        Assert.Empty(LinesOf(folder, "*.cs").Where(line => !line.Place.Contains("TidyTests") && LeftOver().IsMatch(line.Text)).Select(line => line.Place));

    [Fact]
    public void Nothing_is_printed_past_the_command_line() =>
        Assert.Empty(LinesOf("src", "*.cs").Where(line => line.Text.Contains("Console.Write") || line.Text.Contains("Debug.Write")).Select(line => line.Place));

    [Fact]
    public void A_file_of_src_holds_one_public_type_and_has_its_name()
    {
        foreach (var file in FilesOf("src", "*.cs"))
        {
            var name = Path.GetFileNameWithoutExtension(file).Split('.')[0];
            var types = File.ReadLines(file).Select(line => PublicType().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value).ToList();
            Assert.True(types.Count == 0 || types.SequenceEqual([name]) || SeveralTypes.Contains(name), $"{Short(file)}: {string.Join(", ", types)}");
        }
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        foreach (var file in FilesOf(".", "*.md"))
        {
            var links = Link().Matches(File.ReadAllText(file)).Select(match => match.Groups["target"].Value.Split('#')[0]);
            foreach (var link in links.Where(link => link.Length > 0 && !link.Contains(':')))
            {
                var target = Path.Combine(Path.GetDirectoryName(file)!, link);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{Short(file)}: {link}");
            }
        }
    }

    private static IEnumerable<(string Place, string Text)> LinesOf(string folder, string pattern) => FilesOf(folder, pattern)
        .SelectMany(file => File.ReadLines(file).Select((text, index) => ($"{Short(file)}:{index + 1}", text)));

    private static IEnumerable<string> FilesOf(string folder, string pattern) => Directory
        .EnumerateFiles(Path.GetFullPath(Repository.PathOf(folder)), pattern, SearchOption.AllDirectories)
        .Where(file => !Short(file).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "results" or ".git"));

    private static string Short(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:class|struct|record struct|record|interface|enum|delegate \S+) (?<name>\w+)")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
