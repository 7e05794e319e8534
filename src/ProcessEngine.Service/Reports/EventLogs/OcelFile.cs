using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace ProcessEngine.Service.Reports.EventLogs;

/// <summary>An event log as OCEL 2.0 (JSON): cases and tasks are objects, what was done to them events. Written as it is read.</summary>
public static class OcelFile
{
    /// <summary>Bytes that may wait in memory.</summary>
    const int FlushAt = 64 * 1024;

    public static async Task WriteAsync(
        Stream into, EventLog log, string office, DateTimeOffset begins, DateTimeOffset ends, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(log);
        await using var json = new Utf8JsonWriter(into, new JsonWriterOptions { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
        var kinds = new SortedSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        json.WriteStartArray("events");
        await foreach (var one in log.CasesAsync(office, begins, ends, ct))
        {
            foreach (var e in await log.EventsAsync(one.Id, ct))
            {
                kinds.Add(e.Kind);
                WriteEvent(json, e);
            }

            await FlushAsync(json, ct);
        }

        json.WriteEndArray();
        json.WriteStartArray("objects");
        await foreach (var one in log.CasesAsync(office, begins, ends, ct))
        {
            var events = await log.EventsAsync(one.Id, ct);
            WriteCase(json, one, events);
            foreach (var opened in events.Where(e => e.Lifecycle == "schedule" && e.TaskId is not null))
                WriteTask(json, opened);
            await FlushAsync(json, ct);
        }

        json.WriteEndArray();
        WriteTypes(json, kinds);
        json.WriteEndObject();
        await json.FlushAsync(ct);
    }

    static async Task FlushAsync(Utf8JsonWriter json, CancellationToken ct)
    {
        if (json.BytesPending > FlushAt)
            await json.FlushAsync(ct);
    }

    static void WriteEvent(Utf8JsonWriter json, LoggedEvent e)
    {
        json.WriteStartObject();
        json.WriteString("id", $"{e.CaseId}-{e.Sequence}");
        json.WriteString("type", e.Kind);
        json.WriteString("time", XesFile.Time(e.At));
        json.WriteStartArray("attributes");
        WriteValue(json, "activity", e.Activity);
        WriteValue(json, "lifecycle", e.Lifecycle);
        WriteValue(json, "resource", e.Resource ?? "");
        json.WriteEndArray();
        json.WriteStartArray("relationships");
        WriteRelation(json, e.CaseId.ToString(), "case");
        if (e.TaskId is { } task)
            WriteRelation(json, task.ToString(), "task");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteCase(Utf8JsonWriter json, LoggedCase one, IReadOnlyList<LoggedEvent> events)
    {
        json.WriteStartObject();
        json.WriteString("id", one.Id.ToString());
        json.WriteString("type", "case");
        json.WriteStartArray("attributes");
        WriteTimedValue(json, "definition", one.DefinitionKey, one.StartedAt);
        WriteTimedValue(json, "status", one.Status, events.Count > 0 ? events[^1].At : one.StartedAt);
        json.WriteEndArray();
        json.WriteStartArray("relationships");
        foreach (var task in events.Where(e => e.Lifecycle == "schedule").Select(e => e.TaskId).OfType<Guid>())
            WriteRelation(json, task.ToString(), "has task");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteTask(Utf8JsonWriter json, LoggedEvent opened)
    {
        json.WriteStartObject();
        json.WriteString("id", opened.TaskId!.Value.ToString());
        json.WriteString("type", "task");
        json.WriteStartArray("attributes");
        WriteTimedValue(json, "step", opened.Activity, opened.At);
        json.WriteEndArray();
        json.WriteStartArray("relationships");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteTypes(Utf8JsonWriter json, IEnumerable<string> kinds)
    {
        json.WriteStartArray("eventTypes");
        foreach (var kind in kinds)
            WriteType(json, kind, "activity", "lifecycle", "resource");
        json.WriteEndArray();
        json.WriteStartArray("objectTypes");
        WriteType(json, "case", "definition", "status");
        WriteType(json, "task", "step");
        json.WriteEndArray();
    }

    static void WriteType(Utf8JsonWriter json, string name, params string[] attributes)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("attributes");
        foreach (var attribute in attributes)
        {
            json.WriteStartObject();
            json.WriteString("name", attribute);
            json.WriteString("type", "string");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteValue(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    static void WriteTimedValue(Utf8JsonWriter json, string name, string value, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("time", XesFile.Time(at));
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    static void WriteRelation(Utf8JsonWriter json, string id, string qualifier)
    {
        json.WriteStartObject();
        json.WriteString("objectId", id);
        json.WriteString("qualifier", qualifier);
        json.WriteEndObject();
    }
}
