using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// Whether a stored snapshot says what the events fold to. By what they say, not by their text: a version of the service that knows more
/// fields writes another text of the same state (promise P14).
/// </summary>
/// <remarks>
/// A field that the stored text lacks counts as its empty value. Where this version draws a field from events of before, the fold has a
/// value that the snapshot of an earlier version could not have: such fields stand in <see cref="DrawnLater"/> with the format of snapshots
/// since which they are written, and are let pass only in a snapshot of an earlier format, which an earlier version may also write while
/// it still runs beside this one. Whoever takes such fields out of a snapshot, and says that it is an earlier one, wins nothing: it is
/// folded anew from the events before anything is decided on it (<see cref="ProcessState.Format"/>).
/// </remarks>
public static class SnapshotComparison
{
    const string Format = "format";

    /// <summary>
    /// Fields that a later version drew from events of before: where they stand in the snapshot (<c>[]</c> for each of a list), and the
    /// format that came with that version.
    /// </summary>
    public static IReadOnlyDictionary<string, int> DrawnLater { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["steps[].earlierBy"] = 1,
        // Written before, but only of steps that were done after it came: until then nothing was folded anew.
        ["steps[].doneBy"] = 1,
        ["outcome"] = 2,
        ["brought"] = 2,
    };

    /// <summary>
    /// What the first versions wrote besides: worked out from the rest, and read by nobody. It is let pass where they stand, and in a
    /// snapshot of their format.
    /// </summary>
    static readonly Dictionary<string, int> WorkedOut = new(StringComparer.Ordinal)
    {
        ["isRunning"] = 1,
        ["hasEnded"] = 1,
        ["rests"] = 1,
        ["openDeadlines[].isHeld"] = 1,
        ["openDeadlines[].nextRung"] = 1,
        ["waits[].wakesAt"] = 1,
    };

    /// <param name="stored">The text as stored.</param>
    /// <param name="fold">What the events fold to.</param>
    /// <returns>Where they differ first, as a path such as <c>openTasks[0].assignee</c>; null when they say the same.</returns>
    public static string? FirstDifference(string stored, ProcessState fold)
    {
        JsonNode? was;
        try
        {
            was = JsonNode.Parse(stored);
        }
        catch (JsonException)
        {
            return "";
        }

        var isNow = JsonSerializer.SerializeToNode(fold, StorageJson.Instance.ProcessState)!.AsObject();
        var format = FormatOf(was);
        // Of an earlier format is what is written in it, and no difference by itself.
        if (format < fold.Format)
        {
            isNow.Remove(Format);
            (was as JsonObject)?.Remove(Format);
        }

        return Compare(was, isNow, "", "", format);
    }

    static int FormatOf(JsonNode? stored) =>
        stored is JsonObject fields && fields[Format] is JsonValue value && value.TryGetValue<int>(out var format) ? format : 0;

    static string? Compare(JsonNode? was, JsonNode? isNow, string place, string kind, int format)
    {
        if (was is null && DrawnLater.TryGetValue(kind, out var since) && format < since)
            return null;
        if (isNow is null && WorkedOut.TryGetValue(kind, out var until) && format < until)
            return null;
        switch (was, isNow)
        {
            case (JsonObject a, JsonObject b):
                foreach (var name in b.Select(f => f.Key).Concat(a.Select(f => f.Key)).Distinct(StringComparer.Ordinal))
                {
                    if (Compare(a[name], b[name], Below(place, name), Below(kind, name), format) is { } difference)
                        return difference;
                }

                return null;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                {
                    if (Compare(a[i], b[i], $"{place}[{i}]", kind + "[]", format) is { } difference)
                        return difference;
                }

                return null;
            // What a case or an answer holds under a name of the definition's own is there or is not; only our own fields have an empty
            // value.
            case (null, _) when !IsData(kind) && IsEmpty(isNow):
            case (_, null) when !IsData(kind) && IsEmpty(was):
                return null;
            default:
                return JsonNode.DeepEquals(was, isNow) ? null : place;
        }
    }

    static bool IsData(string kind) =>
        kind.StartsWith("variables.", StringComparison.Ordinal) || kind.Contains(".outputs.", StringComparison.Ordinal);

    static string Below(string place, string name) => place.Length == 0 ? name : $"{place}.{name}";

    /// <summary>What a field that is not written stands for.</summary>
    static bool IsEmpty(JsonNode? node) => node switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject fields => fields.All(f => IsEmpty(f.Value)),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.False => true,
            JsonValueKind.Number => value.GetValue<JsonElement>() is var number && number.TryGetDecimal(out var amount) && amount == 0,
            JsonValueKind.String => false,
            _ => false,
        },
        _ => false,
    };
}
