using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Ledger;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Journal;

/// <summary>
/// Facts as bytes: a version, then of each fact its kind, which fields differ from their defaults, the ticks since the fact before it, and those fields. Numbers
/// are variable-length (7 bits a byte, least first; signed ones in zigzag). There is one encoding of a list of facts: what can be decoded encodes to the same bytes.
/// </summary>
public static class RunFactCodec
{
    public const byte Version = 1;

    /// <summary>Most facts of a batch.</summary>
    public const int MaxFacts = 1 << 16;

    /// <summary>No fact is longer, but for its sender and that one's length.</summary>
    internal const int MaxFactBytes = 1 + 2 + 10 + 5 + 10 + sizeof(ulong) + ReplayDigest.Length + 1 + 5 + 1 + 1 + 1 + 1;

    private const int MaxLengthBytes = 5;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Flags]
    private enum Fields : uint
    {
        // The first seven fit into one byte.
        Phone = 1,
        Token = 2,
        Timestamp = 4,
        Digest = 8,
        Outcome = 16,
        Status = 32,
        Failure = 64,
        IdentityDiffers = 128,
        Attack = 256,
        ReportStatus = 512,
        Drop = 1024,
        Sender = 2048,
        All = 4095,
    }

    public static byte[] Encode(IReadOnlyList<RunFact> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(facts.Count, MaxFacts);
        var writer = new ArrayBufferWriter<byte>();
        WriteVersion(writer);
        var before = 0L;
        foreach (var fact in facts)
        {
            Write(writer, fact, ref before);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Whatever the bytes are, it returns; what was decoded before the error is not given.</summary>
    public static RunFactCodecError TryDecode(ReadOnlySpan<byte> source, out IReadOnlyList<RunFact> facts)
    {
        facts = [];
        if (source.IsEmpty)
        {
            return RunFactCodecError.Truncated;
        }

        if (source[0] != Version)
        {
            return RunFactCodecError.UnknownVersion;
        }

        var reader = new Reader(source[1..]);
        var decoded = new List<RunFact>();
        var before = 0L;
        while (!reader.IsAtEnd)
        {
            if (decoded.Count == MaxFacts)
            {
                return RunFactCodecError.TooMany;
            }

            var fact = Read(ref reader, ref before);
            if (reader.Error != RunFactCodecError.None)
            {
                return reader.Error;
            }

            decoded.Add(fact);
        }

        facts = decoded;
        return RunFactCodecError.None;
    }

    internal static void WriteVersion(IBufferWriter<byte> writer)
    {
        writer.GetSpan(1)[0] = Version;
        writer.Advance(1);
    }

    /// <summary>Before: the ticks of the fact before it in the batch, 0 for the first.</summary>
    internal static void Write(IBufferWriter<byte> writer, in RunFact fact, ref long before)
    {
        var senderBytes = fact.Sender is null ? 0 : Encoding.UTF8.GetByteCount(fact.Sender);
        var target = writer.GetSpan(MaxFactBytes + MaxLengthBytes + senderBytes);
        var fields = FieldsOf(fact);
        target[0] = (byte)fact.Kind;
        var at = 1;
        Put(target, ref at, (ulong)fields);
        Put(target, ref at, ZigZag(unchecked(fact.Ticks - before)));
        before = fact.Ticks;
        PutIf(fields.HasFlag(Fields.Phone), target, ref at, ZigZag(fact.Phone));
        PutIf(fields.HasFlag(Fields.Token), target, ref at, ZigZag(fact.Token));
        if (fields.HasFlag(Fields.Timestamp))
        {
            BinaryPrimitives.WriteUInt64BigEndian(target[at..], fact.Timestamp.Raw);
            at += sizeof(ulong);
        }

        if (fields.HasFlag(Fields.Digest))
        {
            fact.Digest.Write(target[at..]);
            at += ReplayDigest.Length;
        }

        PutIf(fields.HasFlag(Fields.Outcome), target, ref at, (ulong)fact.Outcome);
        PutIf(fields.HasFlag(Fields.Status), target, ref at, ZigZag(fact.Status));
        PutIf(fields.HasFlag(Fields.Failure), target, ref at, (ulong)fact.Failure);
        PutIf(fields.HasFlag(Fields.Attack), target, ref at, (ulong)fact.Attack.GetValueOrDefault());
        PutIf(fields.HasFlag(Fields.ReportStatus), target, ref at, (ulong)fact.ReportStatus.GetValueOrDefault());
        PutIf(fields.HasFlag(Fields.Drop), target, ref at, (ulong)fact.Drop);
        if (fact.Sender is { } sender)
        {
            Put(target, ref at, (ulong)senderBytes);
            at += Encoding.UTF8.GetBytes(sender, target[at..]);
        }

        writer.Advance(at);
    }

    private static Fields FieldsOf(in RunFact fact) =>
        (fact.Phone != -1 ? Fields.Phone : 0) | (fact.Token != -1 ? Fields.Token : 0) | (fact.Timestamp != default ? Fields.Timestamp : 0)
        | (fact.Digest != default ? Fields.Digest : 0) | (fact.Outcome != default ? Fields.Outcome : 0) | (fact.Status != 0 ? Fields.Status : 0)
        | (fact.Failure != default ? Fields.Failure : 0) | (fact.IdentityDiffers ? Fields.IdentityDiffers : 0) | (fact.Attack is not null ? Fields.Attack : 0)
        | (fact.ReportStatus is not null ? Fields.ReportStatus : 0) | (fact.Drop != default ? Fields.Drop : 0)
        | (fact.Sender is not null ? Fields.Sender : 0);

    private static RunFact Read(ref Reader reader, ref long before)
    {
        var kind = (RunFactKind)reader.Byte();
        if (kind == RunFactKind.None || !Enum.IsDefined(kind))
        {
            reader.Fail(RunFactCodecError.UnknownKind);
        }

        var fields = (Fields)reader.Number(uint.MaxValue);
        if ((fields & ~Fields.All) != 0)
        {
            reader.Fail(RunFactCodecError.UnknownField);
        }

        before = unchecked(before + UnZigZag(reader.Number(ulong.MaxValue)));
        var fact = new RunFact(kind, before);
        fact = fact with
        {
            Phone = fields.HasFlag(Fields.Phone) ? (int)UnZigZag(reader.Number(uint.MaxValue)) : -1,
            Token = fields.HasFlag(Fields.Token) ? UnZigZag(reader.Number(ulong.MaxValue)) : -1,
            Timestamp = fields.HasFlag(Fields.Timestamp) ? reader.Timestamp() : default,
            Digest = fields.HasFlag(Fields.Digest) ? reader.Digest() : default,
            Outcome = fields.HasFlag(Fields.Outcome) ? (ReceiveOutcome)reader.Number((ulong)ReceiveOutcome.PlainAccepted) : default,
            Status = fields.HasFlag(Fields.Status) ? (int)UnZigZag(reader.Number(uint.MaxValue)) : 0,
            Failure = fields.HasFlag(Fields.Failure) ? (SendFailure)reader.Number((ulong)SendFailure.Crash) : default,
            IdentityDiffers = fields.HasFlag(Fields.IdentityDiffers),
            Attack = fields.HasFlag(Fields.Attack) ? (AttackKind)reader.Number((ulong)AttackKind.FarFuture) : null,
            ReportStatus = fields.HasFlag(Fields.ReportStatus) ? (ImdnStatus)reader.Number((ulong)ImdnStatus.Displayed) : null,
            Drop = fields.HasFlag(Fields.Drop) ? (LedgerMarks)reader.Number((ulong)LedgerMarks.DroppedPurged * 2 - 1) : default,
            Sender = fields.HasFlag(Fields.Sender) ? reader.Text() : null,
        };
        if (FieldsOf(fact) != fields)
        {
            reader.Fail(RunFactCodecError.BadValue); // a default that is written out
        }

        return fact;
    }

    private static void PutIf(bool isWritten, Span<byte> target, ref int at, ulong value)
    {
        if (isWritten)
        {
            Put(target, ref at, value);
        }
    }

    private static void Put(Span<byte> target, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }

        target[at++] = (byte)value;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Reads on after an error, gives zeros, and keeps the first error.</summary>
    private ref struct Reader(ReadOnlySpan<byte> source)
    {
        private ReadOnlySpan<byte> _rest = source;

        public RunFactCodecError Error { get; private set; }

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public void Fail(RunFactCodecError error)
        {
            Error = Error == RunFactCodecError.None ? error : Error;
            _rest = [];
        }

        public byte Byte() => Take(1) is [var value] ? value : (byte)0;

        public ulong Number(ulong highest)
        {
            var value = 0UL;
            for (var shift = 0; shift < 70; shift += 7)
            {
                if (Take(1) is not [var next])
                {
                    return 0;
                }

                var isTooLarge = shift == 63 && next > 1;
                var isTooLong = next == 0 && shift > 0;
                value |= (ulong)(next & 0x7F) << shift;
                if (isTooLarge || isTooLong)
                {
                    break;
                }

                if (next < 0x80)
                {
                    if (value > highest)
                    {
                        break;
                    }

                    return value;
                }
            }

            Fail(RunFactCodecError.BadValue);
            return 0;
        }

        public NtpTimestamp Timestamp() =>
            Take(sizeof(ulong)) is { IsEmpty: false } bytes ? new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;

        public ReplayDigest Digest() => Take(ReplayDigest.Length) is { IsEmpty: false } bytes ? ReplayDigest.Read(bytes) : default;

        public string Text()
        {
            var length = Number(int.MaxValue);
            try
            {
                return StrictUtf8.GetString(Take((int)length));
            }
            catch (DecoderFallbackException)
            {
                Fail(RunFactCodecError.BadValue);
                return string.Empty;
            }
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            if (_rest.Length < length)
            {
                Fail(RunFactCodecError.Truncated);
                return [];
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}
