using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace UeFarm.Actors.Run;

/// <summary>
/// What failed inside the farm during a run: errors that actors log, our own and Akka's. They are no result of the network under test, and belong into the run's warnings
/// rather than between the lines of its output. Safe from any thread; bounded, however often the same thing fails.
/// </summary>
internal sealed class RunFaults
{
    private const int MostKinds = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _counts = [];
    private long _others;

    /// <summary>A sentence for each kind of error, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_gate)
            {
                List<string> texts = [.. _counts.Select(static pair => Text(pair.Key, pair.Value))];
                if (_others > 0)
                {
                    texts.Add(Text("other errors inside the farm", _others));
                }

                return texts;
            }
        }
    }

    /// <summary>Listens to what the actors of a system log from now on.</summary>
    public void Watch(ActorSystem system) => system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Listener(this)), "faults"), typeof(Error));

    private void Add(Error error)
    {
        // Of an actor that failed its supervisor tells, which says nothing about the place.
        var isTold = typeof(SupervisorStrategy).IsAssignableFrom(error.LogClass);
        var place = (isTold ? error.Cause?.TargetSite?.DeclaringType : error.LogClass)?.Name ?? error.LogSource;
        var what = (error.Cause?.GetBaseException().Message ?? error.Message?.ToString() ?? "").ReplaceLineEndings(" ");
        var kind = $"error inside the farm, in {place}: {what}";
        lock (_gate)
        {
            if (_counts.TryGetValue(kind, out var count) || _counts.Count < MostKinds)
            {
                _counts[kind] = count + 1;
            }
            else
            {
                _others++;
            }
        }
    }

    private static string Text(string kind, long count) => count == 1 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind} ({count} times)");

    private sealed class Listener(RunFaults faults) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Error error)
            {
                faults.Add(error);
            }
            else
            {
                Unhandled(message);
            }
        }
    }
}
