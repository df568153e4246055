using System.Net;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>A server that stores messages for phones that are away, in processes of its own.</summary>
internal interface IMessageServer : IAsyncDisposable
{
    IPEndPoint EndPoint { get; }

    /// <summary>User and system time of all its processes so far, its database's included.</summary>
    TimeSpan Cpu { get; }

    /// <summary>As the kernel kills: nothing more is written.</summary>
    Task KillAsync();
}
