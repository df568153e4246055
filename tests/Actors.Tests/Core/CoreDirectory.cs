using System.Diagnostics.CodeAnalysis;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Actors.Tests.Core;

/// <summary>Everybody named "md5-…", "sha-…" or "aka-…" is a subscriber; secrets follow from the name. "fault" makes the directory throw.</summary>
internal sealed class CoreDirectory : ISubscriberDirectory
{
    private const string Domain = "@ims.example";

    public static SubscriberCredentials CredentialsOf(string name)
    {
        byte[] k = new byte[16], opc = new byte[16];
        new SeededRandomSource((ulong)name.Length).Fill(k);
        new SeededRandomSource((ulong)name[^1]).Fill(opc);
        var algorithm = name[..4] switch
        {
            "md5-" => DigestAlgorithm.Md5,
            "sha-" => DigestAlgorithm.Sha256,
            _ => DigestAlgorithm.AkaV1Md5,
        };
        return new SubscriberCredentials(name + "_private", algorithm, "secret of " + name, k, opc, new byte[] { 0x80, 0 });
    }

    public bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity)
    {
        var name = privateIdentity.Replace("_private", string.Empty, StringComparison.Ordinal);
        publicIdentity = $"sip:{name}{Domain}";
        return TryGetByPublicIdentity(publicIdentity, out credentials);
    }

    public bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials)
    {
        var name = publicIdentity[4..^Domain.Length];
        if (name == "fault")
        {
            throw new InvalidOperationException("the directory fails for this one");
        }

        credentials = name.Length > 4 && name[..4] is "md5-" or "sha-" or "aka-" ? CredentialsOf(name) : null;
        return credentials is not null;
    }
}
