using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Cluster;

namespace UeFarm.Farm.Nodes;

/// <summary>The calls about runs, on every node of a cluster: passed on to the conductor, wherever it is. A result is looked up in the register, where it stays.</summary>
/// <param name="ask">Asks the conductor.</param>
/// <param name="register">Of the runs.</param>
internal sealed class AdminRuns(Func<ClusterMessages.ConductorQuery, CancellationToken, Task<object>> ask, IRunRegister register)
{
    /// <summary>A scenario as JSON, each byte of which may be escaped.</summary>
    public const int LongestBody = 4 * 1024 * 1024;

    private const string Form = "{ \"scenario\": TEXT, \"overrides\": [\"KEY=VALUE\"] }";

    /// <summary>A conductor that has just moved answers when it knows the runs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ConductorJson Compact =
        new(new JsonSerializerOptions(ConductorJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Map(WebApplication application, AdminGate gate)
    {
        application.MapPost("/runs", gate.Changing(SubmitAsync));
        application.MapGet("/runs/current", context => AskAsync(context, ConductorVerb.Status, "", static reply => reply.Content));
        application.MapPost("/runs/current/stop", gate.Changing(context => AskAsync(context, ConductorVerb.Stop, "", AnswerOf)));
        application.MapGet("/runs/current/result", gate.Reading(ShowResultAsync));
    }

    private async Task SubmitAsync(HttpContext context)
    {
        RunSubmission? submission;
        try
        {
            submission = await JsonSerializer.DeserializeAsync(context.Request.Body, ConductorJson.Default.RunSubmission, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            await AdminReply.RefuseAsync(context, 400, $"the body is not a submission, {Form}: {exception.Message}").ConfigureAwait(false);
            return;
        }
        catch (BadHttpRequestException exception)
        {
            await AdminReply.RefuseAsync(context, exception.StatusCode, $"the body cannot be read: {exception.Message}").ConfigureAwait(false);
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
}
