using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Nodes;

/// <summary>The calls about runs, on every node of a cluster: passed on to the conductor, wherever it is. A result is looked up in the register, where it stays.</summary>
/// <param name="ask">Asks the conductor.</param>
/// <param name="register">Of the runs.</param>
internal sealed class AdminRuns(Func<ClusterMessages.ConductorQuery, CancellationToken, Task<object>> ask, IRunRegister register)
{
    /// <summary>A scenario as JSON, each byte of which may be escaped.</summary>
    public const int LongestBody = 4 * 1024 * 1024;

    private const string Form = "{ \"scenario\": TEXT, \"overrides\": [\"KEY=VALUE\"] }";

    private const string ChangeForm = "{ \"value\": TEXT } or { \"value\": TEXT, \"within\": TIME }";

    /// <summary>A conductor that has just moved answers when it knows the runs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ConductorJson Compact =
        new(new JsonSerializerOptions(ConductorJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Map(WebApplication application, AdminGate gate)
    {
        application.MapPost("/runs", gate.Changing(SubmitAsync));
        application.MapGet("/runs/current", context => AskAsync(context, ConductorVerb.Status, "", static reply => reply.Content));
        application.MapPost("/runs/current/rate", gate.Changing(context => ChangeAsync(context, RunChangeKind.Rate)));
        application.MapPost("/runs/current/scale", gate.Changing(context => ChangeAsync(context, RunChangeKind.Scale)));
        application.MapPost("/runs/current/stop", gate.Changing(context => AskAsync(context, ConductorVerb.Stop, "", AnswerOf)));
        application.MapGet("/runs/current/result", gate.Reading(ShowResultAsync));
    }

    private async Task SubmitAsync(HttpContext context)
    {
        var (isRead, submission) = await ReadAsync(context, ConductorJson.Default.RunSubmission, $"a submission, {Form}").ConfigureAwait(false);
        if (!isRead)
        {
            return;
        }

        if (submission?.Scenario is null)
        {
            await AdminReply.RefuseAsync(context, 400, $"the body has no scenario: send {Form}").ConfigureAwait(false);
            return;
        }

        var content = JsonSerializer.Serialize(submission with { Overrides = submission.Overrides ?? [] }, Compact.RunSubmission);
        if (ClusterScenarioRules.IsTooLong(submission.Scenario) || Encoding.UTF8.GetByteCount(content) > ClusterScenarioRules.LongestSubmission)
        {
            await AdminReply.RefuseAsync(context, 413, $"the scenario is longer than {ClusterScenarioRules.LongestText / 1024} KiB: shorten it").ConfigureAwait(false);
            return;
        }

        await AskAsync(context, ConductorVerb.Submit, content, AnswerOf).ConfigureAwait(false);
    }

    private async Task ChangeAsync(HttpContext context, RunChangeKind kind)
    {
        var (isRead, order) = await ReadAsync(context, AdminJson.Default.ChangeOrder, $"a change, {ChangeForm}").ConfigureAwait(false);
        if (!isRead)
        {
            return;
        }

        var by = $"HTTP from {context.Connection.RemoteIpAddress}";
        if (order?.Value is null)
        {
            await AdminReply.RefuseAsync(context, 400, $"the body has no value: send {ChangeForm}").ConfigureAwait(false);
        }
        else if (!RunChangeText.TryRead(kind, order.Value, order.Within, by, out var request, out var problem))
        {
            await AdminReply.RefuseAsync(context, 400, $"value: '{order.Value}' {problem.Problem}\n    remedy:  {problem.Remedy}").ConfigureAwait(false);
        }
        else
        {
            await AskAsync(context, ConductorVerb.Change, JsonSerializer.Serialize(request, Compact.RunChangeRequest), ChangeAnswerOf).ConfigureAwait(false);
        }
    }

    /// <summary>False: the body is none; answered.</summary>
    private static async Task<(bool IsRead, T? Body)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> form, string what)
    {
        try
        {
            return (true, await JsonSerializer.DeserializeAsync(context.Request.Body, form, context.RequestAborted).ConfigureAwait(false));
        }
        catch (JsonException exception)
        {
            await AdminReply.RefuseAsync(context, 400, $"the body is not {what}: {exception.Message}").ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            await AdminReply.RefuseAsync(context, exception.StatusCode, $"the body cannot be read: {exception.Message}").ConfigureAwait(false);
        }

        return (false, default);
    }

    private async Task AskAsync(HttpContext context, ConductorVerb verb, string content, Func<ClusterMessages.ConductorReply, string> show)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            var answer = await ask(new ClusterMessages.ConductorQuery(verb, "", content), patience.Token).ConfigureAwait(false);
            await (answer switch
            {
                ClusterMessages.ConductorReply reply => AdminReply.WriteJsonAsync(context, 200, show(reply)),
                ClusterMessages.Refused refused => AdminReply.RefuseAsync(context, 409, refused.Reason),
                _ => AdminReply.RefuseAsync(context, 503, "the conductor did not understand; are all nodes of the same version?"),
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AskTimeoutException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            await AdminReply.RefuseAsync(
                context, 503, "there is no conductor that answers; one starts on another node of the role when it is lost: try again").ConfigureAwait(false);
        }
    }

    private async Task ShowResultAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            var run = await register.FindNewestAsync(patience.Token).ConfigureAwait(false);
            await (run switch
            {
                null => AdminReply.RefuseAsync(context, 404, "there is no run: submit one"),
                { Result: null } => AdminReply.RefuseAsync(context, 409, $"run {run.RunId} has not ended"),
                _ => AdminReply.WriteJsonAsync(context, 200, run.Result.Result),
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            await AdminReply.RefuseAsync(context, 503, "the database does not answer: try again").ConfigureAwait(false);
        }
    }

    private static string AnswerOf(ClusterMessages.ConductorReply reply) => JsonSerializer.Serialize(new AdminDocuments.RunAnswer(reply.RunId), AdminJson.Default.RunAnswer);

    private static string ChangeAnswerOf(ClusterMessages.ConductorReply reply)
    {
        var change = JsonSerializer.Deserialize(reply.Content, ConductorJson.Default.RunChange)!;
        return JsonSerializer.Serialize(new AdminDocuments.ChangeAnswer(reply.RunId, change.At.TotalSeconds, change.What), AdminJson.Default.ChangeAnswer);
    }
}
