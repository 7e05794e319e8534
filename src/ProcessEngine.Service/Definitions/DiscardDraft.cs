using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>A draft is put away: it can be taken back for <see cref="OfficeDrafts.KeepFor"/>.</summary>
sealed class DiscardDraft(IdempotentWriter store, Database database) : IRequestHandler<Drafts.Discard, Outcome<StoredAnswer>>
{
    public async Task<Outcome<StoredAnswer>> Handle(Drafts.Discard request, CancellationToken cancellationToken)
    {
        var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
        return refusal ?? await store.ExecuteAsync(
            request.Id,
            async (session, now) =>
            {
                if (await OfficeDrafts.LockAsync(database, session, office, request.Key) is not { IsOpen: true } draft)
                    return new DefinitionNotFound(request.Key);
                // Nothing to go back to: to discard the draft would be to lose the procedure, which is another thing to ask for.
                if (!request.Whole && (await Drafts.Known.ReadAsync(session, office, request.Key)).Latest == 0)
                    return new NothingPublished(request.Key);
                OfficeDrafts.Discard(session, office, request.Key, draft, request.Caller.UserId, now);
                return new StoredAnswer(StatusCodes.Status204NoContent, "");
            },
            () => new TooManyConflicts(),
            cancellationToken,
            (request.Caller, new AdministrationAct("draft-discarded", office, Detail: new { definition = request.Key })));
    }

    /// <summary>What was discarded long ago.</summary>
    public sealed class CleanUp : ICleanUp
    {
        // Index: ix_draft_discarded.
        public void ForgetOld(WriteSession session, DateTimeOffset now)
        {
            ArgumentNullException.ThrowIfNull(session);
            session.Enqueue("DELETE FROM draft_set_aside WHERE discarded_at < $1", now - OfficeDrafts.KeepFor);
            session.Enqueue(
                """
                DELETE FROM draft_author
                WHERE window_id <> '' AND NOT EXISTS (
                    SELECT 1 FROM draft_set_aside s
                    WHERE s.office = draft_author.office AND s.definition_key = draft_author.definition_key
                        AND s.window_id = draft_author.window_id)
                """);
        }
    }
}

/// <summary>Which of the kept copies of a draft to go on with.</summary>
sealed class ResolveDraft(IdempotentWriter store, Database database, DefinitionFolder folder)
    : IRequestHandler<Drafts.Resolve, Outcome<StoredAnswer>>
{
    const string FindSql = """
        SELECT content, discarded_at, manual_version FROM draft_set_aside WHERE office = $1 AND definition_key = $2 AND window_id = $3
        """;

    sealed record Kept(string Content, DateTimeOffset? DiscardedAt, int? ManualVersion);

    public async Task<Outcome<StoredAnswer>> Handle(Drafts.Resolve request, CancellationToken cancellationToken)
    {
        var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
        if (refusal is not null)
            return refusal;
        var (copy, read) = await ReadCopyAsync(office, request, cancellationToken);
        return await store.ExecuteAsync(
            request.Id,
            async (session, now) =>
            {
                var draft = await OfficeDrafts.LockAsync(database, session, office, request.Key);
                var kept = await session.QuerySingleAsync(
                    FindSql, new object?[] { office, request.Key, request.WindowId }, row => new Kept(
                        row.GetString(0), row.IsDBNull(1) ? null : row.Instant(1), row.IsDBNull(2) ? null : row.GetInt32(2)));
                if (kept is null)
                    return new DefinitionNotFound(request.Key);
                if (!request.Use)
                {
                    OfficeDrafts.ThrowAway(session, office, request.Key, request.WindowId, request.Caller.UserId, now);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                }

                // Read before: nobody waits for it. A window never sets another copy aside while its first is asked about.
                if (kept.Content != copy)
                    return new TooManyConflicts();
                OfficeDrafts.TakeAside(session, office, request.Key, request.WindowId);
                var known = await Drafts.Known.ReadAsync(session, office, request.Key);
                OfficeDrafts.Remember(session, draft, office, request.Key, null, now);
                OfficeDrafts.Store(
                    session, draft, office, request.Key, kept.Content, read!, kept.ManualVersion ?? known.Manual, null,
                    request.Caller.UserId, now);
                if (draft?.Content is { } replaced)
                {
                    OfficeDrafts.PutAside(
                        session, office, request.Key, Guid.CreateVersion7(now).ToString("N"), replaced, draft.UpdatedBy, draft.UpdatedAt);
                }

                return new StoredAnswer(StatusCodes.Status204NoContent, "");
            },
            () => new TooManyConflicts(),
            cancellationToken);
    }

    async Task<(string? Copy, ReadDefinition? Read)> ReadCopyAsync(string office, Drafts.Resolve request, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var copies = await OfficeDrafts.SetAsideAsync(connection, office, request.Key);
        var copy = copies.FirstOrDefault(c => c.WindowId == request.WindowId)?.Content;
        return (copy, copy is null ? null : ElsaDefinitionReader.Read(folder.Forms.Embed(copy), 1, request.Key));
    }
}
