using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Operations.Backups;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Operations;

/// <summary>Something that the office still lacks, and the page where it is put right.</summary>
/// <param name="Id">Stable: <c>people</c>, <c>director</c>, <c>roles</c>, <c>passwords</c>, <c>mail</c>, <c>calendar</c>, <c>limits</c>,
/// <c>dates</c>, <c>incidents</c>, <c>backup</c>, <c>sending</c>.</param>
/// <param name="Link">Of the pages.</param>
/// <param name="Stops">Work stands still for it; else it is only not as it should be.</param>
public sealed record Lack(string Id, LocalizedText Text, string Link, bool Stops);

/// <summary>How far an office is set up, from nothing to its first case.</summary>
public sealed record SetupState(bool Office, bool People, bool Roles, bool Calendar, bool Mail, bool Cases);

/// <summary>What an office lacks. Every question has an index and a bound: a look at it costs the same in a large office.</summary>
public sealed class OfficeChecklist(
    Database database, DefinitionCatalog definitions, OfficeCalendars calendars, NotificationOptions mail, TimeProvider time)
{
    /// <summary>Nothing is counted further than this.</summary>
    const int Most = 100;

    /// <summary>Holidays of a year are announced in the summer before it; from so long before its beginning on they are missed.</summary>
    const int MonthsAhead = 3;

    static readonly TimeSpan BackupAfter = TimeSpan.FromDays(7);

    // Index: the primary key. An office's own version comes before those of every office.
    const string StartableSql = """
        SELECT definition_key, COALESCE(MAX(CASE WHEN office <> '*' THEN version END), MAX(version)) AS version
        FROM definition_version
        WHERE retired_at IS NULL AND office IN (@office, '*')
        GROUP BY definition_key
        ORDER BY definition_key
        LIMIT 500
        """;

    // Index: ix_instance_definition, one look for each procedure.
    const string InUseSql = "SELECT 1 FROM process_instance WHERE office = @office AND definition_key = @key LIMIT 1";

    // Index: the primary key.
    const string LimitsSql = "SELECT definition_key, step_id FROM office_step_deadline WHERE office = @office LIMIT 5000";

    // Index: ix_membership_office.
    const string PeopleSql = """
        SELECT COUNT(*) FROM (
            SELECT DISTINCT m.user_id FROM membership m JOIN app_user u ON u.user_id = m.user_id
            WHERE m.office = @office AND u.active = @yes AND u.kind = 'person' LIMIT @Most
        ) AS counted
        """;

    const string WithoutPasswordSql = """
        SELECT COUNT(*) FROM (
            SELECT DISTINCT m.user_id FROM membership m JOIN app_user u ON u.user_id = m.user_id
            WHERE m.office = @office AND u.active = @yes AND u.kind = 'person'
                AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.user_id = u.user_id)
            LIMIT @Most
        ) AS counted
        """;

    // Indexes: ix_incident_office; ix_instance_office.
    const string IncidentsSql = "SELECT COUNT(*) FROM (SELECT 1 FROM incident WHERE office = @office LIMIT @Most) AS counted";
    const string CasesSql = "SELECT 1 FROM process_instance WHERE office = @office LIMIT 1";

    /// <summary>What lacks, the most pressing first.</summary>
    public async Task<IReadOnlyList<Lack>> OfAsync(Office office, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(office);
        var today = BangkokTime.DateOf(time.GetUtcNow());
        var vacant = (await calendars.VacantPostsAsync(office.Code, today)).Select(p => p.Role).ToHashSet();
        var calendar = await calendars.LatestAsync(ct);
        var used = await InUseAsync(office.Code, ct);
        var lacks = new List<Lack>();
        await using var connection = await database.OpenAsync(ct);
        var arguments = new { office = office.Code, yes = true, Most };
        var people = await connection.ExecuteScalarAsync<long>(PeopleSql, arguments);
        if (people == 0)
        {
            Add("people", true, "/admin/people/import", "ยังไม่มีคนในสำนักงาน", "There is nobody in the office yet.");
        }
        else if (vacant.Contains(Roles.Director))
        {
            Add(
                "director", true, "/admin/people", "ไม่มีผู้อำนวยการ และไม่มีผู้รักษาราชการแทนตามคำสั่ง: เรื่องที่ต้องอนุมัติจะค้าง",
                "There is no director, and nobody acts as one by order: what must be approved will wait.");
        }

        foreach (var role in vacant.Where(r => r != Roles.Director).Order(StringComparer.Ordinal))
        {
            var needing = used.Where(d => d.Steps.Any(s => s.Role == role)).ToList();
            if (people == 0 || needing.Count == 0)
                continue;
            var (name, first) = (Roles.NameOf(role), needing[0].Name);
            var more = needing.Count == 1
                ? new LocalizedText("", "")
                : new LocalizedText($" และอีก {needing.Count - 1} กระบวนงาน", $" and {needing.Count - 1} more");
            Add(
                "roles", true, "/admin/roles", $"ไม่มีผู้มีบทบาท{name.Th} ซึ่งใช้ใน \"{first.Th}\"{more.Th}",
                $"Nobody holds the role {name.En}, which is needed by \"{first.En}\"{more.En}.");
        }

        var incidents = await connection.ExecuteScalarAsync<long>(IncidentsSql, arguments);
        if (incidents > 0)
            Add(
                "incidents", true, "/admin/incidents", $"มีเรื่องติดขัด {Upto(incidents)} รายการ",
                $"{Upto(incidents)} incidents stop cases.");
        var without = await connection.ExecuteScalarAsync<long>(WithoutPasswordSql, arguments);
        if (without > 0)
            Add(
                "passwords", false, "/admin/people/links", $"{Upto(without)} คนยังไม่มีรหัสผ่าน จึงลงชื่อเข้าใช้ไม่ได้",
                $"{Upto(without)} people have no password yet and cannot sign in.");
        if (!mail.HasMail)
            Add("mail", false, "/admin/notifications", "ยังไม่ได้ตั้งค่าอีเมล ทุกคนเห็นการแจ้งเตือนในระบบเท่านั้น",
                "E-mail is not set up: notices are read in the pages only.");
        else if (await DeliveryHold.IsHeldAsync(connection))
            Add("sending", false, "/admin/notifications", "การส่งอีเมลและเว็บฮุกถูกพักไว้", "E-mail and webhooks are held.");
        var year = today.AddMonths(MonthsAhead).Year;
        if (calendar.Coverage.LastAnnouncedYear < year)
            Add(
                "calendar", false, "/admin/calendar",
                $"ยังไม่มีวันหยุดที่ประกาศของปี {year + FiscalYear.BuddhistOffset} กำหนดเวลาที่ข้ามปีอาจคลาดเคลื่อน",
                $"The holidays of {year} are not announced here yet: due dates beyond the new year may be wrong.");
        await AddLimitsAsync();
        await AddBackupAsync();
        return [.. lacks.OrderByDescending(l => l.Stops)];

        void Add(string id, bool stops, string path, string th, string en) =>
            lacks.Add(new Lack(id, new LocalizedText(th, en), $"{path}?office={Uri.EscapeDataString(office.Code)}", stops));

        async Task AddLimitsAsync()
        {
            var own = (await connection.QueryAsync<(string Key, string Step)>(LimitsSql, arguments)).ToHashSet();
            var open = used.Sum(d => WithoutLimit(d).Count(s => !own.Contains((d.Key, s.Id))));
            if (open > 0)
                Add(
                    "limits", false, "/admin/limits",
                    $"{open} ขั้นตอนของกระบวนงานที่ใช้อยู่ คู่มือไม่ได้กำหนดเวลา และสำนักงานยังไม่ได้กำหนด",
                    $"{open} steps of procedures in use have no limit in the manual, and the office has set none.");
        }

        async Task AddBackupAsync()
        {
            var last = await BackupMaker.LastAsync(connection);
            if (last is null)
                Add("backup", false, "/admin", "ยังไม่เคยสำรองข้อมูล", "There has been no backup yet.");
            else if (last.MadeAt < time.GetUtcNow() - BackupAfter)
                Add(
                    "backup", false, "/admin", $"สำรองข้อมูลครั้งล่าสุดเกิน {BackupAfter.Days} วันแล้ว",
                    $"The last backup was more than {BackupAfter.Days} days ago.");
            else if (last.Trial is { } said and not LastBackup.Whole)
                Add("backup", true, "/admin", "ข้อมูลสำรองครั้งล่าสุดใช้กู้คืนไม่ได้", $"The last backup cannot be relied on: {said}");
        }
    }

    static string Upto(long count) => count >= Most ? $"{Most}+" : count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The steps of a procedure for which its manual states no limit; those that share a clock are asked for once.</summary>
    public static IEnumerable<Step> WithoutLimit(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Steps.Where(s => definition.ClockOf(s).Id == s.Id && s.Deadline is null);
    }

    /// <summary>The procedures of which the office has, or had, a case: by the version that a new one would start on.</summary>
    public async Task<IReadOnlyList<ProcessDefinition>> InUseAsync(string office, CancellationToken ct)
    {
        var used = new List<(string Key, int Version)>();
        await using (var connection = await database.OpenAsync(ct))
        {
            foreach (var one in (await connection.QueryAsync<(string Key, int Version)>(StartableSql, new { office })).AsList())
            {
                if (await connection.QuerySingleOrDefaultAsync<int?>(InUseSql, new { office, key = one.Key }) is not null)
                    used.Add(one);
            }
        }

        var found = new List<ProcessDefinition>();
        foreach (var (key, version) in used)
            found.Add(await definitions.GetAsync(key, version));
        return found;
    }

    /// <param name="office">Null when there is none yet.</param>
    public async Task<SetupState> StateAsync(Office? office, CancellationToken ct)
    {
        if (office is null)
            return new SetupState(false, false, false, false, mail.HasMail, false);
        var today = BangkokTime.DateOf(time.GetUtcNow());
        var vacant = (await calendars.VacantPostsAsync(office.Code, today)).Select(p => p.Role).ToHashSet();
        var days = (await calendars.LatestAsync(ct)).DaysOf(office.Code).Any();
        await using var connection = await database.OpenAsync(ct);
        var arguments = new { office = office.Code, yes = true, Most };
        var people = await connection.ExecuteScalarAsync<long>(PeopleSql, arguments) > 0;
        var cases = await connection.QuerySingleOrDefaultAsync<int?>(CasesSql, arguments) is not null;
        string[] needed = [Roles.Officer, Roles.GroupDirector, Roles.Director];
        return new SetupState(true, people, people && !needed.Any(vacant.Contains), days, mail.HasMail, cases);
    }
}
