namespace UeFarm.Protocol;

/// <summary>Where machines take random bytes from: the system's generator in production, a seeded one in tests and sizing.</summary>
public interface IRandomSource
{
    /// <summary>Fills the span with random bytes.</summary>
    void Fill(Span<byte> destination);

    /// <summary>64 random bits.</summary>
    ulong NextUInt64();
}
