namespace UeFarm.Actors.Traffic;

/// <summary>Phones that are to come or go, in the order of time.</summary>
internal sealed class PhoneMoves
{
    private readonly List<(TimeSpan At, int Phone, bool Online)> _moves = [];
    private int _next;

    /// <summary>When the next one is due; <see cref="TimeSpan.MaxValue"/>: none is left.</summary>
    public TimeSpan NextDue => _next < _moves.Count ? _moves[_next].At : TimeSpan.MaxValue;

    /// <summary>These, in place of what is left.</summary>
    public void Plan(IEnumerable<(TimeSpan At, int Phone, bool Online)> moves)
    {
        _moves.Clear();
        _next = 0;
        _moves.AddRange(moves);
        _moves.Sort(static (left, right) => left.At != right.At ? left.At.CompareTo(right.At) : left.Phone.CompareTo(right.Phone));
    }

    public (TimeSpan At, int Phone, bool Online) Take() => _moves[_next++];
}
