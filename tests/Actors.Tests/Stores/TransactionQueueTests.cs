using CsCheck;
using UeFarm.Actors.Stores;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public sealed class TransactionQueueTests
{
    private readonly TransactionQueue<string> _queue = new();

    [Fact]
    public void Appends_go_first_then_removals_then_pages_each_in_the_order_asked()
    {
        Add(TransactionLine.Page, "page 1", "page 2");
        Add(TransactionLine.Removal, "removal 1", "removal 2");
        Add(TransactionLine.Append, "append 1", "append 2");

        Assert.Equal(["append 1", "append 2", "removal 1", "removal 2", "page 1", "page 2"], Take(1024));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_page_waits_for_the_removals_asked_before_it_and_not_for_those_asked_after()
    {
        AddMany(TransactionLine.Removal, 100);
        Add(TransactionLine.Page, "page");
        AddMany(TransactionLine.Removal, 100);

        Assert.DoesNotContain("page", Take(64));
        Assert.Contains("page", Take(64));
    }

    [Fact]
    public void A_removal_waits_for_the_appends_asked_before_it()
    {
        AddMany(TransactionLine.Append, 100);
        Add(TransactionLine.Removal, "removal");

        Assert.DoesNotContain("removal", Take(64));
        Assert.Contains("removal", Take(64));
    }

    [Fact]
    public void A_flood_of_appends_leaves_half_to_the_removals()
    {
        AddMany(TransactionLine.Removal, 1000);
        AddMany(TransactionLine.Append, 1000);

        var batch = Take(100);

        Assert.Equal((50, 50), (batch.Count(IsOf(TransactionLine.Append)), batch.Count(IsOf(TransactionLine.Removal))));
    }

    [Fact]
    public void A_flood_of_appends_and_removals_leaves_a_page_to_those_who_asked_before()
    {
        AddMany(TransactionLine.Page, 10);
        AddMany(TransactionLine.Removal, 1000);
        AddMany(TransactionLine.Append, 1000);

        Assert.Equal(1, Take(100).Count(IsOf(TransactionLine.Page)));
    }

    [Fact]
    public void Pages_count_for_more_than_their_number()
    {
        AddMany(TransactionLine.Page, 1000);

        Assert.Equal(64, Take(1024).Count);
    }

    [Fact]
    public void Whatever_comes_nothing_is_overtaken_by_its_own_or_a_later_line_and_everything_leaves()
    {
        var operation = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 40]);
        Gen.Select(operation.List[1, 60], Gen.Int[1, 50]).Sample((operations, most) =>
        {
            var queue = new TransactionQueue<(TransactionLine Line, int Number)>();
            var waiting = new List<(TransactionLine Line, int Number)>();
            var number = 0;
            foreach (var (kind, count) in operations)
            {
                for (var i = 0; i < count && kind < 3; i++)
                {
                    var item = ((TransactionLine)kind, ++number);
                    queue.Add(item.Item1, item);
                    waiting.Add(item);
                }

                if (kind == 3)
                {
                    TakeAndCheck(queue, waiting, most);
                }
            }

            while (queue.Count > 0)
            {
                TakeAndCheck(queue, waiting, most);
            }

            Assert.Empty(waiting);
        });
    }

    private static void TakeAndCheck(
        TransactionQueue<(TransactionLine Line, int Number)> queue, List<(TransactionLine Line, int Number)> waiting, int most)
    {
        var batch = new List<(TransactionLine Line, int Number)>();
        var before = queue.Count;
        queue.Take(batch, most);
        Assert.InRange(batch.Count, before > 0 ? 1 : 0, most);
        foreach (var item in batch)
        {
            Assert.DoesNotContain(waiting, other => other.Line <= item.Line && other.Number < item.Number);
            Assert.True(waiting.Remove(item));
        }
    }

    private static Func<string, bool> IsOf(TransactionLine line) => item => item.StartsWith(line.ToString(), StringComparison.Ordinal);

    private void AddMany(TransactionLine line, int count) => Add(line, [.. Enumerable.Range(0, count).Select(number => $"{line} {number}")]);

    private void Add(TransactionLine line, params string[] items)
    {
        foreach (var item in items)
        {
            _queue.Add(line, item);
        }
    }

    private List<string> Take(int most)
    {
        var batch = new List<string>();
        _queue.Take(batch, most);
        return batch;
    }
}
