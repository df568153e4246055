using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UeFarm.Actors.Mailbox;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Farm.Nodes;

/// <summary>The calls about mailboxes. Each is bounded in what it returns and in how long it waits for the store.</summary>
internal sealed class AdminMailboxes(ApplicationServerNode node)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;
    private const int FirstMessages = 20;
    private const string Root = "/mailboxes/";

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPurge = TimeSpan.FromSeconds(60);

    public Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = DefaultPage;
        if (query.TryGetValue("limit", out var text)
            && (!int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LargestPage))
        {
            return AdminReply.RefuseAsync(context, 400, $"limit '{Shorten(text!)}' must be a number from 1 to {LargestPage}");
        }

        var after = query["after"].ToString();
        return WithServerAsync(context, LongestRead, async (server, cancellation) =>
        {
            var summaries = await server.ListMailboxesAsync(after, limit, cancellation).ConfigureAwait(false);
            var rows = await Task.WhenAll(summaries.Select(async mailbox =>
            {
                var first = await server.ReadFirstAsync(mailbox.Recipient, 1, cancellation).ConfigureAwait(false);
                return new AdminDocuments.MailboxRow(mailbox.Recipient, mailbox.Messages, mailbox.Bytes, OldestOf(first), mailbox.IsOnline);
            })).ConfigureAwait(false);
            await AdminReply.WriteAsync(context, 200, new AdminDocuments.MailboxPage(rows, rows.Length == limit ? rows[^1].Recipient : null)).ConfigureAwait(false);
        });
    }

    public Task ShowAsync(HttpContext context) => WithMailboxAsync(context, LongestRead, async (server, mailbox, cancellation) =>
    {
        var first = await server.ReadFirstAsync(mailbox.Recipient, FirstMessages, cancellation).ConfigureAwait(false);
        await AdminReply.WriteAsync(
            context,
            200,
            new AdminDocuments.MailboxDetails(
                mailbox.Recipient, mailbox.Messages, mailbox.Bytes, OldestOf(first), mailbox.IsOnline, [.. first.Select(Describe)])).ConfigureAwait(false);
    });

    public Task EmptyAsync(HttpContext context) => PurgeAsync(context, DateTimeOffset.MaxValue);

    public Task PurgeAsync(HttpContext context)
    {
        var text = context.Request.Query["before"].ToString();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var before)
            ? PurgeAsync(context, before)
            : AdminReply.RefuseAsync(context, 400, $"before '{Shorten(text)}' must be a time such as 2026-07-01T12:00:00Z; DELETE takes everything out");
    }

    private Task PurgeAsync(HttpContext context, DateTimeOffset before) => WithMailboxAsync(context, LongestPurge, async (server, mailbox, cancellation) =>
    {
        var purge = await server.PurgeAsync(mailbox.Recipient, before, cancellation).ConfigureAwait(false);
        await AdminReply.WriteAsync(
            context, 200, new AdminDocuments.PurgeResult(mailbox.Recipient, purge.ArrivedBefore, purge.Removed, purge.UnderWay)).ConfigureAwait(false);
    });

    private Task WithMailboxAsync(HttpContext context, TimeSpan limit, Func<ApplicationServer, MailboxSummary, CancellationToken, Task> call)
    {
        if (!TryReadRecipient(context, out var recipient))
        {
            return AdminReply.RefuseAsync(context, 400, $"'{Shorten(recipient)}' is not a SIP address such as sip:bob@{node.Options.Domain}");
        }

        return WithServerAsync(context, limit, async (server, cancellation) =>
        {
            var mailbox = await server.FindMailboxAsync(recipient, cancellation).ConfigureAwait(false);
            await (mailbox is null
                ? AdminReply.RefuseAsync(context, 404, $"nothing is stored for {recipient}, and no phone of that address is registered")
                : call(server, mailbox, cancellation)).ConfigureAwait(false);
        });
    }

    private async Task WithServerAsync(HttpContext context, TimeSpan limit, Func<ApplicationServer, CancellationToken, Task> call)
    {
        if (node is not { State: NodeState.Running, Server: { } server })
        {
            await AdminReply.RefuseAsync(context, 503, node.State == NodeState.Starting ? "the node is starting" : "the node is stopping").ConfigureAwait(false);
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(limit);
        try
        {
            await call(server, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await AdminReply.RefuseAsync(
                context, 503, $"the store did not answer within {limit.TotalSeconds:0} s; what was asked to be taken out goes when it does").ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            await AdminReply.RefuseAsync(context, 503, exception.Message).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// From the target as it was sent: routing leaves an escaped slash escaped, which then could not be told from one that was escaped twice. The scheme may be
    /// left out, and for the own domain the host.
    /// </summary>
    private bool TryReadRecipient(HttpContext context, out string recipient)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var start = target.IndexOf(Root, StringComparison.OrdinalIgnoreCase) + Root.Length;
        var end = target.AsSpan(start).IndexOfAny('/', '?');
        recipient = Uri.UnescapeDataString(end < 0 ? target[start..] : target.Substring(start, end));
        var text = recipient.Contains(':', StringComparison.Ordinal) ? recipient : "sip:" + recipient;
        text = text.Contains('@', StringComparison.Ordinal) || !text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? text : $"{text}@{node.Options.Domain}";
        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri))
        {
            return false;
        }

        recipient = uri.ToAddressOfRecord();
        return true;
    }

    private static DateTimeOffset? OldestOf(IReadOnlyList<MailboxRecord> first) => first.Count == 0 ? null : first[0].Timestamp.ToUtc();

    private static AdminDocuments.MessageRow Describe(MailboxRecord record) => new(
        record.Arrival, record.Timestamp.ToUtc(), record.ArrivedAt, record.ExpiresAt, record.FromUri, record.ContentType.Split(';')[0].Trim(), record.Body.Length);

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
