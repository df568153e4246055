namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>What a MAC covers, as up to four parts that follow each other (RFC 6043 section 5.5).</summary>
internal readonly ref struct MacInput(
    ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default)
{
    private readonly ReadOnlySpan<byte> _first = first;
    private readonly ReadOnlySpan<byte> _second = second;
    private readonly ReadOnlySpan<byte> _third = third;
    private readonly ReadOnlySpan<byte> _fourth = fourth;

    public int Length => _first.Length + _second.Length + _third.Length + _fourth.Length;

    public void CopyTo(Span<byte> destination)
    {
        _first.CopyTo(destination);
        destination = destination[_first.Length..];
        _second.CopyTo(destination);
        destination = destination[_second.Length..];
        _third.CopyTo(destination);
        _fourth.CopyTo(destination[_third.Length..]);
    }
}
