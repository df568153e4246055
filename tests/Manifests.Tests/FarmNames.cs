namespace UeFarm.Manifests.Tests;

/// <summary>What the manifests take from the program, in one place.</summary>
internal static class FarmNames
{
    public const string Namespace = "uefarm";
    public const string NodeFile = "/etc/uefarm/node.yaml";
    public const string ScenarioFile = "/etc/uefarm/scenario.yaml";

    public const int RemotingPort = 4053;
    public const int SipPort = 5060;
    public const int AdminPort = 9464;

    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string Metrics = "/metrics";

    public const string SeedsKey = "cluster.seeds";
    public const string AdvertiseKey = "cluster.advertise";
    public const string SipListenKey = "listen";
    public const string RemotingListenKey = "cluster.listen";
    public const string AdminListenKey = "admin.listen";
    public const string PostgresKey = "cluster.store.postgres";

    public static readonly string[] Roles = ["ue", "core", "as", "kms", "conductor"];

    /// <summary>Keys of the node file that name a file with a secret.</summary>
    public static readonly string[] SecretFileKeys =
        ["cluster.storePasswordFile", "cluster.tls.certificate", "cluster.tls.passwordFile", "admin.tokenFile"];

    /// <summary>Keys that a cluster's node file has to have; role, SIP address and host name are the pod's.</summary>
    public static readonly string[] NodeFileKeys =
        ["version", "domain", RemotingListenKey, SeedsKey, PostgresKey, AdminListenKey, .. SecretFileKeys];
}
