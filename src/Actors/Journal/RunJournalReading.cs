using System.Runtime.CompilerServices;

namespace UeFarm.Actors.Journal;

/// <summary>Reads whole streams.</summary>
internal static class RunJournalReading
{
    private const int PageBatches = 256;

    /// <summary>All facts that a stream has, from its beginning, in their order.</summary>
    public static async IAsyncEnumerable<RunFact> ReadAllAsync(
        this IRunJournal journal, int stream, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (long position = 0; ;)
        {
            var page = await journal.ReadAsync(stream, position, PageBatches, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var batch in page)
            {
                foreach (var fact in batch.Facts)
                {
                    yield return fact;
                }

                position = batch.Number;
            }
        }
    }
}
