using System.Diagnostics.CodeAnalysis;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Subscribers by hand: private identity "name_private", public identity "sip:name@ims.example".</summary>
internal sealed class TestDirectory : ISubscriberDirectory
{
    private readonly Dictionary<string, SubscriberCredentials> _byUser = [];

    public SubscriberCredentials AddPassword(string name, string password = "sesame", DigestAlgorithm algorithm = DigestAlgorithm.Md5) =>
        _byUser[name] = new SubscriberCredentials($"{name}_private", algorithm, password, default, default, default);

    public SubscriberCredentials AddAka(string name)
    {
        var random = new SeededRandomSource((ulong)name.Length);
        byte[] k = new byte[16], opc = new byte[16];
        random.Fill(k);
        random.Fill(opc);
        return _byUser[name] = new SubscriberCredentials($"{name}_private", DigestAlgorithm.AkaV1Md5, null, k, opc, new byte[] { 0x80, 0 });
    }

    public bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity)
    {
        var name = privateIdentity.EndsWith("_private", StringComparison.Ordinal) ? privateIdentity[..^8] : string.Empty;
        publicIdentity = $"sip:{name}@{CoreHarness.Domain}";
        return _byUser.TryGetValue(name, out credentials);
    }

    public bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials)
    {
        var suffix = "@" + CoreHarness.Domain;
        credentials = null;
        return publicIdentity.StartsWith("sip:", StringComparison.Ordinal) && publicIdentity.EndsWith(suffix, StringComparison.Ordinal)
            && _byUser.TryGetValue(publicIdentity[4..^suffix.Length], out credentials);
    }
}
