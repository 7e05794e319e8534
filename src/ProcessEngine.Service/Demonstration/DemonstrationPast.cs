using Dapper;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Orders;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Demonstration;

/// <summary>
/// The cases that the demonstration office has had in this fiscal year and the one before: decided by the same rules as any other, at the
/// instants at which they are said to have happened. The same every time, but for the day on which it is made.
/// </summary>
public sealed class DemonstrationPast(
    Database database,
    DefinitionCatalog definitions,
    OfficeCalendars calendars,
    UnreadNotices unread,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<DemonstrationPast> log)
{
    public const int HowMany = 150;

    const int Seed = 2569;
    const int Together = 10;
    const string Second = $"{FirstStart.DemoOffice}.{Roles.Officer}2";

    // Index: the primary key. Few procedures.
    const string ProceduresSql = "SELECT definition_key FROM process_definition WHERE office = '*' ORDER BY definition_key";

    const string PeopleSql = """
        SELECT u.user_id, m.role
        FROM app_user u
        JOIN membership m ON m.user_id = u.user_id
        WHERE u.user_name LIKE 'demo.%' AND m.office = @office
        ORDER BY u.user_name, m.role
        """;

    /// <summary>Once, in the background, when the service answers.</summary>
    public void MakeWhenStarted(IHostApplicationLifetime life)
    {
        ArgumentNullException.ThrowIfNull(life);
        life.ApplicationStarted.Register(() => _ = Task.Run(
            async () =>
            {
                try
                {
                    await MakeAsync(life.ApplicationStopping);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Log.NotMade(log, e);
                }
            },
            CancellationToken.None));
    }

    /// <returns>How many cases it made; 0 where the office has had any, or another node is at it.</returns>
    public async Task<int> MakeAsync(CancellationToken ct)
    {
        var made = 0;
        await database.OneAtATimeAsync("processengine:demonstration", async alone => made = await MakeAloneAsync(alone), ct);
        return made;
    }

    async Task<int> MakeAloneAsync(CancellationToken ct)
    {
        if (await HasCasesAsync(ct))
            return 0;
        var now = Instants.Truncate(time.GetUtcNow()).AddMinutes(-1);
        await AddSecondOfficerAsync(now);
        var cast = await CastAsync(ct);
        var begun = await PlanAsync(now, ct);
        var stored = 0;
        foreach (var together in begun.Chunk(Together))
        {
            var played = new List<PlayedCase>();
            foreach (var plan in together)
            {
                var one = new PastCase(
                    plan, cast, new Random(Seed + plan.Index),
                    at => calendars.MomentAsync(FirstStart.DemoOffice, plan.Definition.Key, Instants.Truncate(at)));
                if (await one.PlayAsync(now) is { } known)
                    played.Add(known);
            }

            await database.TransactAsync(
                session =>
                {
                    foreach (var one in played)
                        Store(session, one);
                    return ValueTask.FromResult(true);
                },
                ct);
            stored += played.Count;
        }

        await OrdersAsync(now, ct);
        await ClosureAsync(now, ct);
        await HandOverAsync(ct);
        await SeenAsync(cast, now, ct);
        Log.Made(log, stored);
        return stored;
    }

    /// <summary>The deputy decides on behalf of the director: the register of orders has something in it.</summary>
    async Task OrdersAsync(DateTimeOffset now, CancellationToken ct)
    {
        Caller? director;
        await using (var connection = await database.OpenAsync(ct))
            director = await CallerRows.FindAsync(connection, $"{FirstStart.DemoOffice}.{Roles.Director}");
        if (director is null)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        var today = BangkokTime.DateOf(now);
        await mediator.Send(
            new RegisterOrder.Command(
                director, new RequestId(director.UserId, null, []), FirstStart.DemoOffice, "12/2569", "delegated", Roles.Director,
                $"{FirstStart.DemoOffice}.{Roles.Director}", $"{FirstStart.DemoOffice}.{Roles.DeputyDirector}", Day(today.AddDays(-20)),
                Day(today.AddDays(60)), null, null, "มอบอำนาจเพื่อความรวดเร็ว"),
            ct);

        static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Somebody is transferred, and what they have goes to a colleague, with a receipt.</summary>
    async Task HandOverAsync(CancellationToken ct)
    {
        Caller? director;
        await using (var connection = await database.OpenAsync(ct))
            director = await CallerRows.FindAsync(connection, $"{FirstStart.DemoOffice}.{Roles.Director}");
        if (director is null)
            return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(
            new HandOverEndpoints.Command(
                director, new RequestId(director.UserId, null, []), FirstStart.DemoOffice, Second,
                $"{FirstStart.DemoOffice}.{Roles.Officer}", false, "ไปช่วยราชการที่สำนักงานเขตพื้นที่การศึกษาอื่น", "15/2569"),
            ct);
    }

    /// <summary>The office is closed on a day that comes, so that limits that run have moved.</summary>
    async Task ClosureAsync(DateTimeOffset now, CancellationToken ct)
    {
        Caller? administrator;
        await using (var connection = await database.OpenAsync(ct))
            administrator = await CallerRows.FindAsync(connection, $"{FirstStart.DemoOffice}.{Roles.Administrator}");
        if (administrator is null || await calendars.FindOfficeAsync(FirstStart.DemoOffice, ct) is not { } office)
            return;
        var day = (await calendars.LatestAsync(ct)).For(office).OnOrAfter(BangkokTime.DateOf(now).AddDays(1));
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(
            new ChangeCalendar.Command(
                administrator, new RequestId(administrator.UserId, null, []), FirstStart.DemoOffice, false,
                [new ChangeCalendar.DayRequest(day, new ChangeCalendar.NameRequest("ปิดทำการเพื่อปรับปรุงระบบไฟฟ้า", null), "closure")],
                [], [], [], null, null, "ประกาศสำนักงาน ที่ 3/2569", "การไฟฟ้าดับไฟทั้งอาคารเพื่อปรับปรุงสายส่ง", "ผู้อำนวยการ ตัวอย่าง"),
            ct);
    }

    /// <summary>What came before the last working week, its people have looked at.</summary>
    async Task SeenAsync(Cast cast, DateTimeOffset now, CancellationToken ct)
    {
        // Once, over the few notices of the demonstration.
        const string LastSql = """
            SELECT message_id
            FROM outbox
            WHERE office = @office AND created_at < @before
            ORDER BY message_id DESC
            LIMIT 1
            """;
        await using var connection = await database.OpenAsync(ct);
        var last = await connection.QuerySingleOrDefaultAsync<Guid?>(
            LastSql, new { office = FirstStart.DemoOffice, before = now.AddDays(-7) });
        await connection.DisposeAsync();
        if (last is { } seen)
        {
            foreach (var person in cast.People)
                await unread.SetSeenAsync(person.UserId!.Value, seen, ct);
        }
    }

    static void Store(WriteSession session, PlayedCase one)
    {
        CaseProjection.Store(session, one.Definition, ProcessState.NotStarted, [.. one.Changes], AuditChain.Origin);
        foreach (var file in one.Files)
            session.Enqueue(
                Cases.Attachments.AttachFile.InsertSql, file.Id, one.State.InstanceId, file.Task, file.Name, Invented.PictureType,
                Invented.Picture.Length, Invented.PictureHash, file.At, file.By, Invented.Picture);
    }

    async Task<bool> HasCasesAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_instance_office.
        return (await connection.QueryAsync<int>(
            "SELECT 1 FROM process_instance WHERE office = @office LIMIT 1", new { office = FirstStart.DemoOffice })).Any();
    }

    /// <summary>One to whom the first can give work: without a password, since nobody is to sign in as them.</summary>
    async Task AddSecondOfficerAsync(DateTimeOffset now)
    {
        await using (var connection = await database.OpenAsync(CancellationToken.None))
        {
            if (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE user_name = @Second", new { Second }) > 0)
                return;
        }

        await database.TransactAsync(
            async session =>
            {
                var id = Guid.CreateVersion7(now);
                Accounts.Add(session, id, Second, "เจ้าหน้าที่ ตัวอย่าง คนที่สอง", Accounts.Person, FirstStart.DemoOffice, now);
                Accounts.Give(session, id, FirstStart.DemoOffice, Roles.Officer);
                await AdministrationTrail.RecordAsync(
                    session, null,
                    new AdministrationAct(
                        "user-created", FirstStart.DemoOffice, id,
                        new { userName = Second, roles = new[] { Roles.Officer }, withKey = false }),
                    now);
                return true;
            },
            CancellationToken.None);
    }

    async Task<Cast> CastAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<(Guid User, string Role)>(PeopleSql, new { office = FirstStart.DemoOffice });
        return new Cast([.. rows.GroupBy(r => r.User).Select(g => new Actor(g.Key, [.. g.Select(r => r.Role)]))]);
    }

    /// <summary>When which case begins, by procedure, with the number that it gets.</summary>
    async Task<IReadOnlyList<PastPlan>> PlanAsync(DateTimeOffset now, CancellationToken ct)
    {
        var random = new Random(Seed);
        var procedures = new List<ProcessDefinition>();
        List<string> keys;
        await using (var connection = await database.OpenAsync(ct))
            keys = (await connection.QueryAsync<string>(ProceduresSql)).AsList();
        foreach (var key in keys)
        {
            if (await definitions.StartableAsync(key, FirstStart.DemoOffice, ct) is { } startable)
                procedures.Add(startable);
        }

        if (procedures.Count == 0)
            return [];
        var calendar = (await calendars.LatestAsync(ct)).For(await calendars.FindOfficeAsync(FirstStart.DemoOffice, ct)
            ?? throw new InvalidOperationException("There is no demonstration office."));
        var first = new DateOnly(FiscalYear.Of(BangkokTime.DateOf(now)) - FiscalYear.BuddhistOffset - 2, 10, 1);
        var days = BangkokTime.DateOf(now).DayNumber - first.DayNumber;
        var begins = new List<DateTimeOffset>();
        for (var i = 0; i < HowMany; i++)
        {
            // A third of them in the last six weeks: those are under way.
            var back = i % 3 == 0 ? random.Next(0, 42) : random.Next(0, days);
            begins.Add(Invented.AtWork(calendar, BangkokTime.DateOf(now).AddDays(-back), random));
        }

        var plans = begins.Where(at => at < now).Order()
            .Select((at, i) => new PastPlan(i, procedures[i * 7 % procedures.Count], at, "")).ToList();
        return await NumberAsync(plans, ct);
    }

    /// <summary>Numbered as their offices number, and kept for them: whoever starts a case meanwhile gets the next.</summary>
    async Task<IReadOnlyList<PastPlan>> NumberAsync(List<PastPlan> plans, CancellationToken ct) => await database.TransactAsync(
        async session =>
        {
            var numbered = new List<PastPlan>();
            foreach (var plan in plans)
            {
                var next = await CaseNumber.NextAsync(database, session, FirstStart.DemoOffice, plan.Definition.Key, plan.Begins);
                next.Take(session);
                await session.FlushAsync();
                numbered.Add(plan with { Number = next.ToString() });
            }

            return numbered;
        },
        ct);
}

static partial class Log
{
    [LoggerMessage(6001, LogLevel.Information, "The demonstration office has a past of {Cases} cases")]
    public static partial void Made(ILogger logger, int cases);

    [LoggerMessage(6002, LogLevel.Error, "The past of the demonstration office could not be made")]
    public static partial void NotMade(ILogger logger, Exception exception);
}
