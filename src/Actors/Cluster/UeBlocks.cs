namespace UeFarm.Actors.Cluster;

/// <summary>
/// Which phones are in which block: consecutive numbers, the last block perhaps shorter. A function of how many phones there are, so every node knows it. At
/// most <see cref="LargestBlock"/> phones move at once, and a small farm still has up to <see cref="FewestBlocks"/> blocks to spread over its nodes.
/// </summary>
public readonly record struct UeBlocks
{
    public const int LargestBlock = 1000;

    public const int FewestBlocks = 64;

    /// <param name="phones">At least 1.</param>
    public UeBlocks(int phones)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(phones, 1);
        Phones = phones;
        Size = Math.Clamp(DivideUp(phones, FewestBlocks), 1, LargestBlock);
        Count = DivideUp(phones, Size);
    }

    public int Phones { get; }

    /// <summary>Phones in every block but perhaps the last.</summary>
    public int Size { get; }

    /// <summary>How many blocks there are; they are numbered from 0.</summary>
    public int Count { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such phone.</exception>
    public int BlockOf(int phone)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)phone, (uint)Phones, nameof(phone));
        return phone / Size;
    }

    /// <summary>The first phone of a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public int FirstOf(int block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)Count, nameof(block));
        return block * Size;
    }

    /// <summary>How many phones a block has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public int CountOf(int block) => Math.Min(Size, Phones - FirstOf(block));

    private static int DivideUp(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);
}
