using System.Globalization;
using System.Text;
using System.Text.Json;
using UeFarm.Farm.Sizing;
using UeFarm.Farm.Tests.Support;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Tests.Sizing;

public sealed class SizeCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Json_has_the_counts_and_exactly_the_capacities_asked_for_in_their_order()
    {
        // 5 arrives, then 3 (overtaken by one), its replay, and 4 (overtaken by one).
        var trace = Trace("0,5,A", "1,3,B", "1,3,B", "2.5,4,C");
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", trace, "--json", "--capacities", "3,0,1,1"));
        using var json = JsonDocument.Parse(_cli.Output.ToString());
        var root = json.RootElement;
        Assert.Equal(["messages", "distinct", "replays", "minCapacity", "curve"], root.EnumerateObject().Take(5).Select(field => field.Name));
        Assert.Equal((4, 3, 1, 2), (Number(root, "messages"), Number(root, "distinct"), Number(root, "replays"), Number(root, "minCapacity")));
        Assert.Equal([(3, 0), (0, 3), (1, 2), (1, 2)], root.GetProperty("curve").EnumerateArray().Select(point => (Number(point, "capacity"), Number(point, "rejected"))));
    }

    [Fact]
    public async Task An_empty_trace_needs_no_cache()
    {
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", Trace(), "--json"));
        using var json = JsonDocument.Parse(_cli.Output.ToString());
        Assert.Equal((0, 0), (Number(json.RootElement, "messages"), Number(json.RootElement, "minCapacity")));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Line_ends_a_byte_order_mark_and_a_missing_last_line_end_do_not_matter(string lineEnd)
    {
        var text = "\uFEFF" + string.Join(lineEnd, TraceReader.Header, $"0,7,{Digest('A')}", $"0.25,6,{Digest('B').ToUpperInvariant()}");
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", _cli.File("t.csv", text), "--json", "--capacities", "1"));
        Assert.Contains("\"rejected\": 1", _cli.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0,5", "row '0,5': has 2 fields")]
    [InlineData("0,5,A,x", "has more fields")]
    [InlineData("", "row '': has 1 fields")]
    [InlineData("-1,5,A", "arrival '-1': must be seconds")]
    [InlineData("1e3,5,A", "arrival '1e3'")]
    [InlineData("1.,5,A", "arrival '1.'")]
    [InlineData("1,-5,A", "timestamp '-5': must be a whole number")]
    [InlineData("1,18446744073709551616,A", "timestamp '18446744073709551616'")]
    [InlineData("1,5.5,A", "timestamp '5.5'")]
    [InlineData("1,5,12", "digest '12': must be 40 hex digits")]
    [InlineData("1,5,zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "must be 40 hex digits")]
    [InlineData("0.5,5,A", "arrival '0.5': is earlier than the row before; sort the rows by arrival")]
    public async Task A_bad_row_is_named_by_line_value_and_remedy_and_there_is_no_result(string row, string expected)
    {
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", Trace("0.75,1,A", row, "2,2,B"), "--json"));
        Assert.StartsWith("trace.csv:3: ", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("1 bad row; there is no result.\n", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_cli.Output.ToString());
    }

    [Fact]
    public async Task A_line_without_end_is_skipped_and_named()
    {
        var trace = _cli.File("trace.csv", $"{TraceReader.Header}\n{new string('9', 3_000_000)}\n1,x,{Digest('A')}\n");
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", trace));
        Assert.Contains("trace.csv:2: row '999", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("trace.csv:3: timestamp 'x'", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_very_many_bad_rows_the_first_twenty_are_shown()
    {
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", Trace([.. Enumerable.Repeat("nonsense", 100)])));
        var lines = _cli.Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(21, lines.Length);
        Assert.Equal("100 bad rows; there is no result.", lines[^1]);
    }

    [Theory]
    [InlineData("a,b,c")]
    [InlineData("")]
    public async Task Another_header_is_refused(string header)
    {
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", _cli.File("trace.csv", header)));
        Assert.Contains("trace.csv:1: header", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size")]
    [InlineData("size", "a.yaml", "--trace", "b.csv")]
    [InlineData("size", "--trace", "missing.csv")]
    [InlineData("size", "missing.yaml")]
    [InlineData("size", "--trace", "b.csv", "--capacities", "1,x")]
    [InlineData("size", "--trace", "b.csv", "--capacities", "-1")]
    [InlineData("size", "--trace", "b.csv", "--timestamp-unit", "minutes")]
    [InlineData("size", "--trace", "b.csv", "--memory", "0")]
    public async Task Bad_usage_is_exit_2_and_prints_no_result(params string[] arguments)
    {
        Assert.Equal(2, await _cli.RunAsync(arguments));
        Assert.NotEmpty(_cli.Error.ToString());
        Assert.Empty(_cli.Output.ToString());
    }

    [Fact]
    public void Random_traces_agree_with_a_cache_of_every_capacity_in_memory_and_through_files()
    {
        var random = new SeededRandomSource(21);
        for (var round = 0; round < 30; round++)
        {
            var rows = RandomRows(random, 3000, phones: 1 + (round % 3));
            var text = rows.Select((row, index) => FormattableString.Invariant($"{row.Phone},{index * 0.001:0.000},{row.Timestamp},{row.Digest},accepted"));
            var bytes = Encoding.ASCII.GetBytes($"{TraceReader.FarmHeader}\n{string.Join('\n', text)}\n");
            var inMemory = Sized(bytes, TraceSizerSettings.DefaultMemoryBytes);
            var throughFiles = Sized(bytes, 1000);
            Assert.Equal(SizingJson.Write(inMemory, null), SizingJson.Write(throughFiles, null));
            Assert.Equal(rows.Distinct().Count(), inMemory.Distinct);
            foreach (var capacity in (int[])[0, 1, 3, 20, inMemory.Curve.MinCapacity - 1, inMemory.Curve.MinCapacity])
            {
                Assert.Equal((round, capacity, Refused(rows, capacity)), (round, capacity, inMemory.Curve.RejectedAt(capacity)));
            }
        }

        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "uefarm-size-*"));
    }

    [Fact]
    public void Rows_of_a_run_that_never_met_the_replay_rule_are_left_out()
    {
        var rows = $"{TraceReader.FarmHeader}\n0,1,10,{Digest('A')},accepted\n0,2,9,{Digest('B')},mac-invalid\n0,3,9,{Digest('B')},stale\n0,4,50,{Digest('C')},future\n";
        var outcome = Sized(Encoding.ASCII.GetBytes(rows), TraceSizerSettings.DefaultMemoryBytes);
        Assert.Equal((2L, 2L, 2), (outcome.Messages, outcome.Distinct, outcome.Curve.MinCapacity));
        Assert.StartsWith("2 rows were refused", Assert.Single(outcome.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_phone_of_a_run_keeps_its_own_order_of_arrival()
    {
        var header = TraceReader.FarmHeader;
        var nearlyInOrder = _cli.File("n.csv", $"{header}\n0,2,10,{Digest('A')},accepted\n1,1.9,9,{Digest('B')},accepted\n0,2.1,9,{Digest('C')},accepted\n");
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", nearlyInOrder, "--json"));
        var backwards = _cli.File("b.csv", $"{header}\n0,2,10,{Digest('A')},accepted\n0,1.9,9,{Digest('B')},accepted\n");
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", backwards));
        Assert.Contains("b.csv:3: arrival '1.9': is earlier than the row before of this phone", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_hold_the_curve_and_pictures_with_text()
    {
        var folder = Path.Combine(_cli.Folder, "out");
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", Trace("0,5,A", "1,3,B", "2,4,C"), "--out", folder, "--timestamp-unit", "s"));
        Assert.Equal("capacity,rejected\n0,3\n1,2\n2,0\n", await File.ReadAllTextAsync(Path.Combine(folder, "curve.csv"), TestContext.Current.CancellationToken));
        Assert.Contains("first-time messages", await File.ReadAllTextAsync(Path.Combine(folder, "curve.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(Path.Combine(folder, "curve.png"))[..4]);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "sizing.json"), TestContext.Current.CancellationToken));
        Assert.Equal(3, Number(json.RootElement, "messages"));
        Assert.Equal(2, await _cli.RunAsync("size", "--trace", Trace("0,5,A"), "--out", folder));
    }

    [Fact]
    public async Task The_table_gives_the_answers_first()
    {
        var rows = Enumerable.Range(0, 4000).Select(i => FormattableString.Invariant($"{i},{(i % 100 == 99 ? i - 20 : i) * 10},{i:x40}"));
        Assert.Equal(0, await _cli.RunAsync("size", "--trace", _cli.File("trace.csv", $"{TraceReader.Header}\n{string.Join('\n', rows)}\n"), "--timestamp-unit", "s"));
        Approved.Matches(_cli.Output.ToString(), "tests", "Farm.Tests", "Approved", "size.txt");
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string Digest(char letter) => new string('0', 38) + ((int)letter).ToString("x2", CultureInfo.InvariantCulture);

    private static SizingOutcome Sized(byte[] trace, long memory)
    {
        using var stream = new MemoryStream(trace);
        var sizer = new TraceSizer(new TraceSizerSettings { MemoryBytes = memory });
        var outcome = sizer.Size(stream, "trace", new Progress<SizingProgress>(), TestContext.Current.CancellationToken);
        Assert.True(outcome is not null, string.Join('\n', sizer.Faults));
        return outcome;
    }

    private static List<TraceRow> RandomRows(SeededRandomSource random, int count, int phones)
    {
        var rows = new List<TraceRow>();
        for (var i = 0; i < count; i++)
        {
            rows.Add(i > 0 && random.NextUInt64() % 7 == 0
                ? rows[(int)(random.NextUInt64() % (ulong)i)]
                : new TraceRow((int)(random.NextUInt64() % (ulong)phones), (ulong)i + (random.NextUInt64() % 200), new ReplayDigest(0, random.NextUInt64(), (uint)i), true));
        }

        return rows;
    }

    private static long Refused(List<TraceRow> rows, int capacity)
    {
        var seen = new HashSet<TraceRow>();
        var caches = new Dictionary<int, IReplayCache>();
        var refused = 0L;
        foreach (var row in rows)
        {
            var cache = caches.TryGetValue(row.Phone, out var known) ? known : caches[row.Phone] = new ModifiedReplayCache(new ReplayCacheSettings { CapacityEntries = capacity });
            var verdict = cache.CheckAndInsert(new ReplayEntry(row.Timestamp, row.Digest), 0);
            refused += seen.Add(row) && (verdict is ReplayVerdict.Stale or ReplayVerdict.Tie) ? 1 : 0;
        }

        return refused;
    }

    private string Trace(params string[] rows)
    {
        var text = new StringBuilder(TraceReader.Header).Append('\n');
        foreach (var row in rows)
        {
            text.Append(row is [.., 'A' or 'B' or 'C'] ? row[..^1] + Digest(row[^1]) : row).Append('\n');
        }

        return _cli.File("trace.csv", text.ToString());
    }
}
