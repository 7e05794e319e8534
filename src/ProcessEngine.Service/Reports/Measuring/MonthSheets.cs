using System.Data.Common;
using Dapper;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>What is done with a row of a sheet.</summary>
delegate void SheetRow<in T>(T into, MonthSheet sheet, ReadOnlySpan<int> cells);

/// <summary>
/// The measured work of a period: whole months from their sheets, the rest, and what was measured since, from the rows themselves.
/// </summary>
static class MonthSheets
{
    // Index: the primary key. One office; a sheet a month.
    const string SheetSql = """
        SELECT fiscal_month AS month, data
        FROM measured_sheet
        WHERE office = @office AND what = @what AND fiscal_month >= @first AND fiscal_month <= @last
        ORDER BY fiscal_month
        """;

    const string Columns = """
        f.fiscal_month AS month, f.instance_id, f.definition_key, f.definition_version, f.step_id, f.role, f.priority, f.person, f.group_id
        """;

    // Indexes: the primary keys. One office, one stretch of time, in its order, so that a sheet made anew is the same.
    const string ClockSql = $"""
        SELECT {Columns}, f.result, f.percent, f.stood, f.pauses, f.extensions
        FROM measured_clock f
        WHERE f.office = @office AND f.received_at >= @from AND f.received_at < @to
        ORDER BY f.received_at, f.deadline_id
        """;

    const string TaskSql = $"""
        SELECT {Columns}, f.outcome, f.waited, f.worked, f.attempt, f.no_limit
        FROM measured_task f
        WHERE f.office = @office AND f.created_at >= @from AND f.created_at < @to
        ORDER BY f.created_at, f.task_id
        """;

    /// <summary>Every row of the period that is asked for, put together by what it is told apart by.</summary>
    /// <param name="what"><see cref="MonthSheet.Clocks"/> or <see cref="MonthSheet.Tasks"/>.</param>
    /// <param name="of">The sums of a bucket of <see cref="Grouping"/>.</param>
    public static async Task SumAsync<T>(
        Sources sources, AskedPeriod asked, string what, string groupBy, Func<string, T> of, SheetRow<T> add, CancellationToken ct)
        where T : class
    {
        foreach (var office in asked.Offices)
        {
            // A month is counted once, whatever the job does meanwhile: what was stale at the beginning is read from its rows.
            var whole = WholeMonths.Of(asked.From, asked.To);
            await using var connection = await sources.Database.OpenAsync(ct);
            var months = new { office, what, first = whole.First, last = whole.Last };
            var stale = (await connection.QueryAsync<int>(WholeMonths.StaleSql, months)).ToHashSet();
            await foreach (var row in connection.QueryUnbufferedAsync<SheetRead>(SheetSql, months).WithCancellation(ct))
            {
                if (!stale.Contains(row.Month))
                    Sum(MonthSheet.Read(office, row.Month, row.Data), asked.Only, groupBy, of, add);
            }

            foreach (var (from, to) in whole.Rest(asked.From, asked.To, stale))
            {
                foreach (var sheet in await MakeAsync(connection, what, office, from, to, ct))
                    Sum(sheet, asked.Only, groupBy, of, add);
            }
        }
    }

    /// <summary>The sheets of a stretch of time, from its rows.</summary>
    public static async Task<IReadOnlyCollection<MonthSheet>> MakeAsync(
        DbConnection connection, string what, string office, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var sheets = new SortedDictionary<int, MonthSheet>();
        await foreach (var row in connection.QueryUnbufferedAsync<MeasuredRow>(
            what == MonthSheet.Clocks ? ClockSql : TaskSql, new { office, from, to }).WithCancellation(ct))
        {
            if (!sheets.TryGetValue(row.Month, out var sheet))
                sheets.Add(row.Month, sheet = new MonthSheet(office, row.Month));
            var kind = new WorkKind(row.DefinitionKey, row.DefinitionVersion, row.StepId, row.Role, row.Priority);
            var who = new Worker(row.Person, row.GroupId);
            if (what == MonthSheet.Clocks)
                sheet.AddClock(kind, who, row.Result, row.Percent, row.Stood, row.Pauses, row.Extensions);
            else
                sheet.AddTask(kind, who, row.InstanceId, row.Waited, row.Worked, row.Attempt, row.Outcome, row.NoLimit);
        }

        return sheets.Values;
    }

    /// <summary>The rows of a sheet that are asked for.</summary>
    public static void Sum<T>(MonthSheet sheet, Narrowing only, string groupBy, Func<string, T> of, SheetRow<T> add)
        where T : class
    {
        var byWorker = groupBy is "group" or "person";
        var kinds = sheet.Kinds.ConvertAll(k => only.DefinitionKey is null || k.Definition == only.DefinitionKey);
        var workers = sheet.Workers.ConvertAll(w => only.Group is null || w.Group == only.Group);
        var sums = new T?[byWorker ? sheet.Workers.Count : sheet.Kinds.Count];
        for (var i = 0; i < sheet.Count; i++)
        {
            var cells = sheet.Row(i);
            var (kind, who) = (cells[MonthSheet.Kind], cells[MonthSheet.Who]);
            if (!kinds[kind] || !workers[who])
                continue;
            var into = sums[byWorker ? who : kind] ??= of(Grouping.Bucket(groupBy, sheet, sheet.Kinds[kind], sheet.Workers[who]));
            add(into, sheet, cells);
        }
    }

    sealed record SheetRead
    {
        public int Month { get; init; }
        public byte[] Data { get; init; } = [];
    }

    sealed record MeasuredRow
    {
        public int Month { get; init; }
        public Guid InstanceId { get; init; }
        public string DefinitionKey { get; init; } = "";
        public int DefinitionVersion { get; init; }
        public string StepId { get; init; } = "";
        public string? Role { get; init; }
        public int? Priority { get; init; }
        public Guid? Person { get; init; }
        public Guid? GroupId { get; init; }
        public string Result { get; init; } = "";
        public int? Percent { get; init; }
        public int? Stood { get; init; }
        public int Pauses { get; init; }
        public int Extensions { get; init; }
        public string Outcome { get; init; } = "";
        public int? Waited { get; init; }
        public int? Worked { get; init; }
        public int Attempt { get; init; }
        public bool NoLimit { get; init; }
    }
}
