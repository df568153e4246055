using System.Net;

namespace UeFarm.Farm.Hosting;

/// <summary>An address that was asked for cannot be listened on.</summary>
/// <param name="path">The scenario's key.</param>
/// <param name="address">As it says.</param>
/// <param name="cause">From the sockets.</param>
internal sealed class ListenException(string path, IPEndPoint address, Exception cause) : Exception($"{path} '{address}' {ListenFault.Explain(cause)}", cause);
