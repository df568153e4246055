namespace UeFarm.Actors.Sizing;

/// <summary>Messages by number, in pages, so that growing copies nothing.</summary>
internal sealed class SizingMessageTable
{
    private const int PageBits = 16;

    private readonly List<SizingMessage[]> _pages = [];

    public int Count { get; private set; }

    public ref SizingMessage this[int number] => ref _pages[number >> PageBits][number & ((1 << PageBits) - 1)];

    public int Add(in SizingMessage message)
    {
        if (Count >> PageBits == _pages.Count)
        {
            _pages.Add(new SizingMessage[1 << PageBits]);
        }

        this[Count] = message;
        return Count++;
    }
}
