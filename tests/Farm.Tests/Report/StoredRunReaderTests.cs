using UeFarm.Farm.Report;
using UeFarm.Farm.Report.Stored;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Report;

public sealed class StoredRunReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_run_wrote_is_read_back()
    {
        _folder.File("result.json", ResultJson.Serialize(Samples.Result()));
        _folder.File("machine.csv", MachineCsvWriter.Header + "\n1.000,1.002,0.420,1000,900,80,2,70,\n2.000,2.002,0.520,1001,900,80,2,70,4096\n");

        Assert.True(StoredRunReader.TryRead(_folder.Path, out var run, out _));

        Assert.Equal(ResultJson.Serialize(Samples.Result()), ResultJson.Serialize(run.Result));
        Assert.Equal([new MachinePoint(1, 1.002, 0.42, 1000, 900, 80, 2, 70, null), new MachinePoint(2, 2.002, 0.52, 1001, 900, 80, 2, 70, 4096)], run.Machine);
        Assert.Empty(run.Nodes);
    }

    [Theory]
    [InlineData("{ \"schemaVersion\": 2 }", "schemaVersion is 2; this program reads 1")]
    [InlineData("{ \"schemaVersion\": \"1\" }", "schemaVersion is \"1\"; this program reads 1")]
    [InlineData("{}", "has no schemaVersion")]
    [InlineData("[]", "has no schemaVersion")]
    [InlineData("", "result.json:1:1: is not readable")]
    [InlineData("{\n  \"schemaVersion\": 1,\n  !", "result.json:3:3: is not readable")]
    [InlineData("{ \"schemaVersion\": 1 }", "is not readable as the result of a run")]
    public void A_file_that_is_not_a_result_is_refused_with_place_value_and_remedy(string text, string problem)
    {
        _folder.File("result.json", text);

        AssertRefused(problem);
    }

    [Theory]
    [InlineData("\"phases\": [", "\"phases\": [ null,", "phases[0] is null")]
    [InlineData("\"reason\": \"", "\"reason\": null, \"x\": \"", "$.reason")]
    [InlineData("\"sent\": 30012", "\"sent\": \"many\"", "$.ledger.sent")]
    [InlineData("\"verdict\": \"fail\"", "\"verdict\": \"fine\"", "$.verdict")]
    [InlineData("\"accepted\": 29871,", "", "accepted")]
    public void A_result_that_was_changed_by_hand_is_refused_with_the_place(string part, string replacement, string problem)
    {
        var text = ResultJson.Serialize(Samples.Result());
        Assert.Contains(part, text, StringComparison.Ordinal);
        _folder.File("result.json", text.Replace(part, replacement, StringComparison.Ordinal));

        AssertRefused(problem);
    }

    [Theory]
    [InlineData("a,b\n", "machine.csv:1: the header is not")]
    [InlineData(MachineCsvWriter.Header + "\n1,1,1,1,1,1,1,1,1\n1,1,1\n", "machine.csv:3: is not a row")]
    [InlineData(MachineCsvWriter.Header + "\n1,1,1,1,1,1,1,x,1\n", "machine.csv:2: is not a row")]
    [InlineData(MachineCsvWriter.Header + "\n1,1,1,1,1,1,1,1,x\n", "machine.csv:2: is not a row")]
    public void A_bad_row_of_the_machine_is_refused_with_its_line(string text, string problem)
    {
        _folder.File("result.json", ResultJson.Serialize(Samples.Result()));
        _folder.File("machine.csv", text);

        AssertRefused(problem);
    }

    [Fact]
    public void A_folder_without_a_result_or_none_at_all_is_refused()
    {
        AssertRefused("result.json: does not exist");
        Assert.False(StoredRunReader.TryRead(Path.Combine(_folder.Path, "none"), out _, out var fault));
        Assert.Contains("none: does not exist", fault.Format(), StringComparison.Ordinal);
        Assert.False(StoredRunReader.TryRead(_folder.File("file", ""), out _, out fault));
        Assert.Contains("is a file", fault.Format(), StringComparison.Ordinal);
    }

    private void AssertRefused(string problem)
    {
        Assert.False(StoredRunReader.TryRead(_folder.Path, out _, out var fault));
        Assert.Contains(problem, fault.Format(), StringComparison.Ordinal);
        Assert.StartsWith(_folder.Path, fault.Format(), StringComparison.Ordinal);
        Assert.Contains("\n    remedy:  ", fault.Format(), StringComparison.Ordinal);
    }
}
