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
/// value that the snapshot of an earlier version could not have: such fields stand in <see cref="DrawnLater"/> with the schema since which
/// they are written, and are let pass only in a case whose last event is older than that schema in this database. The time of that event is
/// in the chain.
/// </remarks>
public static class SnapshotComparison
{
    /// <summary>
    /// Fields that a later version drew from events of before: where they stand in the snapshot (<c>[]</c> for each of a list), and the
    /// number of the schema that came with that version.
    /// </summary>
    public static IReadOnlyDictionary<string, int> DrawnLater { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["format"] = 41,
        ["steps[].earlierBy"] = 41,
        ["outcome"] = 49,
        // Since before 41, but only of steps that were done after it came: until 41 nothing was folded anew.
        ["steps[].doneBy"] = 41,
    };

    /// <summary>
    /// What the first versions wrote besides: worked out from the rest, and read by nobody. It is let pass where they stand, and in a case
    /// that is as old as they are.
    /// </summary>
    static readonly Dictionary<string, int> WorkedOut = new(StringComparer.Ordinal)
    {
        ["isRunning"] = 41,
        ["hasEnded"] = 41,
        ["rests"] = 41,
        ["openDeadlines[].isHeld"] = 41,
        ["openDeadlines[].nextRung"] = 41,
        ["waits[].wakesAt"] = 41,
    };

    /// <param name="stored">The text as stored.</param>
    /// <param name="fold">What the events fold to.</param>
    /// <param name="writtenBefore">Whether the case was last written before the schema with a number was applied here.</param>
    /// <returns>Where they differ first, as a path such as <c>openTasks[0].assignee</c>; null when they say the same.</returns>
    public static string? FirstDifference(string stored, ProcessState fold, Func<int, bool> writtenBefore)
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

        return Compare(was, JsonSerializer.SerializeToNode(fold, StorageJson.Instance.ProcessState), "", "", writtenBefore);
    }

    static string? Compare(JsonNode? was, JsonNode? isNow, string place, string kind, Func<int, bool> writtenBefore)
    {
        if (was is null && DrawnLater.TryGetValue(kind, out var since) && writtenBefore(since))
            return null;
        if (isNow is null && WorkedOut.TryGetValue(kind, out var until) && writtenBefore(until))
            return null;
        switch (was, isNow)
        {
            case (JsonObject a, JsonObject b):
                foreach (var name in b.Select(f => f.Key).Concat(a.Select(f => f.Key)).Distinct(StringComparer.Ordinal))
                {
                    if (Compare(a[name], b[name], Below(place, name), Below(kind, name), writtenBefore) is { } difference)
                        return difference;
                }

                return null;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                {
                    if (Compare(a[i], b[i], $"{place}[{i}]", kind + "[]", writtenBefore) is { } difference)
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
