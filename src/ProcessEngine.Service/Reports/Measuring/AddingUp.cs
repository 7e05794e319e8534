using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>
/// Makes the sheets and digests of months to which something was measured, each anew: whatever stopped before, they come out right. Then
/// the digests of all offices together, and of fiscal years, which are made of these.
/// </summary>
sealed class AddingUp(Database database)
{
    /// <summary>The place of an office in the table: all of them together.</summary>
    public const string AllOffices = "";

    const string StaleSql = "SELECT office, fiscal_month, changes FROM measured_month_stale ORDER BY office, fiscal_month";

    // Index: the primary key, and that of the cases. When the oldest case began whose work came since a moment.
    const string OldestSql = """
        SELECT MIN(i.started_at)
        FROM measured_task f
        JOIN process_instance i ON i.instance_id = f.instance_id
        WHERE f.office = $1 AND f.created_at >= $2
        """;

    // Index: the primary key. Sheets of an office, and digests of what is added up further.
    const string SheetsSql = """
        SELECT fiscal_month, data
        FROM measured_sheet
        WHERE office = $1 AND what = $2 AND fiscal_month >= $3
        ORDER BY fiscal_month
        """;
    const string FirstSheetSql = "SELECT MIN(fiscal_month) FROM measured_sheet WHERE office = $1 AND what = $2";
    const string OfMonthSql = """
        SELECT period, counts, spreads FROM measured_digest WHERE what = $1 AND period = $2 AND office <> '' ORDER BY office
        """;
    const string OfYearSql = """
        SELECT period, counts, spreads
        FROM measured_digest
        WHERE office = $1 AND what = $2 AND period >= $3 AND period <= $4 AND period % 100 > 0
        ORDER BY period
        """;

    const string ClearSheets = "DELETE FROM measured_sheet WHERE office = $1 AND fiscal_month = $2";
    const string StoreSheet = "INSERT INTO measured_sheet (office, what, fiscal_month, data) VALUES ($1, $2, $3, $4)";
    const string ClearDigest = "DELETE FROM measured_digest WHERE office = $1 AND what = $2 AND period = $3";
    const string StoreDigest = "INSERT INTO measured_digest (office, what, period, counts, spreads) VALUES ($1, $2, $3, $4, $5)";
    const string Fresh = "DELETE FROM measured_month_stale WHERE office = $1 AND fiscal_month = $2 AND changes = $3";
    const string Stale = """
        INSERT INTO measured_month_stale (office, fiscal_month, changes)
        VALUES ($1, $2, 1)
        ON CONFLICT (office, fiscal_month) DO UPDATE SET changes = measured_month_stale.changes + 1
        """;

    sealed record StaleMonth(string Office, int Period, int Changes)
    {
        public bool IsYear => Period % 100 == 0;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var office in (await StaleAsync(ct)).Where(s => s.Office != AllOffices && !s.IsYear).GroupBy(s => s.Office))
            await OfficeAsync(office.Key, [.. office], ct);
        // Of all together first the months, of which their years are made.
        foreach (var month in (await StaleAsync(ct)).Where(s => s.Office == AllOffices && !s.IsYear))
            await AddAsync(month, OfMonthSql, what => new object?[] { what, month.Period }, month.Period, ct);
        foreach (var year in (await StaleAsync(ct)).Where(s => s.IsYear))
        {
            var (first, last) = WholeMonths.OfFiscalYear(year.Period);
            await AddAsync(year, OfYearSql, what => new object?[] { year.Office, what, first, last }, first, ct);
        }
    }

    Task<List<StaleMonth>> StaleAsync(CancellationToken ct) => database.TransactAsync(
        session => session.QueryListAsync(
            StaleSql, Array.Empty<object?>(), row => new StaleMonth(row.GetString(0), row.GetInt32(1), row.GetInt32(2))),
        ct);

    /// <summary>The months of one office, and of the later ones how many of their cases were there before.</summary>
    async Task OfficeAsync(string office, IReadOnlyList<StaleMonth> stale, CancellationToken ct)
    {
        // Before the transaction, so that nobody who writes waits: what is measured meanwhile leaves the month stale.
        var made = new List<(string What, MonthSheet Sheet)>();
        await using (var connection = await database.OpenAsync(ct))
        {
            foreach (var month in stale)
            {
                foreach (var what in new[] { MonthSheet.Clocks, MonthSheet.Tasks })
                {
                    var sheets = await MonthSheets.MakeAsync(
                        connection, what, office, WholeMonths.Begin(month.Period), WholeMonths.Begin(month.Period, 1), ct);
                    made.AddRange(sheets.Select(sheet => (what, sheet)));
                }
            }
        }

        var digests = made.Where(m => m.What == MonthSheet.Clocks).ToDictionary(
            m => (m.What, m.Sheet.Month), m => DigestOf(m.What, m.Sheet).ToBytes());
        foreach (var (month, digest) in await TasksAsync(office, stale[0].Period, made, ct))
            digests.Add((MonthSheet.Tasks, month), digest.ToBytes());
        var periods = stale.Select(s => s.Period).Concat(digests.Keys.Select(d => d.Month)).Distinct().Order().ToList();
        await database.TransactAsync(
            session =>
            {
                foreach (var month in stale)
                {
                    session.Enqueue(ClearSheets, office, month.Period);
                    session.Enqueue(ClearDigest, office, MonthSheet.Clocks, month.Period);
                    session.Enqueue(ClearDigest, office, MonthSheet.Tasks, month.Period);
                    session.Enqueue(Fresh, office, month.Period, month.Changes);
                }

                foreach (var (what, sheet) in made)
                    session.Enqueue(StoreSheet, office, what, sheet.Month, sheet.ToBytes());
                foreach (var ((what, month), (counts, spreads)) in digests)
                {
                    session.Enqueue(ClearDigest, office, what, month);
                    session.Enqueue(StoreDigest, office, what, month, counts, spreads);
                }

                foreach (var month in periods)
                    session.Enqueue(Stale, AllOffices, month);
                foreach (var year in periods.Select(WholeMonths.FiscalYearOf).Distinct())
                {
                    session.Enqueue(Stale, office, year);
                    session.Enqueue(Stale, AllOffices, year);
                }

                return ValueTask.FromResult(true);
            },
            ct);
    }

    /// <summary>The digests of the tasks of a month and of all that are later, in which cases may be that were there in it.</summary>
    async Task<List<(int Month, Digest Digest)>> TasksAsync(
        string office, int first, List<(string What, MonthSheet Sheet)> made, CancellationToken ct)
    {
        var sheets = new SortedDictionary<int, MonthSheet>();
        await database.TransactAsync(
            async session =>
            {
                // Nothing of a case lies before its beginning.
                var since = (await session.QueryListAsync(
                    FirstSheetSql, new object?[] { office, MonthSheet.Tasks }, row => row.IsDBNull(0) ? first : row.GetInt32(0)))[0];
                if (since < first)
                {
                    var oldest = await session.QueryListAsync(
                        OldestSql, new object?[] { office, WholeMonths.Begin(first) },
                        row => row.IsDBNull(0) ? first : WholeMonths.MonthOf(row.Instant(0)));
                    since = Math.Min(first, oldest[0]);
                }

                await session.QueryAsync(
                    SheetsSql, new object?[] { office, MonthSheet.Tasks, since },
                    row => sheets[row.GetInt32(0)] = MonthSheet.Read(office, row.GetInt32(0), (byte[])row.GetValue(1)));
                return true;
            },
            ct);
        foreach (var (what, sheet) in made)
        {
            if (what == MonthSheet.Tasks)
                sheets[sheet.Month] = sheet;
        }

        var seen = new LastSeen();
        var digests = new List<(int, Digest)>();
        foreach (var (month, sheet) in sheets)
        {
            var digest = month >= first ? DigestOf(MonthSheet.Tasks, sheet) : null;
            seen.Look(sheet, digest);
            if (digest is not null)
                digests.Add((month, digest));
        }

        return digests;
    }

    static Digest DigestOf(string what, MonthSheet sheet)
    {
        var digest = new Digest(what);
        var totals = new Dictionary<long, Total>();
        for (var i = 0; i < sheet.Count; i++)
        {
            var cells = sheet.Row(i);
            var (kind, who) = (cells[MonthSheet.Kind], cells[MonthSheet.Who]);
            var at = ((long)kind << 32) + who;
            if (!totals.TryGetValue(at, out var total))
                totals.Add(at, total = digest.Of(new DigestKey(sheet.Kinds[kind], sheet.Workers[who].Group)));
            total.Add(cells);
        }

        return digest;
    }

    /// <summary>All offices of a month, or all months of a year, in one.</summary>
    async Task AddAsync(StaleMonth stale, string sql, Func<string, object?[]> arguments, int since, CancellationToken ct)
    {
        foreach (var what in new[] { MonthSheet.Clocks, MonthSheet.Tasks })
        {
            var digest = new Digest(what);
            var found = false;
            await database.TransactAsync(
                session => session.QueryListAsync(
                    sql, arguments(what),
                    row =>
                    {
                        found = true;
                        // Of one month whoever was there before stays; of a year only what lies before the year.
                        digest.Add(
                            Digest.Read(what, (byte[])row.GetValue(1), (byte[])row.GetValue(2)), stale.IsYear ? since : int.MaxValue,
                            groups: stale.Office != AllOffices);
                        return true;
                    }),
                ct);
            var (counts, spreads) = digest.ToBytes();
            await database.TransactAsync(
                session =>
                {
                    session.Enqueue(ClearDigest, stale.Office, what, stale.Period);
                    if (found)
                        session.Enqueue(StoreDigest, stale.Office, what, stale.Period, counts, spreads);
                    if (what == MonthSheet.Tasks)
                        session.Enqueue(Fresh, stale.Office, stale.Period, stale.Changes);
                    return ValueTask.FromResult(true);
                },
                ct);
        }
    }

    /// <summary>In which month each case was last, by all that cases are counted by.</summary>
    sealed class LastSeen
    {
        static readonly CasesBy[] Each = Enum.GetValues<CasesBy>();

        readonly Dictionary<(CasesBy, DigestKey), int> keys = [];
        readonly Dictionary<Guid, int> cases = [];
        readonly Dictionary<long, int> last = [];

        /// <param name="digest">Is told of each case once; null: of a month that is only looked at.</param>
        public void Look(MonthSheet sheet, Digest? digest)
        {
            var counts = new Dictionary<(int Key, int Before), long>();
            var names = new Dictionary<int, (CasesBy, DigestKey)>();
            var numbers = new Dictionary<long, int[]>();
            for (var i = 0; i < sheet.Count; i++)
            {
                var cells = sheet.Row(i);
                var (kind, who) = (cells[MonthSheet.Kind], cells[MonthSheet.Who]);
                var at = ((long)kind << 32) + who;
                if (!numbers.TryGetValue(at, out var mine))
                {
                    var key = new DigestKey(sheet.Kinds[kind], sheet.Workers[who].Group);
                    numbers.Add(at, mine = [.. Each.Select(by => NumberOf(keys, (by, key.Only(by))))]);
                    foreach (var by in Each)
                        names[mine[(int)by]] = (by, key.Only(by));
                }

                var one = NumberOf(cases, sheet.Cases[cells[MonthSheet.Case]]);
                foreach (var key in mine)
                {
                    var place = ((long)key << 32) + one;
                    var before = last.GetValueOrDefault(place);
                    if (before == sheet.Month)
                        continue;
                    last[place] = sheet.Month;
                    counts[(key, before)] = counts.GetValueOrDefault((key, before)) + 1;
                }
            }

            foreach (var ((key, before), number) in counts)
                digest?.AddCases(names[key].Item1, names[key].Item2, before, number);
        }

        static int NumberOf<T>(Dictionary<T, int> known, T one)
            where T : notnull
        {
            if (!known.TryGetValue(one, out var number))
                known.Add(one, number = known.Count);
            return number;
        }
    }
}
