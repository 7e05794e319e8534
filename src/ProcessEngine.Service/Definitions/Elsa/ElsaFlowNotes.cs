using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>Reads <c>flowNotes</c>: where each arrow comes from, and what the manual prints beside it.</summary>
static class ElsaFlowNotes
{
    /// <summary>What is no note is passed over: it says nothing that a case goes by.</summary>
    public static System.Collections.Immutable.ImmutableArray<FlowNote> Read(JsonElement custom) =>
        custom.ValueKind == JsonValueKind.Object && custom.TryGetProperty("flowNotes", out var notes)
            && notes.ValueKind == JsonValueKind.Array
            ? [.. notes.EnumerateArray().Select(One).OfType<FlowNote>()]
            : [];

    static FlowNote? One(JsonElement note)
    {
        if (Text(note, "from") is not { } from || Text(note, "port") is not { } port)
            return null;
        var th = Text(note, "note") ?? "";
        return new FlowNote(from, port, Text(note, "source") ?? FlowNote.Inferred, new LocalizedText(th, Text(note, "noteEn") ?? th))
        {
            TargetIsInferred = Text(note, "target") == FlowNote.Inferred,
            Label = Text(note, "label") is { } label ? new LocalizedText(label, Text(note, "labelEn") ?? label) : null,
        };
    }

    static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text ? text : null;
}
