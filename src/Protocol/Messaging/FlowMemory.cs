namespace UeFarm.Protocol.Messaging;

/// <summary>The connections that closed last, by number: bindings made over them must not name them any more. Bounded; a forgotten one
/// costs a request to that phone its time-out.</summary>
internal sealed class FlowMemory
{
    private const int Capacity = 65536;

    private readonly HashSet<long> _flows = [];
    private readonly Queue<long> _order = new();

    public void Add(long flow)
    {
        if (!_flows.Add(flow))
        {
            return;
        }

        _order.Enqueue(flow);
        if (_order.Count > Capacity)
        {
            _flows.Remove(_order.Dequeue());
        }
    }

    public bool Contains(long flow) => _flows.Contains(flow);
}
