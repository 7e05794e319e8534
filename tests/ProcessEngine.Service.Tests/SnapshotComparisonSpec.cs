using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Promise P14: an upgrade never makes an intact record look changed, and never a changed one intact.</summary>
public sealed class SnapshotComparisonSpec
{
    static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");
    static readonly DateTimeOffset At = ManualClock.Bangkok("2026-03-06 09:00");

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    static readonly ProcessState State = ProcessState.Replay(
    [
        new RecordedEvent(1, At, Id, new InstanceStarted(
            Id, "test.case", 1, "demo", "เรื่อง", null, ImmutableSortedDictionary<string, string>.Empty.Add("urgent", "false").Add("places", "[]"))),
        new RecordedEvent(2, At, Id, new TaskOpened(Id, "plan", 1, Roles.Officer, null)),
    ]);

    static string Stored(Action<JsonObject>? change = null)
    {
        var text = JsonSerializer.SerializeToNode(State, StorageJson.Instance.ProcessState)!.AsObject();
        change?.Invoke(text);
        return text.ToJsonString();
    }

    static string? Difference(string stored) => SnapshotComparison.FirstDifference(stored, State);

    [Test]
    public void The_same_state_in_another_text_is_the_same() =>
        Difference(JsonSerializer.Serialize(JsonNode.Parse(Stored()), Indented)).ShouldBeNull();

    [Test]
    public void A_field_that_an_earlier_version_did_not_write_is_its_empty_value() =>
        Difference(Stored(s => s.Remove("incidents"))).ShouldBeNull();

    [Test]
    public void A_field_that_this_version_no_longer_writes_is_its_empty_value() =>
        Difference(Stored(s => s["forgotten"] = new JsonArray())).ShouldBeNull();

    [TestCase("status", "\"completed\"", "status")]
    [TestCase("title", "\"เรื่องอื่น\"", "title")]
    [TestCase("openTasks", "[]", "openTasks")]
    [TestCase("endedAt", "\"2026-03-06T09:00:00+07:00\"", "endedAt")]
    [TestCase("variables", "{\"urgent\":true,\"places\":[]}", "variables.urgent")]
    [TestCase("variables", "{\"places\":[]}", "variables.urgent")]
    [TestCase("variables", "{\"urgent\":false}", "variables.places")]
    [TestCase("added", "\"never written\"", "added")]
    public void Whatever_else_differs_is_found_and_located(string field, string value, string place) =>
        Difference(Stored(s => s[field] = JsonNode.Parse(value))).ShouldBe(place);

    [TestCase(0)]
    [TestCase(1)]
    public void A_snapshot_of_an_earlier_format_may_lack_what_came_with_a_later_one(int format)
    {
        var ended = ProcessState.Evolve(State, new RecordedEvent(3, At, Id, new InstanceCancelled("เลิก")));
        var text = JsonSerializer.SerializeToNode(ended, StorageJson.Instance.ProcessState)!.AsObject();
        text.Remove("outcome").ShouldBeTrue();
        SnapshotComparison.FirstDifference(text.ToJsonString(), ended).ShouldBe("outcome", "this version writes it");
        text["format"] = format;
        SnapshotComparison.FirstDifference(text.ToJsonString(), ended).ShouldBeNull();
        text["outcome"] = "completed";
        SnapshotComparison.FirstDifference(text.ToJsonString(), ended).ShouldBe("outcome", "it lacks it, or says what happened");
    }

    [Test]
    public void What_is_within_a_task_is_found_there() =>
        Difference(Stored(s => s["openTasks"]![0]!["role"] = "director")).ShouldBe("openTasks[0].role");

    [Test]
    public void A_text_that_is_no_json_differs() => Difference("not json").ShouldBe("");
}
