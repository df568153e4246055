using System.Buffers.Text;
using System.Globalization;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The branch of a delivery names the mailbox and the message, so that a response finds its mailbox without a table, and a late one its
/// message: <c>z9hG4bK-mb.mailbox.arrival.delivery.nonce</c>, all in hexadecimal. The nonce is random per life of a mailbox: a
/// stranger cannot make up a late 2xx.
/// </summary>
public readonly record struct MailboxBranch(long Mailbox, long Arrival, int Delivery, uint Nonce)
{
    private const int Fields = 4;

    private static ReadOnlySpan<byte> Prefix => "z9hG4bK-mb."u8;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"z9hG4bK-mb.{Mailbox:x}.{Arrival:x}.{Delivery:x}.{Nonce:x}");

    public static bool TryParse(ReadOnlySpan<byte> text, out MailboxBranch branch)
    {
        branch = default;
        if (!text.StartsWith(Prefix))
        {
            return false;
        }

        text = text[Prefix.Length..];
        Span<long> values = stackalloc long[Fields];
        for (var i = 0; i < Fields; i++)
        {
            if (!Utf8Parser.TryParse(text, out long value, out var used, 'x') || value < 0)
            {
                return false;
            }

            values[i] = value;
            text = text[used..];
            if (i < Fields - 1)
            {
                if (text.Length == 0 || text[0] != (byte)'.')
                {
                    return false;
                }

                text = text[1..];
            }
        }

        if (text.Length > 0 || values[2] > int.MaxValue || values[3] > uint.MaxValue)
        {
            return false;
        }

        branch = new MailboxBranch(values[0], values[1], (int)values[2], (uint)values[3]);
        return true;
    }
}
