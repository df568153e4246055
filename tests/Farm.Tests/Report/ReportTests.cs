using System.Text;
using System.Text.Json;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Tests.Report;

public class ReportTests
{
    [Fact]
    public void The_result_document_is_as_approved() =>
        Approved.Matches(ResultJson.Serialize(Samples.Result()) + "\n", "tests", "Farm.Tests", "Approved", "result.json");

    [Fact]
    public void A_result_survives_being_written_and_read()
    {
        var text = ResultJson.Serialize(Samples.Result());

        Assert.Equal(text, ResultJson.Serialize(ResultJson.Deserialize(text)));
    }

    [Theory]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 2")]
    [InlineData("\"seed\"", "\"sed\"")]
    [InlineData("{", "[")]
    public void Other_schemas_and_missing_fields_are_refused(string part, string replacement)
    {
        var text = ResultJson.Serialize(Samples.Result());
        var index = text.IndexOf(part, StringComparison.Ordinal);

        Assert.Throws<JsonException>(() => ResultJson.Deserialize(string.Concat(text.AsSpan(0, index), replacement, text.AsSpan(index + part.Length))));
    }

    [Fact]
    public void What_is_missing_in_the_ledger_is_unaccounted()
    {
        Assert.Equal(0, new LedgerResult(10, 4, 3, 1, 1, 1, 7).Unaccounted);
        Assert.Equal(2, new LedgerResult(10, 2, 3, 1, 1, 1, 7).Unaccounted);
    }

    [Fact]
    public void The_ledger_file_has_one_row_per_message()
    {
        using var stream = new MemoryStream();
        using (var writer = new LedgerCsvWriter(stream))
        {
            var digest = new ReplayDigest(0x0123456789abcdef, 1, 0xff);
            writer.Write(
                new LedgerRow(1, 7, 8, TimeSpan.FromSeconds(1.5), TimeSpan.FromTicks(15_000_010), ulong.MaxValue, digest, "accepted", "",
                TimeSpan.FromMilliseconds(12.3456)));
            writer.Write(new LedgerRow(2, 8, 7, TimeSpan.Zero, null, 0, default, "failed", "odd, \"reason\"", null));
        }

        Assert.Equal(
            "seq,sender,recipient,due,sent,timestamp,digest,outcome,reason,latency_ms\n"
            + "1,7,8,1.500000,1.500001,18446744073709551615,0123456789abcdef0000000000000001000000ff,accepted,,12.346\n"
            + "2,8,7,0.000000,,0,0000000000000000000000000000000000000000,failed,\"odd, \"\"reason\"\"\",\n",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Series_and_machine_file_have_a_row_for_each_point_as_soon_as_it_is_written()
    {
        using var series = new MemoryStream();
        using var machine = new MemoryStream();
        using var seriesWriter = new SeriesCsvWriter(series);
        using var machineWriter = new MachineCsvWriter(machine);

        seriesWriter.Write(new SeriesPoint(60.5, "odd, one", 90, 10, 1000, 950, 3, 2, 1, 4, 5, 40, 6, 0.0123, 1.5, 0.000001));
        machineWriter.Write(new MachinePoint(60.5, 2.25, 3.5, 200_000_000, 80_000_000, 9_000_000, 7, 4096, null));
        machineWriter.Write(new MachinePoint(61.5, 2.5, 3.75, 200_000_001, 80_000_000, 9_000_000, 7, 4096, 29_348_376));

        Assert.Equal(
            "seconds,phase,registered,offline,sent,accepted,rejected,failed,expired,redelivered,attacks,stored,in_flight,delivery_p50,delivery_p99,lag_p99\n"
            + "60.500,\"odd, one\",90,10,1000,950,3,2,1,4,5,40,6,0.012300,1.500000,0.000001\n",
            Encoding.UTF8.GetString(series.ToArray()));
        Assert.Equal(
            "seconds,wall,cpu,resident,heap,books,gen2,stored_bytes,store\n"
            + "60.500,2.250,3.500,200000000,80000000,9000000,7,4096,\n"
            + "61.500,2.500,3.750,200000001,80000000,9000000,7,4096,29348376\n",
            Encoding.UTF8.GetString(machine.ToArray()));
    }

    [Fact]
    public void The_arrivals_file_has_one_row_per_arrival_whatever_the_buffer()
    {
        using var stream = new MemoryStream();
        const int Rows = 5000;
        using (var writer = new ArrivalsCsvWriter(stream))
        {
            for (var i = 0; i < Rows; i++)
            {
                writer.Write(new ArrivalRow(i, TimeSpan.FromMilliseconds(i), (ulong)i, default, "accepted"));
            }
        }

        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.Equal("ue,arrival,timestamp,digest,verdict", lines[0]);
        Assert.Equal(Rows + 2, lines.Length);
        for (var i = 0; i < Rows; i++)
        {
            Assert.Equal($"{i},{i / 1000}.{i % 1000:000}000,{i},{new string('0', 40)},accepted", lines[i + 1]);
        }
    }

    [Fact]
    public void Rows_do_not_allocate()
    {
        using var writer = new LedgerCsvWriter(Stream.Null);
        var row = new LedgerRow(1, 7, 8, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1.6), 5, default, "accepted", "", TimeSpan.FromMilliseconds(12));
        writer.Write(row);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            writer.Write(row);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000);
    }

    [Fact]
    public void Two_runs_in_one_second_get_two_folders()
    {
        using var folder = new TemporaryFolder();
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

        var first = ResultsFolder.CreateNew(folder.Path, "x", now);
        var second = ResultsFolder.CreateNew(folder.Path, "x", now);

        Assert.Equal(["x-20260301T100000Z", "x-20260301T100000Z-2"], new[] { first, second }.Select(results => Path.GetFileName(results.FullPath)));
    }

    [Fact]
    public void A_named_folder_may_be_new_empty_or_an_earlier_results_folder()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "named");

        Assert.True(ResultsFolder.TryUse(path, out var first, out _));
        File.WriteAllText(first!.LedgerFile, "old");
        Assert.True(ResultsFolder.TryUse(path, out _, out _));
        Assert.False(File.Exists(first.LedgerFile));
        Assert.True(ResultsFolder.TryUse(Directory.CreateDirectory(Path.Combine(folder.Path, "empty")).FullName, out _, out _));
    }

    [Theory]
    [InlineData("foreign.txt")]
    [InlineData("ledger.csv")]
    [InlineData("scenario.yaml")]
    public void A_folder_with_other_peoples_files_is_never_used(string file)
    {
        using var folder = new TemporaryFolder();
        folder.File(file, "precious");

        Assert.False(ResultsFolder.TryUse(folder.Path, out _, out var problem));
        Assert.Contains("not empty", problem, StringComparison.Ordinal);
        Assert.False(ResultsFolder.TryUse(Path.Combine(folder.Path, file), out _, out problem));
        Assert.Contains("is a file", problem, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(folder.Path, file)));
    }
}
