using System.Text;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Live;

namespace UeFarm.Farm.Nodes;

/// <summary>The live page's document on a node of a cluster: the conductor's, asked for at most once a second for all who look.</summary>
/// <param name="ask">Asks the conductor.</param>
/// <param name="time">Says when a second is over.</param>
internal sealed class ClusterLiveSource(Func<ClusterMessages.ConductorQuery, CancellationToken, Task<object>> ask, TimeProvider time) : ILiveSource
{
    private const string Nobody = "No conductor answers; one starts on another node of the role when it is lost.";

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(0.9);

    /// <summary>Shorter than a page waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>A node that stops has little time, and a conductor that is there answers at once.</summary>
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly LiveAudience _audience = new(time);
    private readonly Lock _gate = new();
    private Task<LiveDocument>? _answer;
    private long _askedAt;

    public async ValueTask<LiveDocument> ReadAsync(CancellationToken cancellation)
    {
        _audience.Ask();
        return _audience.Tell(await ReadFreshAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>The node will stop: if the run has ended, comes back when this node's open pages know.</summary>
    public async Task SayFarewellAsync()
    {
        if (!_audience.IsOpen)
        {
            return;
        }

        lock (_gate)
        {
            _answer = null; // The end may be younger than that.
        }

        try
        {
            using var patience = new CancellationTokenSource(FarewellPatience, time);
            if ((await ReadFreshAsync(patience.Token).ConfigureAwait(false)).IsFinal)
            {
                await _audience.SayFarewellAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is LiveSourceException or OperationCanceledException)
        {
            // Without a conductor nobody knows of an end.
        }
    }

    private async Task<LiveDocument> ReadFreshAsync(CancellationToken cancellation)
    {
        Task<LiveDocument> answer;
        lock (_gate)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_askedAt) > Freshness))
            {
                _askedAt = time.GetTimestamp();
                _answer = AskAsync();
            }

            answer = _answer;
        }

        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<LiveDocument> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        object answer;
        try
        {
            answer = await ask(new ClusterMessages.ConductorQuery(ConductorVerb.Live, "", ""), patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AskTimeoutException or OperationCanceledException)
        {
            throw new LiveSourceException(Nobody, exception);
        }

        return answer switch
        {
            ClusterMessages.ConductorReply reply => LiveDocument.Of(Encoding.UTF8.GetBytes(reply.Content)),
            ClusterMessages.Refused refused => throw new LiveSourceException($"The conductor refused: {refused.Reason}"),
            _ => throw new LiveSourceException("The conductor did not understand; are all nodes of the same version?"),
        };
    }
}
