using System.Globalization;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>Which of the work is counted: of one procedure, of one group.</summary>
public sealed record Narrowing(string? DefinitionKey = null, Guid? Group = null)
{
    public static Narrowing Nothing { get; } = new();

    internal string Sql(Grouping.Columns of) =>
        (DefinitionKey is null ? "" : $" AND {of.Row}.definition_key = @DefinitionKey")
        + (Group is null ? "" : $" AND CAST({of.Group} AS text) = CAST(@Group AS text)");
}

/// <summary>What figures are told apart by, and where each stands in the rows that are counted.</summary>
static class Grouping
{
    /// <summary>Of the figures; the first when nothing is asked for.</summary>
    public static string[] All { get; } =
        ["definition", "step", "version", "role", "group", "priority", "office", "fiscalQuarter", "fiscalMonth", PeopleFigures.GroupBy];

    /// <summary>A step in a month: of the map of a procedure.</summary>
    public const string StepAndMonth = "stepAndMonth";

    /// <summary>By person nobody is told anything without the right to it.</summary>
    public static void Require(string groupBy, IReadOnlyList<string> offices, PeopleFigures? people)
    {
        if (groupBy == PeopleFigures.GroupBy && (people is null || offices.Any(o => !people.Offices.Contains(o))))
            throw new InvalidOperationException("Figures by person need the right to them.");
    }

    /// <summary>All in one.</summary>
    public const string None = "none";

    /// <summary>Where the columns stand.</summary>
    /// <param name="Row">Alias of the row: office, definition and step are its own.</param>
    /// <param name="Month">Gregorian month as yyyymm, a number.</param>
    public sealed record Columns(string Row, string Month, string Version, string Role, string Group, string Priority, string Person);

    /// <summary>Of <c>measured_clock</c> and <c>measured_task</c>.</summary>
    public static Columns Measured { get; } =
        new("f", "f.fiscal_month", "f.definition_version", "f.role", "f.group_id", "f.priority", "f.person");

    /// <summary>Of a clock <c>d</c> that is not measured, with its newest task <c>t</c>.</summary>
    public static Columns Clock { get; } = new(
        "d", "d.fiscal_month", "COALESCE(t.definition_version, i.definition_version)", "t.role", "m.group_id", "t.priority",
        Person);

    const string Person = "COALESCE(t.closed_by, t.assignee)";

    /// <summary>Of a task <c>t</c>.</summary>
    public static Columns Task(Database database) => new(
        "t", $"CAST({database.MonthOf("t.created_at")} AS integer)", "t.definition_version", "t.role", "m.group_id", "t.priority",
        Person);

    /// <summary>The task of a clock <c>d</c> that says whose it is, with the group of whoever has it.</summary>
    public const string NewestTask = """
        LEFT JOIN user_task t ON t.task_id = (
            SELECT n.task_id
            FROM user_task n
            WHERE n.instance_id = d.instance_id AND n.deadline_id = d.deadline_id
            ORDER BY n.created_at DESC, n.task_id DESC
            LIMIT 1)
        LEFT JOIN office_member m ON m.office = d.office AND m.user_id = COALESCE(t.closed_by, t.assignee)
        """;

    /// <summary>Whether the row of a clock does not say it by itself.</summary>
    public static bool NeedsTask(string groupBy, Narrowing only) =>
        only.Group is not null || groupBy is "version" or "role" or "group" or "priority" or PeopleFigures.GroupBy;

    /// <summary>A text by which rows are put together.</summary>
    public static string Bucket(string groupBy, Columns of) => groupBy switch
    {
        "definition" => $"{of.Row}.definition_key",
        "step" => $"{of.Row}.definition_key || '/' || {of.Row}.step_id",
        "version" => $"{of.Row}.definition_key || '/' || CAST({of.Version} AS text)",
        "role" => $"COALESCE({of.Role}, '')",
        "group" => $"COALESCE(CAST({of.Group} AS text), '')",
        PeopleFigures.GroupBy => $"COALESCE(CAST({of.Person} AS text), '')",
        "priority" => $"CAST(COALESCE({of.Priority}, 0) AS text)",
        "office" => $"{of.Row}.office",
        "fiscalMonth" => $"CAST({of.Month} AS text)",
        "fiscalQuarter" => $"CAST({Quarter(of.Month)} AS text)",
        StepAndMonth => $"{of.Row}.definition_key || '/' || {of.Row}.step_id || '/' || CAST({of.Month} AS text)",
        None => "''",
        _ => throw UnknownKind.Of(groupBy),
    };

    /// <summary>The same of a row of a sheet.</summary>
    public static string Bucket(string groupBy, MonthSheet sheet, WorkKind kind, Worker who) => groupBy == PeopleFigures.GroupBy
        ? who.Person?.ToString() ?? ""
        : Bucket(groupBy, sheet.Office, sheet.Month, new DigestKey(kind, who.Group));

    /// <summary>The same of a digest of a month; where months do not matter, of a year.</summary>
    public static string Bucket(string groupBy, string office, int month, DigestKey key) => groupBy switch
    {
        "definition" => key.Kind.Definition,
        "step" => $"{key.Kind.Definition}/{key.Kind.Step}",
        "version" => string.Create(CultureInfo.InvariantCulture, $"{key.Kind.Definition}/{key.Kind.Version}"),
        "role" => key.Kind.Role ?? "",
        "group" => key.Group?.ToString() ?? "",
        "priority" => (key.Kind.Priority ?? 0).ToString(CultureInfo.InvariantCulture),
        "office" => office,
        "fiscalMonth" => month.ToString(CultureInfo.InvariantCulture),
        "fiscalQuarter" => QuarterOf(month).ToString(CultureInfo.InvariantCulture),
        StepAndMonth => string.Create(CultureInfo.InvariantCulture, $"{key.Kind.Definition}/{key.Kind.Step}/{month}"),
        None => "",
        _ => throw UnknownKind.Of(groupBy),
    };

    /// <summary>As <see cref="Quarter"/>.</summary>
    static int QuarterOf(int month) => (((month / 100) + (month % 100 >= 10 ? 1 : 0)) * 10) + ((month % 100 + 2) % 12 / 3) + 1;

    /// <summary>Gregorian year in which the fiscal year ends, and its quarter: 20261 begins in October 2025.</summary>
    public static string Quarter(string month) => $"""
        ({month} / 100 + CASE WHEN {month} % 100 >= 10 THEN 1 ELSE 0 END) * 10 + ({month} % 100 + 2) % 12 / 3 + 1
        """;

    /// <summary>As callers know it: months and quarters of the fiscal year.</summary>
    public static string KeyOf(string groupBy, string bucket)
    {
        if (groupBy == "fiscalQuarter")
            return string.Create(CultureInfo.InvariantCulture, $"{Number(bucket[..4]) + FiscalYear.BuddhistOffset}-Q{bucket[4..]}");
        if (groupBy == StepAndMonth)
            return bucket[..(bucket.LastIndexOf('/') + 1)] + KeyOf("fiscalMonth", bucket[(bucket.LastIndexOf('/') + 1)..]);
        if (groupBy != "fiscalMonth")
            return bucket;
        var date = new DateOnly(Number(bucket[..4]), Number(bucket[4..]), 1);
        return string.Create(CultureInfo.InvariantCulture, $"{FiscalYear.Of(date)}-{FiscalYear.MonthOf(date):00}");
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What buckets are called; none where their keys say it.</summary>
    public static async Task<IReadOnlyDictionary<string, LocalizedText>> NamesAsync(
        Sources from, string groupBy, IReadOnlyCollection<string> buckets, CancellationToken ct)
    {
        if (groupBy == PeopleFigures.GroupBy)
            return await PeopleFigures.NamesAsync(from.Database, buckets, ct);
        var names = new Dictionary<string, LocalizedText>(StringComparer.Ordinal);
        foreach (var bucket in buckets)
        {
            if (await NameOfAsync(from, groupBy, bucket, ct) is { } name)
                names[bucket] = name;
        }

        return names;
    }

    /// <summary>What a bucket is called; null where its key says it.</summary>
    static async Task<LocalizedText?> NameOfAsync(Sources from, string groupBy, string bucket, CancellationToken ct)
    {
        switch (groupBy)
        {
            case "definition":
                return (await from.Definitions.LatestAsync(bucket, ct))?.Name;
            case "step":
                var step = bucket.Split('/');
                return (await from.Definitions.LatestAsync(step[0], ct))?.FindStep(step[1])?.Name;
            case "version":
                var version = bucket.Split('/');
                return (await from.Definitions.LatestAsync(version[0], ct))?.Name is { } name
                    ? new LocalizedText($"{name.Th} รุ่น {version[1]}", $"{name.En}, version {version[1]}")
                    : null;
            case "role":
                return bucket.Length == 0 ? new LocalizedText("ทั้งกระบวนงาน", "The whole procedure") : Roles.NameOf(bucket);
            case "priority":
                return bucket == "0" ? new LocalizedText("ปกติ", "Ordinary") : Priorities.NameOf((Priority)Number(bucket));
            case "group":
                return await GroupAsync(from, bucket, ct);
            default:
                return null;
        }
    }

    static async Task<LocalizedText> GroupAsync(Sources from, string bucket, CancellationToken ct)
    {
        if (!Guid.TryParse(bucket, out var id))
            return new LocalizedText("ไม่ได้อยู่ในกลุ่มใด หรือยังไม่มีผู้รับ", "In no group, or not taken yet");
        await using var connection = await from.Database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<string>("SELECT name FROM office_group WHERE group_id = @id", new { id })
            is { } name
            ? new LocalizedText(name, name)
            : new LocalizedText("กลุ่มที่ยกเลิกแล้ว", "A group that is no more");
    }
}
