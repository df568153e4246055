using System.Xml.Linq;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Cli;

public sealed class ReportCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_run_leaves_the_report_that_the_command_makes_again()
    {
        var folder = await PlayAsync("one");
        var report = Path.Combine(folder, "report.html");
        var first = File.ReadAllText(report);
        File.Delete(report);
        File.WriteAllText(Path.Combine(folder, "series.csv"), SeriesCsvWriter.Header + "\n");
        _cli.Output.GetStringBuilder().Clear();

        Assert.Equal(0, await _cli.RunAsync("report", folder));

        Assert.Equal(first, File.ReadAllText(report));
        Assert.Equal($"Wrote {report}\n  {Path.Combine(folder, "series.csv")}: the series behind the plots, as CSV\n", _cli.Output.ToString());
    }

    [Fact]
    public async Task Two_runs_are_compared_beside_the_second_which_can_be_played_again()
    {
        var (first, second) = (await PlayAsync("one"), await PlayAsync("two"));

        Assert.Equal(0, await _cli.RunAsync("report", first, second));

        Assert.Contains("Nothing, but a run that was changed by hand", File.ReadAllText(Path.Combine(second, "comparison.html")), StringComparison.Ordinal);
        await PlayAsync("two");
        Assert.False(File.Exists(Path.Combine(second, "comparison.html")));
    }

    [Fact]
    public async Task Out_and_junit_name_files()
    {
        var folder = await PlayAsync("one");
        var (page, junit) = (Path.Combine(_cli.Folder, "page.html"), Path.Combine(_cli.Folder, "junit.xml"));

        Assert.Equal(0, await _cli.RunAsync("report", folder, "--out", page, "--junit", junit));

        Assert.Equal(File.ReadAllText(Path.Combine(folder, "report.html")), File.ReadAllText(page));
        Assert.Equal("2", XDocument.Load(junit).Root!.Attribute("failures")!.Value);
        File.Delete(junit);
        Assert.Equal(99, await _cli.RunAsync("run", _cli.File("minimal.yaml", Samples.Minimal), "--junit", junit, "--quiet"));
        Assert.True(File.Exists(junit));
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--junit")]
    public async Task A_file_that_cannot_be_written_is_named_with_a_remedy(string option)
    {
        var folder = await PlayAsync("one");
        var path = Path.Combine(_cli.Folder, "none", "file");

        Assert.Equal(2, await _cli.RunAsync("report", folder, option, path));

        Assert.StartsWith($"{path}: cannot be written", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("remedy", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_keeps_its_verdict_when_its_report_cannot_be_written()
    {
        Assert.Equal(99, await _cli.RunAsync("run", _cli.File("minimal.yaml", Samples.Minimal), "--junit", Path.Combine(_cli.Folder, "none", "file"), "--quiet"));
        Assert.Contains("remedy:  uefarm report ", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_none_of_a_run_is_exit_2_and_nothing_is_written()
    {
        var folder = await PlayAsync("one");
        Assert.Equal(2, await _cli.RunAsync("report", folder, _cli.Folder));
        Assert.Contains($"{Path.Combine(_cli.Folder, "result.json")}: does not exist", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("Nothing was written.\n", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_cli.Folder, "comparison.html")));
    }

    private async Task<string> PlayAsync(string name)
    {
        var folder = Path.Combine(_cli.Folder, name);
        Assert.Equal(99, await _cli.RunAsync("run", _cli.File("minimal.yaml", Samples.Minimal), "--out", folder, "--quiet"));
        return folder;
    }
}
