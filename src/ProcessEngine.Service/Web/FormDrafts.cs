using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Primitives;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>What somebody has begun to fill in and not yet sent: theirs alone, and no part of the case.</summary>
public sealed class FormDrafts(Database database, TimeProvider time) : ICleanUp
{
    /// <summary>A draft that nobody has touched for so long is thrown away.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromDays(90);

    const int MaxCharacters = 200_000;

    // Index: the primary key.
    const string FindSql = "SELECT content, saved_at FROM form_draft WHERE user_id = @user AND subject = @subject";
    const string SaveSql = """
        INSERT INTO form_draft (user_id, subject, content, saved_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id, subject) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at
        """;

    public static string OfTask(Guid task) => $"task:{task}";

    public async Task<FormDraft?> FindAsync(Guid user, string subject, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<Row>(FindSql, new { user, subject }) is { } row
            ? new FormDraft(JsonSerializer.Deserialize<List<KeptField>>(row.Content)!, row.SavedAt)
            : null;
    }

    /// <summary>Keeps the part of a form that its writer wrote.</summary>
    /// <returns>False when it is too long.</returns>
    public async Task<bool> SaveAsync(Guid user, string subject, IFormCollection form, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(form);
        var fields = form.SelectMany(f => f.Value.Select(v => new KeptField(f.Key, v ?? "")))
            .Where(f => (f.IsText || f.Name == "toStep") && f.Value.Length > 0)
            .ToList();
        if (fields.Sum(f => f.Name.Length + f.Value.Length) > MaxCharacters)
            return false;
        await WriteAsync(
            session =>
            {
                if (fields.Count == 0)
                    Forget(session, user, subject);
                else
                    session.Enqueue(SaveSql, user, subject, JsonSerializer.Serialize(fields), Instants.Truncate(time.GetUtcNow()));
            },
            ct);
        return true;
    }

    public Task ForgetAsync(Guid user, string subject, CancellationToken ct) => WriteAsync(session => Forget(session, user, subject), ct);

    // Index: ix_draft_age.
    public void ForgetOld(WriteSession session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue("DELETE FROM form_draft WHERE saved_at < $1", now - KeepFor);
    }

    static void Forget(WriteSession session, Guid user, string subject) =>
        session.Enqueue("DELETE FROM form_draft WHERE user_id = $1 AND subject = $2", user, subject);

    Task<bool> WriteAsync(Action<WriteSession> write, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            write(session);
            return ValueTask.FromResult(true);
        },
        ct);

    sealed record Row
    {
        public string Content { get; init; } = "";
        public DateTimeOffset SavedAt { get; init; }
    }
}

public sealed record FormDraft(IReadOnlyList<KeptField> Fields, DateTimeOffset SavedAt)
{
    public string? Text(string name) => Fields.FirstOrDefault(f => f.Name == name)?.Value;

    /// <summary>As a page would send it.</summary>
    public IFormCollection AsForm() =>
        new FormCollection(Fields.GroupBy(f => f.Name).ToDictionary(g => g.Key, g => new StringValues([.. g.Select(f => f.Value)])));
}
