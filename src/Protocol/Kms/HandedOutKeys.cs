using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Kms;

/// <summary>The keys of one REQUEST_RESP or RESOLVE_RESP. Disposing it clears them.</summary>
internal sealed class HandedOutKeys(int capacity) : IDisposable
{
    private readonly List<KeyMaterial> _materials = new(capacity);
    private readonly List<KeyDataPayload> _keyData = new(capacity);

    public IReadOnlyList<KeyDataPayload> KeyData => _keyData;

    /// <summary>Takes over the key.</summary>
    public void Add(KeyDataType type, KeyMaterial material, KeyValidity validity)
    {
        _materials.Add(material);
        _keyData.Add(new KeyDataPayload(type, material.Memory, validity));
    }

    public void Dispose()
    {
        foreach (var material in _materials)
        {
            material.Dispose();
        }
    }
}
