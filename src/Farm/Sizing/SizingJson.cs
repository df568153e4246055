using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using UeFarm.Actors.Metrics;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>The outcome as one JSON object: the fields of the contract first, then everything else that the table shows.</summary>
internal static class SizingJson
{
    /// <summary>Capacities: exactly these, in this order; null: a selection.</summary>
    public static string Write(SizingOutcome outcome, IReadOnlyList<int>? capacities)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("messages", outcome.Messages);
            json.WriteNumber("distinct", outcome.Distinct);
            json.WriteNumber("replays", outcome.Replays);
            json.WriteNumber("minCapacity", outcome.Curve.MinCapacity);
            WriteCurve(json, outcome.Curve, capacities);
            json.WriteString("source", outcome.Source);
            json.WriteNumber("phones", outcome.Phones);
            json.WriteNumber("entryBytes", outcome.EntryBytes);
            WriteLosses(json, outcome.Curve);
            WritePhases(json, outcome);
            WriteVariants(json, outcome.Variants);
            WritePolicies(json, outcome.Policies);
            json.WriteStartArray("facts");
            foreach (var (name, value) in outcome.Facts)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("value", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("remarks");
            foreach (var remark in outcome.Remarks)
            {
                json.WriteStringValue(remark);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteCurve(Utf8JsonWriter json, CapacityCurve curve, IReadOnlyList<int>? capacities)
    {
        json.WriteStartArray("curve");
        foreach (var capacity in capacities ?? CurveSamples.Of(curve))
        {
            json.WriteStartObject();
            json.WriteNumber("capacity", capacity);
            json.WriteNumber("rejected", curve.RejectedAt(capacity));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLosses(Utf8JsonWriter json, CapacityCurve curve)
    {
        json.WriteStartArray("losses");
        foreach (var answer in LossAnswer.Of(curve))
        {
            json.WriteStartObject();
            json.WriteNumber("loss", answer.Loss);
            json.WriteNumber("capacity", answer.Capacity);
            json.WriteNumber("confidence", LossAnswer.Confidence);
            if (answer.ConfidentCapacity is { } confident)
            {
                json.WriteNumber("confidentCapacity", confident);
            }
            else
            {
                json.WriteNull("confidentCapacity");
            }

            json.WriteNumber("messagesNeeded", answer.MessagesNeeded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePhases(Utf8JsonWriter json, SizingOutcome outcome)
    {
        if (outcome.Capacity is { } capacity)
        {
            json.WriteNumber("capacity", capacity);
        }

        json.WriteStartArray("phases");
        foreach (var phase in outcome.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("messages", phase.Messages);
            json.WriteNumber("minCapacity", phase.MinCapacity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePolicies(Utf8JsonWriter json, IReadOnlyList<PolicySizing> policies)
    {
        json.WriteStartArray("policies");
        foreach (var policy in policies)
        {
            json.WriteStartObject();
            json.WriteString("policy", Label.Of(policy.Policy));
            json.WriteString("detail", policy.Detail);
            json.WriteNumber("refused", policy.Refused);
            json.WriteNumber("stale", policy.Stale);
            json.WriteNumber("tie", policy.Tie);
            json.WriteNumber("future", policy.Future);
            json.WriteNumber("acceptedTwice", policy.AcceptedTwice);
            if (policy.MinCapacity is { } least)
            {
                json.WriteNumber("minCapacity", least);
            }
            else
            {
                json.WriteNull("minCapacity");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVariants(Utf8JsonWriter json, IReadOnlyList<SizingVariant> variants)
    {
        json.WriteStartArray("variants");
        foreach (var variant in variants)
        {
            json.WriteStartObject();
            json.WriteString("name", variant.Name);
            json.WriteNumber("entryBytes", variant.EntryBytes);
            json.WriteNumber("minCapacity", variant.Curve.MinCapacity);
            json.WriteNumber("capacityFor1e-3", variant.Curve.CapacityFor(1e-3));
            json.WriteNumber("capacityFor1e-6", variant.Curve.CapacityFor(1e-6));
            json.WriteString("remark", variant.Remark);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
