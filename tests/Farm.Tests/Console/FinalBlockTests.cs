using UeFarm.Farm.Console;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Console;

public class FinalBlockTests
{
    [Fact]
    public void The_final_block_is_as_approved() =>
        Approved.Matches(string.Join('\n', FinalBlock.Lines(Samples.Result(), "results/minimal-20260301T120000Z")) + "\n", "tests", "Farm.Tests", "Approved",
            "final-block.txt");

    [Fact]
    public void A_run_in_virtual_time_ends_with_what_it_took_of_real_time()
    {
        var wall = new WallClockResult(DateTimeOffset.UnixEpoch, 125.44, 101.2, 20_663.5, new MemoryResult(261_000_000, 1, 0, 3), [], []);
        var result = Samples.Result() with { Clock = "virtual", EndedAt = Samples.Result().StartedAt.AddDays(30), Memory = null, Wall = wall };
        var lines = FinalBlock.Lines(result, "results/x");

        Assert.Contains("Virtual time  720:00:00 played in 125.4 s, 20664 times as fast; CPU 101.2 s,", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Generator", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_broken_run_is_as_approved()
    {
        var invariants =
            Samples.HeldInvariants.Select(invariant => invariant.Number == 1 ? invariant with { Held = false, Detail = "30,012 sent, 7 unaccounted" }
            : invariant).ToArray();
        var result =
            Samples.Result(invariants: invariants) with
            {
                Ledger = new LedgerResult(30_012, 29_864, 17, 1, 120, 3, 0),
                Thresholds = [],
                Attacks = [],
                Warnings = []
            };

        Approved.Matches(string.Join('\n', FinalBlock.Lines(result, "results/x")) + "\n", "tests", "Farm.Tests", "Approved", "final-block-broken.txt");
    }

    [Fact]
    public void Reports_are_shown_where_they_were_asked_for()
    {
        var asked = Samples.Result() with { Reports = new ReportsResult(1200, 1100, 40, 5, 300, 7, 2, 3, 0, 1, 0, 0) };

        Assert.Contains("Reports       asked 1,200: delivered 1,100, failed 40, error 5, stored 300;", FinalBlock.Lines(asked, "results/x"));
        var whole = string.Join(' ', FinalBlock.Lines(asked, "results/x").Select(line => line.Trim()));
        Assert.Contains("waiting 7, lost 2, unsent 3, foreign 1", whole, StringComparison.Ordinal);
        Assert.DoesNotContain(FinalBlock.Lines(Samples.Result(), "results/x"), line => line.StartsWith("Reports", StringComparison.Ordinal));
    }

    [Fact]
    public void No_line_is_longer_than_80_columns_however_large_the_numbers()
    {
        var large = 999_999_999_999L;
        var result = Samples.Result() with
        {
            Reason = new string('r', 300),
            Ledger = new LedgerResult(large, large, large, large, large, large, large),
            Rejections = UeFarm.Farm.Thresholds.ThresholdCatalogue.RejectedReasons.ToDictionary(reason => reason, _ => large),
            Latencies = [new LatencyResult("registration", large, 99_999.99, 99_999.99, 99_999.99, 99_999.99, 1, 99_999.99, 1)],
            Reports = new ReportsResult(large, large, large, large, large, large, large, large, large, large, large, large),
            Attacks = [new AttackResult("altered-outside-mac", 99_999_999, 99_999_999, 99_999_999, 99_999_999, new Dictionary<string, long>())],
        };

        Assert.All(FinalBlock.Lines(result, "results/x"), line => Assert.True(line.Length <= 80, line));
    }

    [Theory]
    [InlineData(false, true, "FAIL  minimal: 1 of 4 thresholds failed, 1 without samples (exit 99)")]
    [InlineData(true, true, "STOPPED  minimal: stopped by a signal before its end (exit 105)")]
    [InlineData(false, false, "INVALID  minimal: the generator was the bottleneck: lag of 2.1 s (exit 97)")]
    public void The_first_line_is_the_verdict_with_its_reason(bool isStopped, bool isValid, string expected) =>
        Assert.Equal(expected,
            FinalBlock.Headline(Samples.Result(isStopped, isValid ? null : Samples.HealthyGenerator with { IsValid = false, Reason = "lag of 2.1 s" })));
}
