namespace UeFarm.Protocol.Sip;

/// <summary>The tokens of <see cref="SipMethod"/> on the wire; methods are case-sensitive (RFC 3261 section 7.1).</summary>
public static class SipMethods
{
    private static readonly string[] Names =
    [
        "", "REGISTER", "MESSAGE", "OPTIONS", "SUBSCRIBE", "NOTIFY", "INVITE", "ACK", "BYE", "CANCEL", "PUBLISH", "INFO", "PRACK", "UPDATE", "REFER",
    ];

    /// <summary>The token of a known method; an empty text for <see cref="SipMethod.Other"/>.</summary>
    public static string NameOf(SipMethod method) => Names[(int)method];

    public static SipMethod Parse(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 => token.SequenceEqual("ACK"u8) ? SipMethod.Ack : token.SequenceEqual("BYE"u8) ? SipMethod.Bye : SipMethod.Other,
        4 => token.SequenceEqual("INFO"u8) ? SipMethod.Info : SipMethod.Other,
        5 => token.SequenceEqual("REFER"u8) ? SipMethod.Refer : token.SequenceEqual("PRACK"u8) ? SipMethod.Prack : SipMethod.Other,
        6 => token.SequenceEqual("NOTIFY"u8) ? SipMethod.Notify
            : token.SequenceEqual("INVITE"u8) ? SipMethod.Invite
            : token.SequenceEqual("CANCEL"u8) ? SipMethod.Cancel
            : token.SequenceEqual("UPDATE"u8) ? SipMethod.Update : SipMethod.Other,
        7 => token.SequenceEqual("MESSAGE"u8) ? SipMethod.Message
            : token.SequenceEqual("OPTIONS"u8) ? SipMethod.Options
            : token.SequenceEqual("PUBLISH"u8) ? SipMethod.Publish : SipMethod.Other,
        8 => token.SequenceEqual("REGISTER"u8) ? SipMethod.Register : SipMethod.Other,
        9 => token.SequenceEqual("SUBSCRIBE"u8) ? SipMethod.Subscribe : SipMethod.Other,
        _ => SipMethod.Other,
    };
}
