using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Messaging;

/// <summary>One message, or delivery report, on its way out.</summary>
internal sealed class UeSend(long sendId, string recipient, ReadOnlyMemory<byte> text)
{
    public long SendId { get; } = sendId;

    public string Recipient { get; } = recipient;

    /// <summary>Given up once the body is made.</summary>
    public ReadOnlyMemory<byte> Text { get; set; } = text;

    public UeSendPhase Phase { get; set; }

    /// <summary>Of the KMS exchange or of the transaction under way; 0: neither.</summary>
    public long Token { get; set; }

    public Instant Deadline { get; set; } = Instant.Never;

    public TicketRequestExchange? Exchange { get; set; }

    /// <summary>Transactions so far, answers to challenges not counted.</summary>
    public int Attempts { get; set; }

    public int Challenges { get; set; }

    public ulong CallId { get; init; }

    public uint Sequence { get; set; }

    public NtpTimestamp Timestamp { get; set; }

    public ReplayDigest Digest { get; set; }

    public string ContentType { get; set; } = string.Empty;

    /// <summary>Made once: what is sent again is the same TRANSFER_INIT and CMS.</summary>
    public byte[]? Body { get; set; }

    public bool IsReported { get; set; }

    /// <summary>message/cpim with the notification; null: a text.</summary>
    public byte[]? Report { get; init; }

    /// <summary>imdn.Message-ID of the message that the report is about.</summary>
    public string? ReportOf { get; init; }

    /// <summary>The phone goes off before the report has got through: it goes out again, the same bytes, when the phone is back.</summary>
    public void Postpone()
    {
        Phase = UeSendPhase.Queued;
        Token = 0;
        Deadline = Instant.Never;
        Exchange = null;
        Attempts = 0;
        Challenges = 0;
    }
}
