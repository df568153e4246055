using System.Text;

namespace UeFarm.Protocol.Tests.Messaging;

internal static class TextExtensions
{
    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
