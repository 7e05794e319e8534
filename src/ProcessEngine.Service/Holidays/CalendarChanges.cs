using System.Text.Json;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Holidays;

/// <summary>Who wants the calendar changed, and by what right.</summary>
/// <param name="Scope"><c>national</c>, provinces joined by a bar, or the code of an office.</param>
/// <param name="By">Null when the program brought it along.</param>
/// <param name="Reference">The announcement or resolution.</param>
public sealed record ChangeRequest(string Scope, Guid? By, string Reference, string Reason, string? ApprovedBy);

/// <summary>A change of the calendar. A preview has neither id nor instant.</summary>
/// <param name="Calendar"><c>national</c>, provinces joined by a bar, or the code of an office.</param>
/// <param name="By">Null when the program brought it along.</param>
public sealed record CalendarChangeView(
    Guid? Id,
    string Calendar,
    int FromVersion,
    int ToVersion,
    DateTimeOffset? At,
    Guid? By,
    string Reference,
    string Reason,
    string? ApprovedBy,
    IReadOnlyList<ChangedDay> Days,
    ChangeEffect Effect);

/// <summary>What a change does, or would do, to the limits that run.</summary>
/// <param name="Examined">Running limits of the offices that the change concerns.</param>
/// <param name="Moved">Of these, with another due moment.</param>
/// <param name="OnlyMarked">With the same due moment, but other moments of
/// reminder and escalation, or no longer (or newly) provisional.</param>
/// <param name="Cases">Cases in whose history it stands.</param>
/// <param name="LargestShiftMinutes">The largest shift in either direction, by the clock on the wall; negative when it is earlier.</param>
/// <param name="ToConfirm">Moved into the past: not late until a supervisor confirms.</param>
/// <param name="NoLongerOverdue">Were overdue and are not any more.</param>
/// <param name="Failed">Cases that could not be counted anew; the change is made all the same, and they are tried again.</param>
/// <param name="Examples">At most twenty.</param>
public sealed record ChangeEffect(
    int Examined,
    int Moved,
    int OnlyMarked,
    int Cases,
    long LargestShiftMinutes,
    int ToConfirm,
    int NoLongerOverdue,
    int Failed,
    IReadOnlyList<MovedDeadline> Examples);

public sealed record MovedDeadline(
    Guid ProcessInstanceId, string Title, string Office, string? Step, DateTimeOffset DueAt, DateTimeOffset NewDueAt, bool ToConfirm);

/// <summary>
/// The one way to change the calendar: a new version, and every running limit whose result differs counted anew, in one transaction.
/// </summary>
/// <remarks>Promise P8; docs/calendar-changes.md.</remarks>
public sealed class CalendarChanges(
    Database database,
    IdempotentWriter once,
    ProcessStore store,
    OfficeCalendars calendars,
    DefinitionCatalog definitions,
    WorkItems items)
{
    /// <summary>
    /// One change takes no more running limits than this: while it lasts, nobody else decides (docs/calendar-changes.md has the measures).
    /// Beyond it, a national day is entered for some provinces at a time. A shipped
    /// table is taken whatever it concerns: without it the service does not start.
    /// </summary>
    public const int MaxDeadlines = 100_000;

    const int PageSize = 200;

    // Index: ix_deadline_open.
    const string CountSql = "SELECT COUNT(*) FROM deadline WHERE office = @Code AND state = 'open'";

    // Index: ix_deadline_open, then the primary key; a page of one office.
    const string CasesSql = """
        SELECT i.instance_id, i.head_hash, i.title, i.state
        FROM process_instance i
        WHERE i.instance_id IN (
            SELECT d.instance_id
            FROM deadline d
            WHERE d.office = @office AND d.state = 'open' AND d.instance_id > @after
            ORDER BY d.instance_id
            LIMIT @take)
        ORDER BY i.instance_id
        """;

    static readonly string LockedCasesSql = CasesSql
        .Replace("@office", "$1", StringComparison.Ordinal)
        .Replace("@after", "$2", StringComparison.Ordinal)
        .Replace("@take", "$3", StringComparison.Ordinal);

    const string InsertVersion = """
        INSERT INTO calendar_version (version, first_year, last_year, last_announced_year, reason, checksum, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    const string EndHoliday = "UPDATE holiday SET version_to = $3 WHERE day = $1 AND scope = $2 AND version_to IS NULL";

    const string InsertHoliday = """
        INSERT INTO holiday (day, scope, version_from, name_th, name_en, kind, source, confidence, origin)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    const string EndOfficeDay = "UPDATE office_day SET version_to = $3 WHERE office = $1 AND day = $2 AND version_to IS NULL";
    const string InsertOfficeDay =
        "INSERT INTO office_day (office, day, version_from, kind, reason, approved_by) VALUES ($1, $2, $3, $4, $5, $6)";

    const string InsertChange = """
        INSERT INTO calendar_change (to_version, change_id, from_version, scope, office, changed_at, changed_by, reference, reason,
            approved_by, days, effect)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    /// <summary>What a change would do. Nothing is stored or locked; what people do meanwhile may still change the numbers.</summary>
    public async Task<Outcome<CalendarChangeView>> PreviewAsync(
        ChangeRequest change, Func<CalendarEdition, Outcome<CalendarDiff>> plan, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(plan);
        var edition = await calendars.LatestAsync(ct);
        var planned = plan(edition);
        if (planned.Value is not { } diff)
            return planned.Rejection!;
        var offices = await AffectedAsync(diff, ct);
        if (await CountAsync(offices, ct) is var running && running > MaxDeadlines)
            return new CalendarChangeTooLarge(running, MaxDeadlines);

        var recount = new DeadlineRecount(
            edition.After(diff), new RecomputeDeadlines(Guid.Empty, change.Reason) { By = Actor.System }, store.Now());
        foreach (var office in offices)
        {
            await foreach (var page in PagesAsync(office, (after, take) => ReadAsync(office, after, take, ct)))
            {
                foreach (var row in page)
                    await TryAsync(recount, row, office);
            }
        }

        return View(null, null, change, edition.Version, diff, recount.Effect());
    }

    /// <summary>Makes the new version, and counts every running limit anew with it.</summary>
    /// <param name="plan">What is to change of the edition in force; decided again when somebody else was first.</param>
    /// <param name="origin"><c>shipped</c> or <c>change</c>: what is entered is not overruled by what is shipped.</param>
    /// <param name="checksum">Names the version: of a shipped table its digest.</param>
    public async Task<Outcome<StoredAnswer>> ApplyAsync(
        RequestId request,
        ChangeRequest change,
        Func<CalendarEdition, Outcome<CalendarDiff>> plan,
        CancellationToken ct,
        string origin = "change",
        string? checksum = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(plan);
        var outcome = await once.ExecuteAsync(
            request,
            async (session, _) =>
            {
                var version = 0;
                await session.QueryAsync(database.ChangeCalendar, Array.Empty<object?>(), row => version = row.GetInt32(0));
                // While this waited for the calendar, the same request may have been carried out.
                if (await IdempotencyRows.FindAsync(session, request) is { } known)
                    return known;
                var edition = await calendars.EditionAsync(version, CancellationToken.None);
                var planned = plan(edition);
                if (planned.Value is not { } diff)
                    return planned.Rejection!;
                var offices = await AffectedAsync(diff, CancellationToken.None);
                if (change.By is not null && await CountAsync(offices, CancellationToken.None) is var running && running > MaxDeadlines)
                    return new CalendarChangeTooLarge(running, MaxDeadlines);

                var now = store.Now();
                var id = DerivedId.Of(Guid.Empty, version + 1, (byte)'c', now);
                var next = edition.After(diff);
                StoreRows(session, next, diff, change, origin, checksum ?? $"change:{id}", now);
                var recount = new DeadlineRecount(next, new RecomputeDeadlines(id, change.Reason) { By = new Actor(change.By, []) }, now);
                foreach (var office in offices)
                {
                    await foreach (var page in PagesAsync(office, (after, take) => LockAsync(session, office, after, take)))
                    {
                        foreach (var row in page)
                        {
                            var (counted, failure) = await TryAsync(recount, row, office, session);
                            if (counted is var (definition, state, decision))
                                ProcessStore.StoreDecided(session, definition, state, row.HeadHash, decision);
                            else
                                items.Record(session, CalendarRecounts.JobName, row.AsItem(office), failure!);
                        }

                        await session.FlushAsync();
                    }
                }

                var view = View(id, now, change, version, diff, recount.Effect());
                session.Enqueue(
                    InsertChange, next.Version, id, version, change.Scope, diff.Office, now, change.By, change.Reference, change.Reason,
                    change.ApprovedBy,
                    JsonShape.Write(view.Days), JsonShape.Write(view.Effect with { Examples = [] }));
                return new StoredAnswer(StatusCodes.Status201Created, JsonShape.Write(view), $"/api/v1/calendars/changes/{id}");
            },
            () => new TooManyConflicts(),
            ct);
        await calendars.LatestAsync(CancellationToken.None);
        return outcome;
    }

    /// <summary>One case that cannot be counted keeps the calendar from nobody: <see cref="CalendarRecounts"/> tries it again.</summary>
    async ValueTask<((ProcessDefinition Definition, ProcessState State, Decision Decision)? Counted, Exception? Failure)> TryAsync(
        DeadlineRecount recount, CaseRow row, Office office, WriteSession? session = null)
    {
        try
        {
            var state = ProcessStore.ReadState(row.State);
            if (session is not null)
                state = await ProcessStore.CurrentAsync(session, state);
            var definition = await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion);
            return ((definition, state, recount.Decide(definition, state, office)), null);
        }
        catch (Exception e) when (items.IsOfAnItem(e))
        {
            recount.Failed++;
            return (null, e);
        }
    }

    sealed record CaseRow(Guid Id, byte[] HeadHash, string Title, string State)
    {
        public WorkItem AsItem(Office office) => new(Id.ToString(), office.Code, Title, $"/cases/{Id}");
    }

    static void StoreRows(
        WriteSession session,
        CalendarEdition next,
        CalendarDiff diff,
        ChangeRequest change,
        string origin,
        string checksum,
        DateTimeOffset now)
    {
        var coverage = next.Coverage;
        session.Enqueue(
            InsertVersion, next.Version, coverage.FirstYear, coverage.LastYear, coverage.LastAnnouncedYear, change.Reason, checksum, now,
            change.By);
        foreach (var row in diff.Ended)
            session.Enqueue(EndHoliday, row.Date, row.Scope, next.Version);
        foreach (var row in diff.Begun)
            session.Enqueue(
                InsertHoliday, row.Date, row.Scope, next.Version, row.Name.Th, row.Name.En, row.Kind, row.Source, row.Confidence, origin);
        foreach (var day in diff.DaysEnded)
            session.Enqueue(EndOfficeDay, diff.Office, day.Date, next.Version);
        foreach (var day in diff.DaysBegun)
            session.Enqueue(
                InsertOfficeDay, diff.Office, day.Date, next.Version, OfficeDayRow.NameOf(day.Kind), day.Reason, day.ApprovedBy);
    }

    static CalendarChangeView View(
        Guid? id, DateTimeOffset? at, ChangeRequest change, int version, CalendarDiff diff, ChangeEffect effect) =>
        new(id, change.Scope, version, version + 1, at, change.By, change.Reference, change.Reason, change.ApprovedBy, diff.Days(), effect);

    async Task<IReadOnlyList<Office>> AffectedAsync(CalendarDiff diff, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return [.. (await connection.QueryAsync<Office>("SELECT code, name_th, name_en, province, kind FROM office ORDER BY code"))
            .Where(diff.Affects)];
    }

    async Task<int> CountAsync(IReadOnlyList<Office> offices, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var running = 0;
        foreach (var office in offices)
            running += await connection.ExecuteScalarAsync<int>(CountSql, new { office.Code });
        return running;
    }

    /// <summary>The cases of an office that have a running limit, page by page, in the order of their ids.</summary>
    static async IAsyncEnumerable<List<CaseRow>> PagesAsync(Office office, Func<Guid, int, ValueTask<List<CaseRow>>> read)
    {
        for (var after = Guid.Empty; ;)
        {
            var page = await read(after, PageSize);
            if (page.Count == 0)
                yield break;
            yield return page;
            after = page[^1].Id;
        }
    }

    async ValueTask<List<CaseRow>> ReadAsync(Office office, Guid after, int take, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return
        [
            .. (await connection.QueryAsync<(Guid Id, byte[] HeadHash, string Title, string State)>(
                CasesSql, new { office = office.Code, after, take }))
                .Select(r => new CaseRow(r.Id, r.HeadHash, r.Title, r.State)),
        ];
    }

    ValueTask<List<CaseRow>> LockAsync(WriteSession session, Office office, Guid after, int take) =>
        session.QueryListAsync(
            $"{LockedCasesSql} {database.Lock("i")}", new object?[] { office.Code, after, take },
            row => new CaseRow(row.Id(0), row.Bytes(1), row.GetString(2), row.GetString(3)));

    /// <summary>Goes through the cases and keeps the tally: the preview and the change itself count alike.</summary>
    sealed class DeadlineRecount(CalendarEdition edition, RecomputeDeadlines command, DateTimeOffset now)
    {
        const int MaxExamples = 20;

        readonly List<MovedDeadline> examples = [];
        int examined;
        int moved;
        int onlyMarked;
        int cases;
        int toConfirm;
        int noLongerOverdue;
        long largestShift;

        public int Failed { get; set; }

        public Decision Decide(ProcessDefinition definition, ProcessState state, Office office)
        {
            var decision = ProcessDecider.Decide(definition, state, command, Moment.At(now, edition.For(office)));
            examined += state.OpenDeadlines.Length;
            cases += decision.Changes.IsEmpty ? 0 : 1;
            foreach (var e in decision.Events.OfType<DeadlineMoved>())
                Count(state, e);
            return decision;
        }

        void Count(ProcessState state, DeadlineMoved e)
        {
            if (e.From == e.Terms.DueAt)
            {
                onlyMarked++;
                return;
            }

            var clock = state.FindOpenDeadline(e.DeadlineId)!;
            var shift = (long)(e.Terms.DueAt - e.From).TotalMinutes;
            moved++;
            toConfirm += e.AwaitsConfirmation ? 1 : 0;
            noLongerOverdue += e.From < now && e.Terms.DueAt >= now ? 1 : 0;
            largestShift = Math.Abs(shift) > Math.Abs(largestShift) ? shift : largestShift;
            if (examples.Count < MaxExamples)
                examples.Add(new MovedDeadline(
                    state.InstanceId, state.Title, state.Office, clock.StepId.Length == 0 ? null : clock.StepId, e.From, e.Terms.DueAt,
                    e.AwaitsConfirmation));
        }

        public ChangeEffect Effect() => new(examined, moved, onlyMarked, cases, largestShift, toConfirm, noLongerOverdue, Failed, examples);
    }
}

/// <summary>More running limits than one transaction takes; nothing was changed.</summary>
public sealed record CalendarChangeTooLarge(int Running, int Max) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "calendar-change-too-large", null,
        $"มีกำหนดเวลาที่เปิดอยู่ {Running:N0} รายการ เกิน {Max:N0} รายการต่อครั้ง ให้แบ่งบันทึกทีละกลุ่มจังหวัด",
        $"{Running} running limits are concerned; one change takes {Max}. Enter the day for some provinces at a time.",
        ("running", Running), ("most", Max));
}

public sealed record CalendarChangeNotFound(Guid Id) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "calendar-change-not-found", "id", "ไม่พบการเปลี่ยนแปลงปฏิทินนี้", "There is no such change of the calendar.", ("id", Id));
}
