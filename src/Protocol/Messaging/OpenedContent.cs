using System.Text;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What was inside a protected body: a text, or a delivery report. Wrapper: a message/cpim inside the protection (RFC 8591 section 9.1 has it on either side);
/// what it asks for is authentic, so it goes before one outside.
/// </summary>
internal sealed record OpenedContent(ReadOnlyMemory<byte> Text, string? MessageId, CpimMessage? Wrapper, ImdnReport? Report)
{
    /// <summary>False: the entity cannot be read, or says that it is a notification and is none.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> entity, out OpenedContent? content)
    {
        content = null;
        if (!ProtectedBody.TryReadEntity(entity, out var type, out var messageId, out var text))
        {
            return false;
        }

        if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(Encoding.UTF8.GetBytes(type)), "message/cpim"u8))
        {
            content = new OpenedContent(text, messageId, null, null);
            return true;
        }

        if (!CpimReader.TryRead(text, out var wrapper, out _))
        {
            return false;
        }

        if (!wrapper!.IsNotification)
        {
            content = new OpenedContent(wrapper.Content, messageId ?? wrapper.MessageId, wrapper, null);
            return true;
        }

        if (!ImdnXml.TryRead(wrapper.Content, out var report, out _))
        {
            return false;
        }

        content = new OpenedContent(default, wrapper.MessageId, wrapper, report);
        return true;
    }
}
