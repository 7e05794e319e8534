using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>
/// What was measured in a period, added up by what is asked for: from as few digests as there are, and from sheets and rows what these do
/// not say (people, the ends of a period that is no whole months, and months to which something was measured since).
/// </summary>
static class Totals
{
    // Small: what the job has still to do.
    const string StaleSql = "SELECT office, fiscal_month AS period FROM measured_month_stale";

    // Index: ix_digest_period, which covers it: thirteen rows for each office and year.
    const string OfficesSql = """
        SELECT DISTINCT office
        FROM measured_digest
        WHERE what = @what AND period >= @first AND period <= @last AND office <> ''
        """;

    // Index: the primary key.
    const string DigestSql = """
        SELECT office, counts{0}
        FROM measured_digest
        WHERE what = @what AND period = @period AND office IN @offices
        """;

    /// <param name="spread">False when only counts are asked for: then medians are not there.</param>
    /// <param name="cases">False when nobody asks in how many cases.</param>
    public static async Task<SortedDictionary<string, Total>> ReadAsync(
        Sources sources, AskedPeriod asked, string what, string groupBy, bool spread, bool cases, CancellationToken ct)
    {
        var totals = new SortedDictionary<string, Total>(StringComparer.Ordinal);
        cases &= what == MonthSheet.Tasks;
        // A month is counted once, whatever the job does meanwhile: what was stale at the beginning is read from its rows.
        Plan plan;
        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            plan = await PlanAsync(connection, sources, asked, what, groupBy, cases);
            foreach (var (period, offices) in plan.Digests)
            {
                var rows = connection.QueryUnbufferedAsync<DigestRow>(
                    DigestSql.Replace("{0}", spread ? ", spreads" : "", StringComparison.Ordinal), new { what, period, offices });
                await foreach (var row in rows.WithCancellation(ct))
                    Add(row.Office, period, Digest.Read(what, row.Counts, row.Spreads, cases ? CasesOf(groupBy) : null));
            }

            foreach (var (office, from, to) in plan.Rows)
            {
                foreach (var sheet in await MonthSheets.MakeAsync(connection, what, office, from, to, ct))
                    MonthSheets.Sum(sheet, asked.Only, groupBy, Of, static (total, _, cells) => total.Add(cells));
            }
        }

        foreach (var office in plan.Sheets)
        {
            // A case is of one office, so cases of several offices add up.
            var seen = new HashSet<(Total, Guid)>();
            await MonthSheets.SumAsync(
                sources, asked with { Offices = [office] }, what, groupBy, Of,
                (total, sheet, cells) =>
                {
                    total.Add(cells);
                    if (cases && seen.Add((total, sheet.Cases[cells[MonthSheet.Case]])))
                        total.Cases++;
                },
                ct);
        }

        return totals;

        Total Of(string bucket) => totals.TryGetValue(bucket, out var total) ? total : totals[bucket] = new Total(what);

        void Add(string office, int period, StoredDigest digest)
        {
            foreach (var cell in digest.Cells.Where(c => Asked(c.Key)))
            {
                var total = Of(Grouping.Bucket(groupBy, office, period, cell.Key));
                total.Add(cell.Counts);
                for (var i = 0; spread && i < total.Spreads.Length; i++)
                    total.Spreads[i].Read(cell.Spread(i));
            }

            if (!cases)
                return;
            var since = plan.Since(groupBy, period);
            foreach (var (_, key, before, number) in digest.Cases)
            {
                if (before < since && Asked(key))
                    Of(Grouping.Bucket(groupBy, office, period, key)).Cases += number;
            }
        }

        bool Asked(DigestKey key) => asked.Only.DefinitionKey is null || key.Kind.Definition == asked.Only.DefinitionKey;
    }

    static CasesBy CasesOf(string groupBy) => groupBy switch
    {
        "step" or Grouping.StepAndMonth => CasesBy.Step,
        "version" => CasesBy.Version,
        "role" => CasesBy.Role,
        "priority" => CasesBy.Priority,
        "group" => CasesBy.Group,
        _ => CasesBy.Definition,
    };

    /// <param name="Digests">Of which period, of which offices.</param>
    /// <param name="Rows">What is read from its rows besides.</param>
    /// <param name="Sheets">Offices that are read from their sheets altogether.</param>
    sealed record Plan(
        SortedDictionary<int, List<string>> Digests, List<(string Office, DateTimeOffset From, DateTimeOffset To)> Rows,
        List<string> Sheets, int First)
    {
        /// <summary>The first month of the bucket that a period is in.</summary>
        public int Since(string groupBy, int period) => groupBy switch
        {
            "fiscalMonth" or Grouping.StepAndMonth => period,
            "fiscalQuarter" => Math.Max(First, period - ((period % 100 - 1) % 3)),
            _ => First,
        };

        public void Take(int period, string office)
        {
            if (!Digests.TryGetValue(period, out var offices))
                Digests.Add(period, offices = []);
            offices.Add(office);
        }
    }

    static async Task<Plan> PlanAsync(
        DbConnection connection, Sources sources, AskedPeriod asked, string what, string groupBy, bool cases)
    {
        // Nothing came in the future: until now is until the end of the year.
        var to = asked.To < Instants.Truncate(sources.Time.GetUtcNow()) ? asked.To : WholeMonths.EndOfFiscalYear(asked.To);
        var whole = WholeMonths.Of(asked.From, to);
        var plan = new Plan([], [], [], whole.First);
        var ends = whole.Rest(asked.From, to, []).ToList();
        if (groupBy == PeopleFigures.GroupBy || asked.Only.Group is not null || (cases && ends.Count > 0))
        {
            plan.Sheets.AddRange(asked.Offices);
            return plan;
        }

        var stale = (await connection.QueryAsync<(string Office, int Period)>(StaleSql)).ToHashSet();
        var waiting = asked.Offices.Where(o => cases && stale.Any(s => s.Office == o && whole.Has(s.Period))).ToHashSet();
        plan.Sheets.AddRange(waiting);
        var together = waiting.Count == 0 && asked.Offices.Count > 1 && groupBy is not ("office" or "group")
            && (await connection.QueryAsync<string>(OfficesSql, new { what, first = whole.First, last = whole.Last }))
                .All(asked.Offices.ToHashSet().Contains);
        var years = groupBy is not ("fiscalMonth" or "fiscalQuarter" or Grouping.StepAndMonth);
        foreach (var office in together ? [AddingUp.AllOffices] : asked.Offices.Where(o => !waiting.Contains(o)))
            Cover(office);
        plan.Rows.AddRange(asked.Offices.Where(o => !waiting.Contains(o)).SelectMany(o => ends.Select(e => (o, e.From, e.To))));
        return plan;

        void Cover(string office)
        {
            foreach (var year in whole.Months().GroupBy(WholeMonths.FiscalYearOf))
            {
                if (years && year.Count() == 12 && !stale.Contains((office, year.Key)))
                {
                    plan.Take(year.Key, office);
                    continue;
                }

                foreach (var month in year)
                    Month(office, month);
            }
        }

        void Month(string office, int month)
        {
            if (!stale.Contains((office, month)))
                plan.Take(month, office);
            else if (office == AddingUp.AllOffices)
            {
                foreach (var one in asked.Offices)
                    Month(one, month);
            }
            else
                plan.Rows.Add((office, WholeMonths.Begin(month), WholeMonths.Begin(month, 1)));
        }
    }

    sealed record DigestRow
    {
        public string Office { get; init; } = "";
        public byte[] Counts { get; init; } = [];
        public byte[] Spreads { get; init; } = [];
    }
}
