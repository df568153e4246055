using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Tests.Replay;

/// <summary>The numbered rule over an unsorted list of a few entries: the fastest naive cache for very many very small histories.</summary>
internal sealed class SmallestCache(int capacity)
{
    private readonly List<ReplayEntry> _held = [];

    public bool Refuses(ReplayEntry entry)
    {
        if (_held.Contains(entry))
        {
            return false;
        }

        if (_held.Count < capacity)
        {
            _held.Add(entry);
            return false;
        }

        var oldest = -1;
        for (var i = 0; i < _held.Count; i++)
        {
            oldest = oldest < 0 || _held[i].OrderKey < _held[oldest].OrderKey ? i : oldest;
        }

        if (oldest < 0 || entry.OrderKey <= _held[oldest].OrderKey)
        {
            return true;
        }

        _held[oldest] = entry;
        return false;
    }
}
