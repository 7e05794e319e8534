using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Tables;

namespace ProcessEngine.Service.Studio;

/// <summary>Which of Elsa's own activities mean the same as a box of ours, and what to use in the place of the others.</summary>
static partial class ElsaActivities
{
    const string Yes = "True";
    const string No = "False";

    /// <summary>Of activities that are nothing here: what does what they are used for.</summary>
    static readonly Dictionary<string, LocalizedText> Instead_ = new(StringComparer.Ordinal)
    {
        ["SetVariable"] = new("แบบฟอร์มของขั้นตอน หรือค่าเริ่มต้นของข้อมูล", "the form of a step, or what the data begin with"),
        ["SendEmail"] = new(
            "งานปฏิบัติลักษณะ “แจ้ง” (ระบบแจ้งผู้รับงานทางอีเมลเอง)", "a step of the kind “notify” (whoever has work is told by mail)"),
        ["HttpEndpoint"] = new("รอข้อมูลจากภายนอก", "a wait for a message"),
        ["SendHttpRequest"] = new("เว็บฮุกของสำนักงาน", "a webhook of the office"),
        ["FlowSendHttpRequest"] = new("เว็บฮุกของสำนักงาน", "a webhook of the office"),
        ["WriteHttpResponse"] = new("ไม่ต้องใช้ ให้ลบออก", "nothing: take it away"),
        ["WriteLine"] = new("ไม่ต้องใช้ ให้ลบออก", "nothing: take it away"),
        ["ReadLine"] = new("แบบฟอร์มของขั้นตอน", "the form of a step"),
        ["RunJavaScript"] = new("แยกตามเงื่อนไข", "a decision on the data"),
        ["RunCSharp"] = new("แยกตามเงื่อนไข", "a decision on the data"),
        ["RunPython"] = new("แยกตามเงื่อนไข", "a decision on the data"),
        ["ForEach"] = new("ทำทุกรายการของรายชื่อ (ทำซ้ำทุกรายการใน)", "a step for every entry of a list"),
        ["ParallelForEach"] = new("ทำทุกรายการของรายชื่อ (ทำซ้ำทุกรายการใน)", "a step for every entry of a list"),
        ["For"] = new("ทำทุกรายการของรายชื่อ (ทำซ้ำทุกรายการใน)", "a step for every entry of a list"),
        ["While"] = new("เส้นย้อนกลับจากกล่องแยกตามเงื่อนไข", "a line back from a decision"),
        ["BulkDispatchWorkflows"] = new("ทำทุกรายการของรายชื่อ แล้วส่งต่อ", "a step for every entry of a list, and a call"),
        ["PublishEvent"] = new("ส่งต่อกระบวนงานอื่น", "a call of another procedure"),
        ["Delay"] = new("รอถึงกำหนดเป็นวัน หรือนาทีในเวลาราชการ", "a wait of whole days, or of working minutes"),
        ["Timer"] = new("รอถึงกำหนด หรือทางออกตามเวลาของขั้นตอน", "a wait, or a way out by time of a step"),
        ["Cron"] = new("รอถึงกำหนด หรือเรื่องที่เริ่มเองของสำนักงาน", "a wait, or a recurring start of the office"),
        ["StartAt"] = new("รอถึงกำหนดตามวันที่ในข้อมูล", "a wait for a date of the case"),
        ["FlowJoin"] = new("รอครบทุกทาง (ที่นี่ไม่มีแบบรอทางใดทางหนึ่ง)", "a join of all (there is none of any one)"),
        ["Fork"] = new(
            "แยกทำพร้อมกันและรอครบทุกทาง (ที่นี่ไม่มีแบบรอทางใดทางหนึ่ง)", "a fork and a join of all (there is none of any one)"),
        ["DispatchWorkflow"] = new("ส่งต่อกระบวนงานอื่น โดยระบุรหัสกระบวนงาน", "a call that names its procedure"),
        ["ExecuteWorkflow"] = new("ส่งต่อกระบวนงานอื่น โดยระบุรหัสกระบวนงาน", "a call that names its procedure"),
        ["Event"] = new("รอข้อมูลจากภายนอก โดยระบุชื่อข้อความ", "a wait that names its message"),
    };

    public static LocalizedText Instead(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Instead_.GetValueOrDefault(type.Replace("Elsa.", "", StringComparison.Ordinal))
            ?? new("งานปฏิบัติ หรือรอข้อมูลจากภายนอก", "a step of work, or a wait for a message");
    }

    /// <summary>The ways out that a box must lead on by.</summary>
    public static IEnumerable<string> PortsOf(JsonObject box) => ChartJson.TypeOf(box) switch
    {
        "End" => [],
        "Decision" => [.. (ChartJson.List(box, "branches") ?? []).OfType<JsonObject>().Select(b => ChartJson.Text(b, "port")), Ports.Else],
        "Approval" => [Ports.Approve, Ports.Reject, Ports.Return],
        _ => [Ports.Done],
    };

    /// <returns>Null when it is nothing that there is here, or says what cannot be said here.</returns>
    public static ElsaTaking.Piece? Take(ElsaTaking to, JsonObject activity)
    {
        ArgumentNullException.ThrowIfNull(to);
        var id = ElsaTaking.Text(activity, "id");
        return ElsaTaking.Text(activity, "type") switch
        {
            "Elsa.Start" => Plain(to.Box(activity, "Start")),
            "Elsa.End" or "Elsa.Finish" or "Elsa.Complete" => new(ElsaTaking.Text(to.Box(activity, "End"), "id"), Nowhere),
            "Elsa.RunTask" => Work(to, activity),
            "Elsa.Event" when Input(activity, "eventName") is { Length: > 0 } name =>
                Plain(With(to.Box(activity, "WaitForMessage"), "message", name)),
            "Elsa.DispatchWorkflow" or "Elsa.ExecuteWorkflow" when Input(activity, "workflowDefinitionId") is { Length: > 0 } key =>
                Plain(Called(to.Box(activity, "CallProcess"), key, Waits(activity))),
            "Elsa.Delay" when Days(Input(activity, "timeSpan")) is { } days => Plain(Rests(to.Box(activity, "WaitUntil"), days)),
            "Elsa.StartAt" when Date(Input(activity, "dateTime")) is { } day => Until(to, activity, day),
            "Elsa.Timer" or "Elsa.Cron" when IsTrigger(activity) => Begun(to, activity),
            "Elsa.FlowDecision" => Decided(to, activity, [(Yes, Yes, Condition(activity["condition"]), null)], No, null),
            "Elsa.If" => Decided(to, activity, [(Yes, Yes, Condition(activity["condition"]), activity["then"])], No, activity["else"]),
            "Elsa.FlowSwitch" or "Elsa.Switch" => Decided(to, activity, [.. Cases(activity)], "Default", activity["default"]),
            "Elsa.FlowFork" => Plain(to.Box(activity, "Fork")),
            "Elsa.Fork" when Input(activity, "joinMode") is not "WaitAny" => Forked(to, activity, id),
            "Elsa.FlowJoin" when Input(activity, "mode") is not "WaitAny" => Plain(to.Box(activity, "Join")),
            _ => null,
        };
    }

    static Dictionary<string, IReadOnlyList<(string, string)>> Nowhere => [];

    static ElsaTaking.Piece Plain(JsonObject box)
    {
        var id = ElsaTaking.Text(box, "id");
        return new(id, new Dictionary<string, IReadOnlyList<(string, string)>> { [Ports.Done] = [(id, Ports.Done)] });
    }

    static JsonObject With(JsonObject box, string property, string value)
    {
        box[property] = value;
        return box;
    }

    static ElsaTaking.Piece Work(ElsaTaking to, JsonObject activity)
    {
        var box = With(to.Box(activity, "UserTask"), "role", Roles.Officer);
        if (Input(activity, "taskName") is { Length: > 0 } name)
            ChartJson.Rename(box, name);
        return Plain(box);
    }

    static JsonObject Called(JsonObject box, string key, bool waits)
    {
        box["definitionKey"] = key;
        if (!waits)
            box["waits"] = false;
        return box;
    }

    static bool Waits(JsonObject activity) => ElsaTaking.Text(activity, "type") == "Elsa.ExecuteWorkflow"
        || Input(activity, "waitForCompletion") is "true" or "True";

    static JsonObject Rests(JsonObject box, int days)
    {
        (box["slaRule"], box["slaN"], box["slaRoll"]) = ("calendar_days", days, "none");
        return box;
    }

    static ElsaTaking.Piece Until(ElsaTaking to, JsonObject activity, DateOnly day)
    {
        var name = "startAt" + new string([.. ElsaTaking.Text(activity, "id").Where(char.IsAsciiLetterOrDigit)]);
        to.Declare(name, "DateTime", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return Plain(With(to.Box(activity, "WaitUntil"), "dateFrom", name));
    }

    /// <summary>A case that begins by itself begins here; how often, the office says in its settings.</summary>
    static ElsaTaking.Piece Begun(ElsaTaking to, JsonObject activity)
    {
        to.Recurs(Input(activity, "cronExpression") is { Length: > 0 } cron ? cron : Input(activity, "interval") ?? "");
        return Plain(to.Box(activity, "Start"));
    }

    static bool IsTrigger(JsonObject activity) => activity["customProperties"] is JsonObject custom
        && ElsaTaking.Text(custom, "canStartWorkflow") is "true" or "True";

    /// <summary>The data decide; what stands inside leads on together.</summary>
    static ElsaTaking.Piece Decided(
        ElsaTaking to, JsonObject activity, (string Outcome, string Port, string When, JsonNode? Inside)[] cases, string otherwise,
        JsonNode? inElse)
    {
        var box = to.Box(activity, "Decision");
        var id = ElsaTaking.Text(box, "id");
        box["branches"] = new JsonArray([.. cases.Select(c => (JsonNode)new JsonObject { ["port"] = c.Port, ["when"] = c.When })]);
        var ways = new Dictionary<string, IReadOnlyList<(string, string)>>(StringComparer.Ordinal);
        var together = new List<(string, string)>();
        foreach (var (outcome, port, inside) in cases.Select(c => (c.Outcome, c.Port, c.Inside)).Append((otherwise, Ports.Else, inElse)))
        {
            IReadOnlyList<(string, string)> way = [(id, port)];
            if (to.Inside(inside) is { } piece)
            {
                to.Lead(id, port, piece.Entry);
                way = piece.By(Ports.Done);
            }

            ways[outcome] = way;
            together.AddRange(way);
        }

        ways[Ports.Done] = together;
        return new(id, ways);
    }

    static IEnumerable<(string Outcome, string Port, string When, JsonNode? Inside)> Cases(JsonObject activity)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { Ports.Else };
        foreach (var (i, one) in (activity["cases"] as JsonArray ?? []).OfType<JsonObject>().Index())
        {
            var label = ElsaTaking.Text(one, "label");
            var letters = new string([.. label.Where(char.IsAsciiLetterOrDigit)]);
            var port = letters.Length > 0 && known.Add(letters) ? letters : string.Create(CultureInfo.InvariantCulture, $"Way{i + 1}");
            known.Add(port);
            yield return (label, port, Condition(one["condition"]), one["activity"]);
        }
    }

    static ElsaTaking.Piece Forked(ElsaTaking to, JsonObject activity, string id)
    {
        to.Box(activity, "Fork");
        var join = to.Box(id + "-join", "Join", "รอครบทุกทาง");
        foreach (var inside in (activity["branches"] as JsonArray ?? []).Select(to.Inside).OfType<ElsaTaking.Piece>())
        {
            to.Lead(id, Ports.Done, inside.Entry);
            foreach (var (box, port) in inside.By(Ports.Done))
                to.Lead(box, port, join);
        }

        return new(id, new Dictionary<string, IReadOnlyList<(string, string)>> { [Ports.Done] = [(join, Ports.Done)] });
    }

    /// <summary>A literal input as text; null where it is computed, or not given.</summary>
    static string? Input(JsonObject activity, string name) => activity[name] switch
    {
        JsonObject wrapped when wrapped["expression"] is JsonObject expression =>
            ElsaTaking.Text(expression, "type") is "" or "Literal" or "Object" ? ElsaTaking.Text(expression, "value") : null,
        JsonValue => ElsaTaking.Text(activity, name),
        _ => null,
    };

    /// <summary>
    /// A condition in our language, as far as it is a comparison of variables; what it is otherwise the proof refuses with its box.
    /// </summary>
    static string Condition(JsonNode? given)
    {
        var expression = given is JsonObject wrapped ? wrapped["expression"] as JsonObject ?? wrapped : null;
        if (expression is null)
            return given is JsonValue bare ? bare.ToString() : "";
        var value = expression["value"] is JsonObject variable ? ElsaTaking.Text(variable, "name") : ElsaTaking.Text(expression, "value");
        if (ElsaTaking.Text(expression, "type") is not ("JavaScript" or "CSharp" or "Liquid"))
            return value;
        var plain = Returned().Replace(value.Trim().TrimEnd(';'), "");
        plain = Variables().Replace(plain, m => m.Groups["a"].Success ? m.Groups["a"].Value : LowerFirst(m.Groups["b"].Value));
        plain = plain.Replace("!==", "!=", StringComparison.Ordinal).Replace("===", "=", StringComparison.Ordinal)
            .Replace("==", "=", StringComparison.Ordinal).Replace("&&", "and", StringComparison.Ordinal)
            .Replace("||", "or", StringComparison.Ordinal).Replace('\'', '"');
        return Not().Replace(plain, "not ").Trim();
    }

    static string LowerFirst(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>Whole days; null when it is none.</summary>
    static int? Days(string? span) => TimeSpan.TryParse(span, CultureInfo.InvariantCulture, out var time) && time.Ticks > 0
        && time.Ticks % TimeSpan.TicksPerDay == 0 && time.TotalDays <= 3650 ? (int)time.TotalDays : null;

    static DateOnly? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? DateOnly.FromDateTime(at.ToOffset(TimeSpan.FromHours(7)).DateTime)
            : null;

    [GeneratedRegex(@"^\s*return\s+")]
    private static partial Regex Returned();

    [GeneratedRegex(@"(?i:variables|Variable)\.(?<a>\p{L}\w*)|\bget(?<b>\p{Lu}\w*)\(\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variables();

    [GeneratedRegex(@"!(?!=)")]
    private static partial Regex Not();
}
