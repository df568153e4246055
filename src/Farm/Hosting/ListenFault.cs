using System.Net.Sockets;

namespace UeFarm.Farm.Hosting;

/// <summary>Why an address cannot be listened on, in words for an operator.</summary>
internal static class ListenFault
{
    public const string Remedy = "stop the other program, or choose another address";

    public static string Explain(Exception exception)
    {
        var cause = exception;
        while (cause is not (null or SocketException))
        {
            cause = cause.InnerException;
        }

        return (cause as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "is in use by another program",
            SocketError.AccessDenied => "may not be listened on by this user",
            SocketError.AddressNotAvailable => "is not an address of this machine",
            _ => $"cannot be listened on: {exception.Message}",
        };
    }
}
