using UeFarm.Actors.Run;
using UeFarm.Actors.Ue;
using static UeFarm.Actors.Cluster.ClusterMessages;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The binary forms of all messages that cross nodes. A new field goes to the end of its form and is read only if it is there; the items of a list stay as they
/// are. What does not fit this rule is a new message with a manifest of its own, or another <see cref="ClusterProtocol.Version"/>.
/// </summary>
internal static class ClusterForms
{
    private const int SmallestText = sizeof(int);

    public static IReadOnlyList<ClusterForm> All { get; } =
    [
        ClusterForm.Of<KmsQuery>("kms-query", WriteKmsQuery, static r => new KmsQuery(r.Int64(), r.Bytes())),
        ClusterForm.Of<KmsAnswer>("kms-answer", WriteKmsAnswer, ReadKmsAnswer),
        ClusterForm.Of<RunState>("run", WriteRunState, ReadRunState),
        ClusterForm.Of<NodeReport>("node", WriteNodeReport, ReadNodeReport),
        ClusterForm.Of<NodeLag>("node-lag", WriteNodeLag, ReadNodeLag),
        ClusterForm.Of<EnsureBlock>("block", WriteEnsureBlock, static r => new EnsureBlock(r.Text(), r.Int32())),
        ClusterForm.Of<BlockReport>("block-report", WriteBlockReport, ReadBlockReport),
        ClusterForm.Of<CoreStarted>("core", static (w, m) => WriteTexts(w, m.RunId, m.Hop), static r => new CoreStarted(r.Text(), r.Text())),
        ClusterForm.Of<ServeMailboxes>("mailboxes", WriteServeMailboxes, static r => new ServeMailboxes(r.Int32(), ReadRunState(r))),
        ClusterForm.Of<ApplicationServerStarted>("as", WriteServer, ReadServer),
        ClusterForm.Of<CloseBooks>("close", WriteClose, static r => new CloseBooks(r.Text(), r.Int32())),
        ClusterForm.Of<ConductorQuery>("query", WriteConductorQuery, static r => new ConductorQuery(r.Enumeration<ConductorVerb>(), r.Text(), r.Text())),
        ClusterForm.Of<ConductorReply>("reply", static (w, m) => WriteTexts(w, m.RunId, m.Content), static r => new ConductorReply(r.Text(), r.Text())),
        ClusterForm.Of<Refused>("refused", static (w, m) => w.Text(m.Reason), static r => new Refused(r.Text())),
        ClusterForm.Of<JoinQuery>("join", static (w, m) => WriteTerms(w, m.Terms), static r => new JoinQuery(ReadTerms(r))),
        ClusterForm.Of<JoinAnswer>("join-answer", WriteJoinAnswer, static r => new JoinAnswer(r.Flag(), ReadTerms(r))),
    ];

    private static void WriteServer(ClusterWriter writer, ApplicationServerStarted message)
    {
        writer.Text(message.RunId);
        writer.Int32(message.Group);
        writer.Text(message.Hop);
        writer.Int64(message.Backlog);
        writer.Int64(message.OrderViolations);
        writer.Flag(message.IsClosed);
    }

    private static ApplicationServerStarted ReadServer(ClusterReader reader) =>
        new(reader.Text(), reader.Int32(), reader.Text(), reader.Int64(), reader.Int64(), reader.Flag());

    private static void WriteServeMailboxes(ClusterWriter writer, ServeMailboxes message)
    {
        writer.Int32(message.Group);
        WriteRunState(writer, message.Run);
    }

    private static void WriteClose(ClusterWriter writer, CloseBooks message)
    {
        writer.Text(message.RunId);
        writer.Int32(message.Stream);
    }

    private static void WriteTexts(ClusterWriter writer, string first, string second)
    {
        writer.Text(first);
        writer.Text(second);
    }

    private static void WriteKmsQuery(ClusterWriter writer, KmsQuery query)
    {
        writer.Int64(query.Token);
        writer.Bytes(query.Message.Span);
    }

    private static void WriteKmsAnswer(ClusterWriter writer, KmsAnswer answer)
    {
        writer.Int64(answer.Token);
        writer.Flag(answer.Message.HasValue);
        writer.Bytes(answer.Message.GetValueOrDefault().Span);
    }

    private static KmsAnswer ReadKmsAnswer(ClusterReader reader)
    {
        var token = reader.Int64();
        var hasMessage = reader.Flag();
        var message = reader.Bytes();
        return new KmsAnswer(token, hasMessage ? message : (ReadOnlyMemory<byte>?)null);
    }

    private static void WriteRunState(ClusterWriter writer, RunState state)
    {
        writer.Text(state.RunId);
        writer.Int64(state.StartTicks);
        writer.Byte((byte)state.Stage);
        writer.Text(state.CoreHop);
        writer.List(state.ApplicationServerHops, static (w, hop) => w.Text(hop));
    }

    private static RunState ReadRunState(ClusterReader reader) => new(
        reader.Text(), reader.Int64(), reader.Enumeration<ClusterRunStage>(), reader.Text(), reader.List(SmallestText, static r => r.Text()));

    private static void WriteNodeReport(ClusterWriter writer, NodeReport report)
    {
        writer.Text(report.Node);
        writer.List(report.Roles, static (w, role) => w.Byte((byte)role));
        writer.Text(report.RunId);
        writer.List(report.Blocks, static (w, block) => w.Int32(block));
        var counters = report.Counters;
        long[] values =
        [
            counters.Registered, counters.RegistrationFailures, counters.Sent, counters.Answered, counters.Answered202, counters.Failed, counters.Accepted,
            counters.Rejected, counters.Redelivered, counters.ReportsSent, counters.Restarts, counters.Due, counters.Registrations,
            counters.CpuMilliseconds, counters.PeakBytes, counters.HeapBytes,
        ];
        writer.List(values, static (w, value) => w.Int64(value));
        writer.Int64(report.CpuMilliseconds);
        writer.Int64(report.ResidentBytes);
    }

    private static NodeReport ReadNodeReport(ClusterReader reader) => new(
        reader.Text(), reader.List(1, static r => r.Enumeration<ClusterRole>()), reader.Text(), reader.List(sizeof(int), static r => r.Int32()),
        ReadCounters(reader), reader.Int64(), reader.Int64());

    /// <summary>A list of its own, so that a counter can be added: what a node does not know of is 0.</summary>
    private static NodeCounters ReadCounters(ClusterReader reader)
    {
        var values = reader.List(sizeof(long), static r => r.Int64());
        return new NodeCounters
        {
            Registered = values.ElementAtOrDefault(0),
            RegistrationFailures = values.ElementAtOrDefault(1),
            Sent = values.ElementAtOrDefault(2),
            Answered = values.ElementAtOrDefault(3),
            Answered202 = values.ElementAtOrDefault(4),
            Failed = values.ElementAtOrDefault(5),
            Accepted = values.ElementAtOrDefault(6),
            Rejected = values.ElementAtOrDefault(7),
            Redelivered = values.ElementAtOrDefault(8),
            ReportsSent = values.ElementAtOrDefault(9),
            Restarts = values.ElementAtOrDefault(10),
            Due = values.ElementAtOrDefault(11),
            Registrations = values.ElementAtOrDefault(12),
            CpuMilliseconds = values.ElementAtOrDefault(13),
            PeakBytes = values.ElementAtOrDefault(14),
            HeapBytes = values.ElementAtOrDefault(15),
        };
    }

    private static void WriteNodeLag(ClusterWriter writer, NodeLag lag)
    {
        WriteTexts(writer, lag.Node, lag.RunId);
        writer.List(lag.Steps, static (w, step) =>
        {
            w.Int64(step.Microseconds);
            w.Int64(step.Count);
        });
    }

    private static NodeLag ReadNodeLag(ClusterReader reader) =>
        new(reader.Text(), reader.Text(), reader.List(2 * sizeof(long), static r => new LatencyCount(r.Int64(), r.Int64())));

    private static void WriteEnsureBlock(ClusterWriter writer, EnsureBlock message)
    {
        writer.Text(message.RunId);
        writer.Int32(message.Block);
    }

    private static void WriteBlockReport(ClusterWriter writer, BlockReport report)
    {
        writer.Text(report.RunId);
        writer.Int32(report.Block);
        writer.Text(report.Node);
        writer.Int64(report.Epoch);
        writer.Int32(report.Phones);
        writer.Int32(report.Registered);
        writer.Int64(report.InFlight);
        writer.Flag(report.IsClosed);
    }

    private static BlockReport ReadBlockReport(ClusterReader reader) => new(
        reader.Text(), reader.Int32(), reader.Text(), reader.Int64(), reader.Int32(), reader.Int32(), reader.Int64(), reader.Flag());

    private static void WriteConductorQuery(ClusterWriter writer, ConductorQuery query)
    {
        writer.Byte((byte)query.Verb);
        WriteTexts(writer, query.RunId, query.Content);
    }

    private static void WriteJoinAnswer(ClusterWriter writer, JoinAnswer answer)
    {
        writer.Flag(answer.IsMember);
        WriteTerms(writer, answer.Terms);
    }

    private static void WriteTerms(ClusterWriter writer, IReadOnlyList<JoinTerm> terms) =>
        writer.List(terms, static (w, term) => WriteTexts(w, term.Name, term.Value));

    private static JoinTerm[] ReadTerms(ClusterReader reader) => reader.List(2 * SmallestText, static r => new JoinTerm(r.Text(), r.Text()));
}
