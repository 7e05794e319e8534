using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Studio;

/// <summary>A limit as a person fills it in: a rule and its numbers. A rule that the form does not offer is kept as it is.</summary>
/// <param name="Rule">One of <see cref="StepLists.Rules"/>, <see cref="StepLists.Other"/>, or empty: none.</param>
/// <param name="N">Days or minutes; of a range the least.</param>
/// <param name="Max">Of a range.</param>
public sealed record LimitRow(string Rule, string N, string Max);

public sealed record BranchRow(string Port, string When);

public sealed record LevelRow(string Role, string Name, LimitRow Limit);

public sealed record TimerRow(string Port, LimitRow Limit, bool Interrupts);

/// <summary>
/// The lists of objects of a box, for which Studio has no editor: the branches
/// of a decision, the levels of an approval, the ways out by time of a step.
/// What the form does not show of an entry stays as it is.
/// </summary>
public sealed record StepLists(IReadOnlyList<BranchRow> Branches, IReadOnlyList<LevelRow> Levels, IReadOnlyList<TimerRow> Timers)
{
    public const string Other = "other";

    /// <summary>Larger than any manual needs.</summary>
    public const int MaxRows = 30;

    const string BranchList = "branches";
    const string LevelList = "levels";
    const string TimerList = "timers";

    /// <summary>The rules whose parameters are numbers.</summary>
    public static IReadOnlyList<string> Rules { get; } = ["working_days", "working_days_range", "calendar_days", "working_minutes"];

    public static bool IsDecision(string? type) => type == "ProcessEngine.Decision";

    public static bool HasLevels(string? type) => type == "ProcessEngine.Approval";

    public static bool HasTimers(string? type) => StudioActivities.IsStep(type);

    public static bool HasAny(string? type) => IsDecision(type) || HasTimers(type);

    public static StepLists Of(JsonObject box)
    {
        ArgumentNullException.ThrowIfNull(box);
        return new(
            [.. Entries(box, BranchList).Select(b => new BranchRow(Text(b, "port"), Text(b, "when")))],
            [.. Entries(box, LevelList).Select(l => new LevelRow(Text(l, "role"), Text(l, "nameTh"), LimitOf(l)))],
            [.. Entries(box, TimerList).Select(t => new TimerRow(
                Text(t, "port"), LimitOf(t), !bool.TryParse(Text(t, "interrupts"), out var yes) || yes))]);
    }

    /// <summary>What the lists of a box were when somebody saw them.</summary>
    public static string MarkOf(JsonObject box)
    {
        ArgumentNullException.ThrowIfNull(box);
        var lists = string.Join('\n', new[] { BranchList, LevelList, TimerList }.Select(name => box[name]?.ToJsonString() ?? ""));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lists)))[..16];
    }

    /// <summary>What was filled in; null where there is no row of that number.</summary>
    public static StepLists From(Func<string, string?> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return new(
            [.. Rows("branch", (_, at) => new BranchRow(at("port"), at("when")))],
            [.. Rows("level", (_, at) => new LevelRow(at("role"), at("name"), Limit(at)))],
            [.. Rows("timer", (_, at) => new TimerRow(at("port"), Limit(at), at("interrupts") == "true"))]);

        static LimitRow Limit(Func<string, string> at) => new(at("rule"), at("n"), at("most"));

        IEnumerable<T> Rows<T>(string list, Func<int, Func<string, string>, T> read)
        {
            for (var i = 0; i < MaxRows && field($"{list}.{i}.there") is not null; i++)
            {
                var row = i;
                yield return read(row, name => field($"{list}.{row}.{name}")?.Trim() ?? "");
            }
        }
    }

    /// <summary>Lays the rows over the entries of a box: an empty row takes its entry away.</summary>
    public void WriteTo(JsonObject box)
    {
        ArgumentNullException.ThrowIfNull(box);
        var type = Text(box, "type");
        if (IsDecision(type))
            Lay(
                box,
                BranchList,
                Branches,
                row => row.Port.Length + row.When.Length > 0,
                (entry, row) => (entry["port"], entry["when"]) = (row.Port, row.When));
        if (HasLevels(type))
        {
            Lay(box, LevelList, Levels, row => row.Role.Length > 0, (entry, row) =>
            {
                entry["role"] = row.Role;
                Set(entry, "nameTh", row.Name);
                Write(entry, row.Limit);
            });
        }

        if (HasTimers(type))
        {
            Lay(box, TimerList, Timers, row => row.Port.Length > 0, (entry, row) =>
            {
                entry["port"] = row.Port;
                Write(entry, row.Limit);
                entry["interrupts"] = row.Interrupts;
            });
        }
    }

    static void Lay<T>(JsonObject box, string list, IReadOnlyList<T> rows, Func<T, bool> stays, Action<JsonObject, T> write)
    {
        var before = Entries(box, list);
        var after = new JsonArray();
        for (var i = 0; i < rows.Count; i++)
        {
            if (!stays(rows[i]))
                continue;
            var entry = i < before.Count ? before[i].DeepClone().AsObject() : [];
            write(entry, rows[i]);
            after.Add(entry);
        }

        if (after.Count > 0)
            box[list] = after;
        else if (before.Count > 0)
            box.Remove(list);
    }

    static LimitRow LimitOf(JsonObject entry) => Text(entry, "slaRule") switch
    {
        "" => new("", "", ""),
        "working_days_range" => new("working_days_range", Text(entry, "slaMin"), Text(entry, "slaMax")),
        "working_minutes" => new("working_minutes", Text(entry, "slaMinutes"), ""),
        var rule when Rules.Contains(rule) => new(rule, Text(entry, "slaN"), ""),
        _ => new(Other, "", ""),
    };

    static void Write(JsonObject entry, LimitRow limit)
    {
        if (limit.Rule == Other || limit == LimitOf(entry))
            return;
        foreach (var name in entry.Select(p => p.Key).Where(name => name.StartsWith("sla", StringComparison.Ordinal)).ToList())
            entry.Remove(name);
        Set(entry, "slaRule", limit.Rule);
        if (limit.Rule.Length == 0)
            return;
        Set(entry, limit.Rule switch { "working_days_range" => "slaMin", "working_minutes" => "slaMinutes", _ => "slaN" }, limit.N);
        if (limit.Rule == "working_days_range")
            Set(entry, "slaMax", limit.Max);
    }

    static void Set(JsonObject entry, string name, string text)
    {
        if (text.Length == 0)
            entry.Remove(name);
        else if (text != Text(entry, name))
            entry[name] = name is not ("nameTh" or "slaRule")
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : text;
    }

    static List<JsonObject> Entries(JsonObject box, string list) => [.. (box[list] as JsonArray ?? []).OfType<JsonObject>()];

    static string Text(JsonObject of, string name) => of[name] switch
    {
        JsonValue value when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
            value.ToJsonString(),
        _ => "",
    };

    /// <summary>The rules as they are offered, in words.</summary>
    public static Core.LocalizedText NameOf(string rule) => rule switch
    {
        "working_days" => new("วันทำการ", "working days"),
        "working_days_range" => new("วันทำการ เป็นช่วง", "working days, a range"),
        "calendar_days" => new("วัน นับวันหยุดด้วย", "days, holidays included"),
        "working_minutes" => new("นาทีในเวลาราชการ", "office minutes"),
        Other => new("คงตามที่กำหนดไว้เดิม", "as it was set"),
        "" => new("ไม่กำหนดเวลา", "no limit"),
        _ => throw UnknownKind.Of(rule),
    };

    /// <summary>Rows to show: those there are, and some to fill in.</summary>
    public static IEnumerable<T> WithRoom<T>(IReadOnlyList<T> rows, T empty)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Concat(Enumerable.Repeat(empty, 2)).Take(MaxRows);
    }

    public static LimitRow NoLimit { get; } = new("", "", "");

    /// <summary>The ways out that the lists open.</summary>
    public IEnumerable<string> Ports => Timers.Select(t => t.Port);
}
