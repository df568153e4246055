using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Cluster;

/// <summary>Messages of the schedule that came due while nobody had their sender's block.</summary>
internal static class MissedSends
{
    /// <param name="schedule">From its beginning.</param>
    /// <param name="before">How many messages of the schedule came before the new owner took part.</param>
    /// <param name="first">The block's first phone.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="memory">What the stream says.</param>
    public static List<(long Number, int Phone)> Find(RunSchedule schedule, long before, int first, int count, BlockMemory memory)
    {
        var missed = new List<(long, int)>();
        for (long number = 0; number < before && schedule.TryNext(out var action);)
        {
            if (action.Kind == ScheduledActionKind.Send)
            {
                if (action.Phone >= first && action.Phone < first + count && !memory.WasDue(number))
                {
                    missed.Add((number, action.Phone));
                }

                number++;
            }
        }

        return missed;
    }
}
