using System.Globalization;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Cluster;

/// <summary>The knobs of a run that a cluster plays.</summary>
internal sealed class ConductorKnobs(ConductorClient client) : IRunKnobs
{
    public async Task<(bool IsDone, string Line)> ChangeRateAsync(double factor)
    {
        try
        {
            var change = await client.ChangeAsync(RunChangeKind.Rate, string.Create(CultureInfo.InvariantCulture, $"x{factor:0.####}"), null, CancellationToken.None)
                .ConfigureAwait(false);
            return (true, string.Create(CultureInfo.InvariantCulture, $"{change.What} from {change.At:0} s into the run on: nodes hear of it before"));
        }
        catch (ConductorException exception)
        {
            return (false, exception.Message.ReplaceLineEndings(" "));
        }
    }
}
