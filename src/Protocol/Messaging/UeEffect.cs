using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One struct for all effects of a phone, so that the hot path allocates nothing for them. Fields by kind:
/// Transmit: Bytes, Hop, Token (of a request, 0 for a response; see <see cref="UeBehavior.HandleSendFailure"/>).
/// QueryKms: Token (of the exchange), Bytes.
/// Registered: Status 200. RegistrationFailed: Status (0 without an answer), Reason.
/// WentOffline: Reason (clean, silent, expired, crash); Status 200 when the phone was registered until then, else 0.
/// MessageSent: Token (send id), Timestamp, Digest (of a plain body its own). MessageAnswered: Token, Status (2xx or a failure code).
/// MessageFailed: Token, Failure.
/// MessageReceived: Outcome, Request; Timestamp and Digest once the TRANSFER_INIT was parsed (plain: time of arrival and digest of the body);
/// accepted ones (plain too) also Text, MessageId,
/// ShownIdentity, IdentityDiffers, and, where the replay cache goes by senders, Sender.
/// ReportDue: MessageId (of the message it is about). ReportSent: MessageId, Timestamp, Digest. ReportEnded: MessageId, Status (0 without a final answer), Failure.
/// ReportReceived: Report, Request, Token (send id of the message it is about, -1: none of this phone's to that recipient), Outcome; Timestamp and Digest when
/// it was protected, and then Sender as above.
/// </summary>
public readonly record struct UeEffect(
    UeEffectKind Kind, long Token = 0, int Status = 0, string? Reason = null, SendFailure Failure = SendFailure.None, ReadOnlyMemory<byte> Bytes = default, SipHop Hop = default,
    NtpTimestamp Timestamp = default, ReplayDigest Digest = default, ReceiveOutcome Outcome = default, SipRequest? Request = null,
    ReadOnlyMemory<byte> Text = default, string? MessageId = null, string? ShownIdentity = null, bool IdentityDiffers = false,
    ImdnReport? Report = null, string? Sender = null);
