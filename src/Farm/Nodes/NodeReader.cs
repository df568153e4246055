using System.Net;
using UeFarm.Farm.Scenarios;
using F = UeFarm.Farm.Nodes.NodeFormat;

namespace UeFarm.Farm.Nodes;

/// <summary>Reads what a node is to be from a file, the command line or both; reports every mistake at once.</summary>
internal static class NodeReader
{
    /// <param name="path">Null: no file.</param>
    /// <param name="overrides">From the command line; they beat the file.</param>
    public static NodeReadResult Read(string? path, IReadOnlyList<DocumentOverride> overrides)
    {
        var name = path ?? "command line";
        return Complete(
            path is null ? DocumentReader.ReadOverrides(F.Document, name, overrides) : DocumentReader.ReadFile(F.Document, path, overrides), name);
    }

    public static NodeReadResult ReadText(string text, string name, IReadOnlyList<DocumentOverride> overrides) =>
        Complete(DocumentReader.Read(F.Document, text, name, overrides), name);

    private static NodeReadResult Complete(DocumentReadResult document, string name)
    {
        if (document is { Values: { } written } && document.Format == ClusterNodeFormat.Document)
        {
            var options = new ClusterNodeReader(written, document.Errors).Read();
            return new NodeReadResult(null, options, document.SortedErrors, name);
        }

        AdminToken? token = null;
        string? storePasswordFile = null;
        if (document.Values is { } values)
        {
            Check(values, document.Errors);
            token = ReadToken(values, document.Errors);
            storePasswordFile = new ApplicationServerChecks(values, document.Errors).FindStorePassword(Environment.CurrentDirectory);
        }

        return document.Errors.Count > 0 ? new NodeReadResult(null, null, document.SortedErrors, name)
            : new NodeReadResult(Build(document.Values!, token, storePasswordFile), null, [], name);
    }

    private static void Check(ScenarioValues values, List<ScenarioError> errors)
    {
        CheckStore(values, errors);
        new ApplicationServerChecks(values, errors).Run();
        if (values.TryGet(F.Core, out var core) && core.Transport == SipTransportChoice.Udp && values.TryGet(F.Udp, out var udp) && !udp)
        {
            errors.Add(ScenarioError.About(
                values, F.Core, "is reached over UDP, which this node does not listen on", "transport=tcp, or UDP switched on", "give --udp, or udp: on"));
        }

        if (values.TryGet(F.Listen, out var listen) && IsAny(listen!.Address) && !values.IsWritten(F.SentBy))
        {
            errors.Add(ScenarioError.About(
                values, F.Listen, "is every address, so answers would not find their way", "one address, or sentBy beside it",
                "give --sent-by HOST:PORT as the core reaches this node"));
        }

        if (values.IsUsable(F.Allow) && values.GetList(F.Allow).Count == 0)
        {
            errors.Add(ScenarioError.About(
                values, F.Allow, "is empty, so nothing could be sent", "at least one address range", "write [127.0.0.0/8] for this machine"));
        }

        CheckAdmin(values, errors);
    }

    public static void CheckAdmin(ScenarioValues values, List<ScenarioError> errors)
    {
        if (values.TryGet(F.AdminListen, out var admin) && admin is not null && !IPAddress.IsLoopback(admin.Address) && !values.IsWritten(F.AdminTokenFile))
        {
            errors.Add(ScenarioError.About(
                values, F.AdminListen, "can be reached from other machines, but there is no token", "a loopback address, or a token file beside it",
                "give --admin-token-file FILE, or listen on 127.0.0.1"));
        }
    }

    /// <summary>A file and a database: what the command line gives beats the file, also when it is the other way of saying the same.</summary>
    private static void CheckStore(ScenarioValues values, List<ScenarioError> errors)
    {
        if (!values.IsWritten(F.Store) || !values.TryGet(ScenarioFormat.ServerStore, out var store) || store.Postgres is null)
        {
            return;
        }

        var isFileSet = values.LocationOf(F.Store).Override is not null;
        var isDatabaseSet = values.LocationOf(ScenarioFormat.ServerStore).Override is not null;
        if (isFileSet == isDatabaseSet)
        {
            errors.Add(ScenarioError.About(
                values, F.Store, "and applicationServer.store both say where messages are stored", "a file, or a database", "remove one of the two"));
        }
        else
        {
            values.Forget(isFileSet ? ScenarioFormat.ServerStore : F.Store);
        }
    }

    public static AdminToken? ReadToken(ScenarioValues values, List<ScenarioError> errors)
    {
        if (!values.IsWritten(F.AdminTokenFile) || !values.TryGet(F.AdminTokenFile, out var path))
        {
            return null;
        }

        if (!AdminToken.TryReadFile(path, out var token, out var problem))
        {
            errors.Add(ScenarioError.About(values, F.AdminTokenFile, problem.Problem, AdminToken.Allowed, problem.Remedy));
        }

        return token;
    }

    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static NodeOptions Build(ScenarioValues values, AdminToken? token, string? storePasswordFile) => new()
    {
        Domain = values.Get(F.Domain),
        Listen = values.Get(F.Listen)!,
        Udp = values.Get(F.Udp),
        SentBy = values.IsWritten(F.SentBy) ? values.Get(F.SentBy) : null,
        Core = values.Get(F.Core),
        StoreFile = values.Get(F.Store),
        Allow = values.GetList(F.Allow),
        Behavior = ScenarioBuilder.BuildApplicationServer(values, storePasswordFile),
        Sip = ScenarioBuilder.BuildSip(values),
        AdminListen = values.Get(F.AdminListen),
        AdminToken = token,
    };
}
