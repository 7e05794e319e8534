using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Reviews;

/// <summary>Where a draft stands with its second pair of eyes.</summary>
/// <param name="Required">Whether the office publishes nothing that nobody else has looked at.</param>
/// <param name="ApprovedBy">Who approved the revision that is open; null: nobody yet.</param>
/// <param name="Comment">What they said to it.</param>
/// <param name="Authors">Everybody who has saved anything in it.</param>
public sealed record DraftReview(
    bool Required, Guid? ApprovedBy, string? ApprovedByName, DateTimeOffset? ApprovedAt, string? Comment, IReadOnlyList<Guid> Authors)
{
    public bool IsApproved => ApprovedBy is not null;

    /// <summary>Nobody approves what they wrote, be it a word of it.</summary>
    public bool MayBeApprovedBy(Guid user) => !Authors.Contains(user);
}

/// <summary>
/// The second pair of eyes: who wrote a draft, who approved which revision of it, and whether the office asks for that.
/// </summary>
public static class DraftReviews
{
    // Indexes: the primary keys.
    const string RequiredSql = "SELECT review_required FROM office_publishing WHERE office = @office";

    const string ApprovalSql = """
        SELECT a.approved_by, u.display_name AS approved_by_name, a.approved_at, a.comment
        FROM draft_approval a
        JOIN app_user u ON u.user_id = a.approved_by
        WHERE a.office = @office AND a.definition_key = @key AND a.revision = @revision
        """;

    const string AuthorsSql = """
        SELECT user_id FROM draft_author WHERE office = @office AND definition_key = @key AND window_id = ''
        """;

    const string AuthorSql = """
        INSERT INTO draft_author (office, definition_key, window_id, user_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (office, definition_key, window_id, user_id) DO NOTHING
        """;

    const string MoveSql = "UPDATE draft_author SET window_id = $4 WHERE office = $1 AND definition_key = $2 AND window_id = $3";

    const string TakeSql = """
        INSERT INTO draft_author (office, definition_key, window_id, user_id)
        SELECT office, definition_key, '', user_id FROM draft_author WHERE office = $1 AND definition_key = $2 AND window_id = $3
        ON CONFLICT (office, definition_key, window_id, user_id) DO NOTHING
        """;

    const string ForgetSql = "DELETE FROM draft_author WHERE office = $1 AND definition_key = $2 AND window_id = $3";
    const string ForgetApprovalSql = "DELETE FROM draft_approval WHERE office = $1 AND definition_key = $2";

    const string ApproveSql = """
        INSERT INTO draft_approval (office, definition_key, revision, approved_by, approved_at, comment) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (office, definition_key) DO UPDATE SET revision = excluded.revision, approved_by = excluded.approved_by,
            approved_at = excluded.approved_at, comment = excluded.comment
        """;

    public static async Task<bool> IsRequiredAsync(DbConnection connection, string office) =>
        await connection.QuerySingleOrDefaultAsync<bool?>(RequiredSql, new { office }) ?? false;

    /// <summary>The same, within a transaction that rests on it.</summary>
    public static async ValueTask<bool> IsRequiredAsync(WriteSession session, string office)
    {
        ArgumentNullException.ThrowIfNull(session);
        var required = false;
        await session.QueryAsync(
            "SELECT 1 FROM office_publishing WHERE office = $1 AND review_required = $2", new object?[] { office, true },
            _ => required = true);
        return required;
    }

    public static async Task<DraftReview> FindAsync(DbConnection connection, string office, string key, int revision)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var required = await IsRequiredAsync(connection, office);
        var approval = await connection.QuerySingleOrDefaultAsync<Approval>(ApprovalSql, new { office, key, revision });
        var authors = await connection.QueryAsync<Guid>(AuthorsSql, new { office, key });
        return new DraftReview(
            required, approval?.ApprovedBy, approval?.ApprovedByName, approval?.ApprovedAt, approval?.Comment, authors.AsList());
    }

    /// <summary>Who approved a revision of the open draft; null: nobody.</summary>
    public static async ValueTask<Guid?> ApproverAsync(WriteSession session, string office, string key, int revision)
    {
        ArgumentNullException.ThrowIfNull(session);
        Guid? approver = null;
        await session.QueryAsync(
            "SELECT approved_by FROM draft_approval WHERE office = $1 AND definition_key = $2 AND revision = $3",
            new object?[] { office, key, revision }, row => approver = row.Id(0));
        return approver;
    }

    public static async ValueTask<bool> IsAuthorAsync(WriteSession session, string office, string key, Guid user)
    {
        ArgumentNullException.ThrowIfNull(session);
        var found = false;
        await session.QueryAsync(
            "SELECT 1 FROM draft_author WHERE office = $1 AND definition_key = $2 AND window_id = '' AND user_id = $3",
            new object?[] { office, key, user }, _ => found = true);
        return found;
    }

    public static void Approve(WriteSession session, string office, string key, int revision, Guid by, DateTimeOffset at, string? comment)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ApproveSql, office, key, revision, by, at, comment);
    }

    /// <summary>Somebody has saved something in the open draft, or in a copy beside it.</summary>
    public static void Wrote(WriteSession session, string office, string key, Guid by, string window = "")
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(AuthorSql, office, key, window, by);
    }

    /// <summary>A copy is gone.</summary>
    public static void Forget(WriteSession session, string office, string key, string window)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ForgetSql, office, key, window);
    }

    /// <summary>The open draft is put away: whoever wrote it has written the copy.</summary>
    public static void PutAway(WriteSession session, string office, string key, string window)
    {
        ArgumentNullException.ThrowIfNull(session);
        Forget(session, office, key, window);
        session.Enqueue(MoveSql, office, key, "", window);
        session.Enqueue(ForgetApprovalSql, office, key);
    }

    /// <summary>A copy becomes the draft: whoever wrote the copy has written it, too.</summary>
    public static void TakeBack(WriteSession session, string office, string key, string window)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(TakeSql, office, key, window);
        Forget(session, office, key, window);
    }

    /// <summary>The draft was published: the next one begins with nobody.</summary>
    public static void Begin(WriteSession session, string office, string key)
    {
        ArgumentNullException.ThrowIfNull(session);
        Forget(session, office, key, "");
        session.Enqueue(ForgetApprovalSql, office, key);
    }

    sealed record Approval
    {
        public Guid ApprovedBy { get; init; }
        public string ApprovedByName { get; init; } = "";
        public DateTimeOffset ApprovedAt { get; init; }
        public string? Comment { get; init; }
    }
}

/// <summary>The office has a second person look at what it publishes, and nobody has looked at this revision.</summary>
public sealed record DraftNotApproved(string Key, int Revision) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "draft-not-approved", null, "สำนักงานกำหนดให้ผู้อื่นสอบทานก่อนเผยแพร่ ฉบับร่างนี้ยังไม่มีผู้สอบทานเห็นชอบ",
        "The office has somebody else look at a draft before it is published, and nobody has approved this revision.",
        ("revision", Revision));
}

/// <summary>Whoever wrote something of a draft cannot be its second pair of eyes.</summary>
public sealed record DraftIsOwn(string Key) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "draft-is-own", null, "ผู้ที่แก้ไขฉบับร่างนี้สอบทานเองไม่ได้ ต้องให้ผู้อื่นสอบทาน",
        "Whoever wrote something of this draft cannot approve it: somebody else does.");
}
