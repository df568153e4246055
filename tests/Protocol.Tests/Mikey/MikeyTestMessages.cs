using UeFarm.Protocol.Mikey;
using Xunit;

namespace UeFarm.Protocol.Tests.Mikey;

internal static class MikeyTestMessages
{
    public static MikeyMessage Decode(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out var message, out var failure), failure.ToString());
        return message!;
    }

    public static MikeyFailure DecodeFailure(ReadOnlyMemory<byte> bytes)
    {
        Assert.False(MikeyDecoder.TryDecode(bytes, MikeyLimits.Default, out var message, out var failure));
        Assert.Null(message);
        return failure;
    }

    public static ReceivedTransferInit Parse(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(ReceivedTransferInit.TryParse(bytes, out var received, out var failure), failure.ToString());
        return received!;
    }

    public static MikeyFailure ParseFailure(ReadOnlyMemory<byte> bytes)
    {
        Assert.False(ReceivedTransferInit.TryParse(bytes, out var received, out var failure));
        Assert.Null(received);
        return failure;
    }
}
