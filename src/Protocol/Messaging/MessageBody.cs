using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The body of a MESSAGE, out of its message/cpim wrapper where it has one. Interpretation: what asks for delivery reports stands in a wrapper outside the
/// protection, because who is to answer in the phone's stead, the application server, cannot look inside (RFC 8591 section 9.2); what is protected stays as it is.
/// </summary>
public readonly ref struct MessageBody
{
    private MessageBody(ReadOnlySpan<byte> type, ReadOnlyMemory<byte> content, CpimMessage? wrapper)
    {
        Type = type;
        Content = content;
        Wrapper = wrapper;
    }

    /// <summary>Content-Type with its parameters.</summary>
    public ReadOnlySpan<byte> Type { get; }

    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Null: the body came without one.</summary>
    public CpimMessage? Wrapper { get; }

    /// <summary>False: it says message/cpim and is none that can be read.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, out MessageBody opened, out CpimFailure failure)
    {
        failure = default;
        if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(contentType), "message/cpim"u8))
        {
            opened = new MessageBody(contentType, body, null);
            return true;
        }

        opened = default;
        if (!CpimReader.TryRead(body, out var wrapper, out failure))
        {
            return false;
        }

        opened = new MessageBody(Encoding.UTF8.GetBytes(wrapper!.ContentType), wrapper.Content, wrapper);
        return true;
    }

    /// <summary>The media type without parameters is this one.</summary>
    public bool Is(ReadOnlySpan<byte> mediaType) => Ascii.EqualsIgnoreCase(MimeValue.TypeOf(Type), mediaType);

    /// <summary>The two parts of a protected body. False: it is not one.</summary>
    public bool TrySplit(out ReadOnlyMemory<byte> mikey, out ReadOnlyMemory<byte> cms) => ProtectedBody.TrySplit(Type, Content, out mikey, out cms, out _);
}
