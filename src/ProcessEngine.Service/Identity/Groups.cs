using System.Data.Common;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>A group (กลุ่ม) of an office.</summary>
public sealed record OfficeGroup
{
    public Guid GroupId { get; init; }
    public string Name { get; init; } = "";
    public long People { get; init; }
}

/// <summary>The groups of an office: who belongs together, and whom a head of a group heads.</summary>
public sealed class Groups(Database database)
{
    /// <summary>An office has some ten.</summary>
    public const int Most = 200;

    // Indexes: ux_office_group, ix_office_member_group.
    const string ListSql = """
        SELECT g.group_id, g.name, (SELECT COUNT(*) FROM office_member m WHERE m.group_id = g.group_id) AS people
        FROM office_group g
        WHERE g.office = @office
        ORDER BY g.name, g.group_id
        LIMIT @Most
        """;

    // Index: the primary key.
    const string OfUserSql = "SELECT group_id FROM office_member WHERE office = @office AND user_id = @user";
    const string KeysSql = "SELECT group_id, name_key FROM office_group WHERE office = $1";
    const string InsertSql = "INSERT INTO office_group (group_id, office, name, name_key) VALUES ($1, $2, $3, $4)";

    public async Task<IReadOnlyList<OfficeGroup>> ListAsync(string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<OfficeGroup>(ListSql, new { office, Most })).AsList();
    }

    /// <summary>The group in which somebody works; null for none.</summary>
    public static Task<Guid?> OfAsync(DbConnection connection, string office, Guid user) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(OfUserSql, new { office, user });

    /// <summary>Those of an office by name, and a way to add one.</summary>
    internal static async ValueTask<Func<string?, Guid?>> ByNameAsync(WriteSession session, string office, DateTimeOffset now)
    {
        var known = new Dictionary<string, Guid>(StringComparer.Ordinal);
        await session.QueryAsync(KeysSql, new object?[] { office }, row => known[row.GetString(1)] = row.Id(0));
        return name =>
        {
            if (name is null)
                return null;
            var key = KeyOf(name);
            if (!known.TryGetValue(key, out var id))
            {
                known.Add(key, id = Guid.CreateVersion7(now));
                session.Enqueue(InsertSql, id, office, name, key);
            }

            return id;
        };
    }

    internal static string KeyOf(string name) => SearchText.Fold(name);

    /// <param name="Group">Which is renamed or taken away; null for a new one.</param>
    /// <param name="Name">Null to take it away: its people then belong to none.</param>
    public sealed record Command(Caller Caller, RequestId Id, string Office, Guid? Group, string? Name) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Name).Name(MemberRules.GroupLength).When(c => c.Group is null || c.Name is not null);
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-groups", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            return await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var names = new Dictionary<Guid, string>();
                    await session.QueryAsync(
                        "SELECT group_id, name FROM office_group WHERE office = $1", new object?[] { request.Office },
                        row => names[row.Id(0)] = row.GetString(1));
                    if (request.Group is { } id && !names.ContainsKey(id))
                        return InvalidInput.At("group", "ไม่พบกลุ่มนี้ อาจมีผู้ลบไปแล้ว", "There is no such group any more.");
                    if (request.Group is null && names.Count >= Most)
                        return InvalidInput.At("name", $"มีได้ไม่เกิน {Most} กลุ่ม", $"There may be at most {Most}.");
                    if (request.Group is null)
                    {
                        session.Enqueue(InsertSql, Guid.CreateVersion7(now), request.Office, request.Name, KeyOf(request.Name!));
                    }
                    else if (request.Name is null)
                    {
                        session.Enqueue("UPDATE office_member SET group_id = NULL WHERE group_id = $1", request.Group);
                        session.Enqueue("DELETE FROM office_group WHERE group_id = $1", request.Group);
                    }
                    else
                    {
                        session.Enqueue(
                            "UPDATE office_group SET name = $2, name_key = $3 WHERE group_id = $1", request.Group, request.Name,
                            KeyOf(request.Name));
                    }

                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        new AdministrationAct(
                            "groups-set", request.Office,
                            Detail: new { before = request.Group is { } of ? names[of] : null, after = request.Name }),
                        now);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new AlreadyExists("name", request.Name ?? ""),
                cancellationToken);
        }
    }
}
