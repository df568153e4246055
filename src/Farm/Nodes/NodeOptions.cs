using System.Net;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>A stand-alone application server as the operator wants it; every value checked.</summary>
internal sealed record NodeOptions
{
    public required string Domain { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required bool Udp { get; init; }

    /// <summary>Null: the address listened on.</summary>
    public required string? SentBy { get; init; }

    public required SipTarget Core { get; init; }

    /// <summary>As written; from the working directory. Not used with a database.</summary>
    public required string StoreFile { get; init; }

    /// <summary>Where messages are stored, for an operator to read: the file, or the database without its password.</summary>
    public string Store => Behavior.Store.Postgres is null ? StoreFile : Behavior.Store.ToString();

    public required IReadOnlyList<IPNetwork> Allow { get; init; }

    public required ApplicationServerOptions Behavior { get; init; }

    public required SipOptions Sip { get; init; }

    /// <summary>Null: no admin endpoint.</summary>
    public required IPEndPoint? AdminListen { get; init; }

    /// <summary>Null: changing calls are refused.</summary>
    public required AdminToken? AdminToken { get; init; }
}
