using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>A TGK, TEK or GTGK with its SPI.</summary>
internal sealed class SessionKey : IDisposable
{
    /// <summary>Copies the key.</summary>
    public SessionKey(KeyDataPayload keyData)
    {
        Type = keyData.KeyType;
        Spi = keyData.Validity.First.ToArray();
        Key = new KeyMaterial(keyData.Key.Span);
    }

    public KeyDataType Type { get; }

    public ReadOnlyMemory<byte> Spi { get; }

    public KeyMaterial Key { get; }

    public bool IsTek => Type is KeyDataType.Tek or KeyDataType.TekWithSalt;

    public void Dispose() => Key.Dispose();
}
