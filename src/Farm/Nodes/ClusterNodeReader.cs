using UeFarm.Actors.Cluster;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Scenarios;
using F = UeFarm.Farm.Nodes.ClusterNodeFormat;

namespace UeFarm.Farm.Nodes;

/// <summary>From the values of a cluster node's file to its options; what is wrong with them is added to the errors.</summary>
internal sealed class ClusterNodeReader(ScenarioValues values, List<ScenarioError> errors)
{
    /// <summary>Null: there are mistakes.</summary>
    public ClusterNodeOptions? Read()
    {
        CheckSection();
        CheckAddresses();
        var storePassword = ReadPathOf(F.StorePasswordFile);
        var tls = ReadTls();
        var token = NodeReader.ReadToken(values, errors);
        if (errors.Count > 0)
        {
            return null;
        }

        return new ClusterNodeOptions
        {
            Roles = values.Get(F.Roles),
            Domain = values.IsWritten(F.Domain) ? values.Get(F.Domain) : null,
            Listen = values.Get(F.Listen)!,
            Member = new ClusterNodeSettings
            {
                Listen = values.Get(F.MemberListen)!,
                AdvertiseHost = values.IsWritten(F.Advertise) ? values.Get(F.Advertise) : null,
                Seeds = values.GetList(F.Seeds),
                Roles = values.Get(F.Roles),
                Tls = tls,
                KeepsQuiet = true,
            },
            Store = new ClusterStore(values.Get(F.Store), storePassword, values.Get(F.StoreUnsafe)) { RunsKept = (int)values.Get(F.RunsKept) },
            AdminListen = values.Get(NodeFormat.AdminListen),
            AdminToken = token,
        };
    }

    /// <summary>Of a section that is not there at all the reader of values reports nothing.</summary>
    private void CheckSection()
    {
        foreach (var option in F.Document.Options.Where(option => option is { IsRequired: true, Section: "cluster" } && !values.IsWritten(option)))
        {
            if (errors.TrueForAll(error => error.Path != option.Path))
            {
                errors.Add(new ScenarioError(
                    new ScenarioLocation(0, 0), option.Path, null, "is missing: a node with these roles is a part of a cluster", option.Kind.Allowed,
                    F.Document.HowToAdd(option)));
            }
        }
    }

    private void CheckAddresses()
    {
        if (values.TryGet(F.Listen, out var listen) && NodeReader.IsAny(listen!.Address))
        {
            Report(F.Listen, "is every address, so core, phones and application server would not find each other", "one address of this machine",
                "write the address that the other nodes reach");
        }

        if (values.TryGet(F.MemberListen, out var member) && member is not null && NodeReader.IsAny(member.Address) && !values.IsWritten(F.Advertise))
        {
            Report(F.MemberListen, "is every address, which is none that other nodes can reach", "one address, or cluster.advertise beside it",
                "say under which name or address this node is reached (cluster.advertise)");
        }

        NodeReader.CheckAdmin(values, errors);
    }

    private ClusterTls? ReadTls()
    {
        var certificate = ReadPathOf(F.Certificate);
        var passwordFile = ReadPathOf(F.CertificatePasswordFile);
        if (certificate is null)
        {
            if (values.IsWritten(F.CertificatePasswordFile) && !values.IsWritten(F.Certificate))
            {
                Report(F.CertificatePasswordFile, "has no certificate beside it", "cluster.tls.certificate beside it", "name the certificate, or remove this key");
            }

            return null;
        }

        try
        {
            return new ClusterTls(certificate, passwordFile is null ? "" : File.ReadAllText(passwordFile).TrimEnd('\r', '\n'));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(F.CertificatePasswordFile, "cannot be read", F.CertificatePasswordFile.Kind.Allowed, "check its permissions");
            return null;
        }
    }

    private string? ReadPathOf(TypedScenarioOption<string> option)
    {
        if (!values.IsWritten(option) || !values.TryGet(option, out var name))
        {
            return null;
        }

        var path = Path.GetFullPath(name);
        if (File.Exists(path))
        {
            return path;
        }

        Report(option, "does not exist", option.Kind.Allowed, "check the path");
        return null;
    }

    private void Report(ScenarioOption option, string problem, string allowed, string remedy) =>
        errors.Add(ScenarioError.About(values, option, problem, allowed, remedy));
}
