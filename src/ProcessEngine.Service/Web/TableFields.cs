using System.Globalization;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Tables;

namespace ProcessEngine.Service.Web;

/// <summary>Reads what somebody filled in of a row, of the head or of the data of a case. What the form does not have stays.</summary>
/// <param name="field">Null where the form has no such field; several of one name with commas between them.</param>
/// <param name="data">The data of the case, whose types say how a value is written.</param>
public sealed class TableFields(Func<string, string?> field, IReadOnlyList<TableData> data)
{
    public TableRow Read(TableRow before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var kind = Enum.TryParse<RowKind>(field("kind"), out var chosen) && Enum.IsDefined(chosen) ? chosen : before.Kind;
        return before with
        {
            Kind = kind,
            Name = Text("name", before.Name),
            Role = Text("role", before.Role),
            Who = Text("who", before.Who),
            Form = field("form.0") is null ? Text("form", before.Form) : Forms(before.Form),
            Quality = Text("quality", before.Quality),
            Voting = Text("voting", before.Voting),
            Members = Text("members", before.Members),
            Levels = field("level.0") is null ? before.Levels
                : [.. Enumerable.Range(0, DefinitionTable.MaxLevels).Select(i => Text($"level.{i}", "")).Where(r => r.Length > 0)],
            Time = Time("", before.Time),
            Ways = [.. Ways(before)],
            Settings = [.. before.Settings.Select(s => s with { Value = Setting(RowSettings.Of(before.Kind), s) })],
            Timers = [.. Timers(before)],
            Assignments = [.. Assignments(before)],
        };
    }

    public TableHead Read(TableHead before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return before with
        {
            Name = Text("name", before.Name),
            NameEn = Text("nameEn", before.NameEn),
            Time = Time("", before.Time),
            Until = Text("until", before.Until),
            Settings = [.. before.Settings.Select(s => s with { Value = Setting(TableHead.Fields, s) })],
            CarryOver = field("carry.0.to") is null ? before.CarryOver : [.. Rows("carry", "to").Select(i =>
                new CarriedData(Text($"carry.{i}.to", ""), Text($"carry.{i}.from", ""))).Where(c => c.To.Length > 0 && c.From.Length > 0)],
        };
    }

    /// <summary>What a case begins with, as a file has it; what cannot be read stands as it was typed, and the proof says so.</summary>
    public static string Default(string type, string? typed)
    {
        var text = typed?.Trim() ?? "";
        return type switch
        {
            _ when text.Length == 0 => "",
            "Boolean" => text is "ใช่" or "yes" or "true" ? "true" : text is "ไม่ใช่" or "no" or "false" ? "false" : text,
            "DateTime" or "DateTimeOffset" or "DateOnly" => Typed.Date(text) is { } day
                ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : TableWords.StoredDay(text),
            "String" => text,
            _ => Typed.Number(text) is { } number ? number.ToString(CultureInfo.InvariantCulture) : text,
        };
    }

    string Text(string name, string otherwise) => field(name)?.Trim().ReplaceLineEndings("\n") ?? otherwise;

    string Forms(string before)
    {
        var chosen = Enumerable.Range(0, TableRow.MaxForms).Select(i => Text($"form.{i}", "")).Where(f => f.Length > 0).Distinct().ToList();
        return chosen.Contains(TableRow.Kept) ? before : string.Join(' ', chosen);
    }

    IEnumerable<int> Rows(string list, string part) =>
        Enumerable.Range(0, DefinitionTable.MaxRows).TakeWhile(i => field($"{list}.{i}.{part}") is not null);

    RowTime Time(string at, RowTime before)
    {
        if (field(at + "rule") is null)
            return before;
        var (rule, n, max) = (Text(at + "rule", ""), Typed.Digits(field(at + "n")), Typed.Digits(field(at + "most")));
        // ๓ - ๕ in one field is a range.
        if (n.Split('-', '–') is [var least, var most] && rule is "working_days" or "working_days_range")
            (rule, n, max) = ("working_days_range", least.Trim(), most.Trim());
        return rule switch
        {
            "" => RowTime.None,
            TableRow.Kept => before,
            "working_days_range" => RowTime.None with { Rule = rule, N = n, Max = max },
            "window" when field(at + "from") is null => before,
            "window" => RowTime.None with
            {
                Rule = rule,
                From = TableWords.StoredDay(field(at + "from")),
                To = TableWords.StoredDay(field(at + "to")),
            },
            "given_date" => RowTime.None with { Rule = rule, DateFrom = Text(at + "date", "") },
            "working_days_before_event" or "calendar_days_before_event" =>
                RowTime.None with { Rule = rule, N = n, DateFrom = Text(at + "date", "") },
            _ => RowTime.None with { Rule = rule, N = n },
        };
    }

    /// <summary>A condition that was chosen, or typed where it is more than one comparison.</summary>
    string Condition(string at, string before) => field(at + ".data") is null
        ? Text(at, before)
        : new ConditionFields(Text(at + ".data", ""), Text(at + ".is", "="), Text(at + ".value", ""))
            .Write(data.FirstOrDefault(d => d.Name == Text(at + ".data", "") && !d.IsList)?.Type);

    IEnumerable<RowWay> Ways(TableRow before)
    {
        if (field("new.to") is { Length: > 0 } fresh && Condition("new", "") is { Length: > 0 } when)
            yield return new RowWay(NewPort(before), when, fresh);
        foreach (var (i, way) in before.Ways.Index())
        {
            var to = Text($"way.{i}", way.To);
            var condition = Condition($"when.{i}", way.When);
            if (way.Port == Ports.Else || before.Kind != RowKind.Decide || condition.Length > 0)
                yield return way with { When = condition, To = to };
        }
    }

    static string NewPort(TableRow before) => Enumerable.Range(1, 1000)
        .Select(n => string.Create(CultureInfo.InvariantCulture, $"Way{n}")).First(port => before.Ways.All(w => w.Port != port));

    string Setting(IReadOnlyList<SettingField> fields, RowSetting before)
    {
        if (field($"set.{before.Name}.there") is null)
            return before.Value;
        var setting = fields.First(f => f.Name == before.Name);
        var text = Text($"set.{before.Name}", "");
        var value = setting.Kind switch
        {
            SettingKind.Flag => text == "true" ? "true" : "false",
            SettingKind.Number => Typed.Digits(text),
            SettingKind.Steps or SettingKind.StepsAndStart => InOrder(before.Value, text.Split(',')),
            _ => text,
        };
        return RowSettings.IsOffered(setting, value) || setting.Kind == SettingKind.Number ? value : before.Value;
    }

    /// <summary>Those that were there first, as they stood: of the steps to return to the first has a meaning.</summary>
    static string InOrder(string before, string[] chosen) =>
        string.Join(' ', before.Split(' ').Where(chosen.Contains).Concat(chosen).Where(id => id.Length > 0).Distinct());

    IEnumerable<RowTimer> Timers(TableRow before)
    {
        if (field("timer.0.rule") is null)
            return before.Timers;
        return Rows("timer", "rule").Select(i =>
        {
            var known = i < before.Timers.Count ? before.Timers[i] : RowTimer.Empty;
            return known with
            {
                Time = Time($"timer.{i}.", known.Time),
                Interrupts = field($"timer.{i}.interrupts") == "true",
                To = Text($"timer.{i}.to", known.To),
            };
        }).Where((timer, i) => i < before.Timers.Count || timer.Time.Rule.Length > 0);
    }

    IEnumerable<RowAssignment> Assignments(TableRow before)
    {
        if (field("assign.0.to") is null)
            return before.Assignments;
        return Rows("assign", "to").Select(i =>
        {
            var known = i < before.Assignments.Count ? before.Assignments[i] : new RowAssignment("", "");
            return new RowAssignment(Condition($"assign.{i}.when", known.When), Text($"assign.{i}.to", known.To));
        }).Where((assignment, i) => i < before.Assignments.Count || assignment.To.Length > 0);
    }
}
