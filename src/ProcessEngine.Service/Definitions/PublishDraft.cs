using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// A draft becomes a version. It is proven before anything is written: while a proof takes its seconds, nobody who writes waits for it.
/// </summary>
sealed class PublishDraft(
    IdempotentWriter store, Database database, DefinitionFolder folder, DefinitionCatalog definitions, Proofs proofs)
    : IRequestHandler<Drafts.Publish, Outcome<StoredAnswer>>
{
    /// <summary>So often a draft may change under the proof.</summary>
    const int MaxTries = 5;

    // Index: the primary key.
    const string LatestSql = "SELECT latest_version FROM process_definition WHERE definition_key = @key";

    /// <param name="Revision">Of the draft that was read.</param>
    /// <param name="Version">That it was read as.</param>
    /// <param name="Content">With the shared forms in it.</param>
    sealed record Proven(int Revision, int Version, string Content, ReadDefinition Read);

    public async Task<Outcome<StoredAnswer>> Handle(Drafts.Publish request, CancellationToken cancellationToken)
    {
        var (office, refusal) = Drafts.OfficeOf(request.Caller, request.Office);
        if (refusal is not null)
            return refusal;
        // Who was asked must answer; Studio's own button and programs are not asked unless the office wants to know.
        if (request.Reason is { } given && string.IsNullOrWhiteSpace(given))
            return NoReason();
        for (var tries = 1; ; tries++)
        {
            var proven = await ProveAsync(office, request, cancellationToken);
            var outdated = false;
            var outcome = await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    outdated = false;
                    if (await OfficeDrafts.LockAsync(database, session, office, request.Key) is not { IsOpen: true } draft)
                        return new DefinitionNotFound(request.Key);
                    if (request.Expected is { } expected && expected != draft.Revision)
                        return new DraftChanged(request.Key, expected, draft.Revision);
                    // Whoever does not say what they saw has seen what they saved.
                    if (request.Expected is null && draft.UpdatedBy != request.Caller.UserId)
                        return new DraftChanged(request.Key, null, draft.Revision);
                    var known = await Drafts.Known.ReadAsync(session, office, request.Key);
                    outdated = proven?.Revision != draft.Revision || proven.Version != known.Latest + 1;
                    if (outdated)
                        return new DraftChanged(request.Key, proven?.Revision ?? 0, draft.Revision);
                    var approver = await DraftReviews.ApproverAsync(session, office, request.Key, draft.Revision);
                    if (await DraftReviews.IsRequiredAsync(session, office))
                    {
                        if (approver is null)
                            return new DraftNotApproved(request.Key, draft.Revision);
                        if (request.Reason is null)
                            return NoReason();
                    }

                    return await StoreAsync(session, request, office, draft, proven!, approver, now);
                },
                () => new TooManyConflicts(),
                cancellationToken);
            if (!outdated || tries == MaxTries)
                return outcome.Rejection is DraftChanged changed ? await WithDifferenceAsync(office, changed, cancellationToken) : outcome;
        }
    }

    static InvalidInput NoReason() => InvalidInput.At("reason", "ต้องระบุเหตุผลที่เผยแพร่", "Say why it is published.");

    /// <summary>What has changed since the caller looked, as far as what they saw is still remembered.</summary>
    async Task<DraftChanged> WithDifferenceAsync(string office, DraftChanged changed, CancellationToken ct)
    {
        string? before, now;
        await using (var connection = await database.OpenAsync(ct))
        {
            before = changed.Expected is { } seen
                ? await OfficeDrafts.EarlierAsync(connection, office, changed.Key, seen)
                : null;
            now = (await OfficeDrafts.FindAsync(connection, office, changed.Key))?.Content;
        }

        return before is not null && now is not null && Read(before) is { } one && Read(now) is { } other
            ? changed with { Changes = DefinitionDiff.Between(one, other) }
            : changed;

        ProcessDefinition? Read(string content) => ElsaDefinitionReader.Read(folder.Forms.Embed(content), 1, changed.Key).Definition;
    }

    /// <returns>Null when there is no draft.</returns>
    async Task<Proven?> ProveAsync(string office, Drafts.Publish request, CancellationToken ct)
    {
        OfficeDraft? draft;
        int latest;
        await using (var connection = await database.OpenAsync(ct))
        {
            draft = await OfficeDrafts.FindAsync(connection, office, request.Key);
            latest = await connection.ExecuteScalarAsync<int?>(LatestSql, new { key = request.Key }) ?? 0;
        }

        if (draft?.Content is not { } content)
            return null;
        content = folder.Forms.Embed(content);
        var read = await proofs.ReadAsync(content, latest + 1, request.Key, ct);
        return new Proven(draft.Revision, latest + 1, content, await CalledProcedures.CheckAsync(definitions, read, office, ct));
    }

    /// <param name="approver">Who had a look at it besides; null: nobody, and nobody had to.</param>
    static async ValueTask<Outcome<StoredAnswer>> StoreAsync(
        WriteSession session, Drafts.Publish request, string office, OfficeDraft draft, Proven proven, Guid? approver, DateTimeOffset now)
    {
        var read = proven.Read;
        if (!read.IsSound)
            return new DefinitionUnsound(request.Key, read.Findings);
        DefinitionPublisher.Publish(
            session, read, DefinitionPublisher.Minify(proven.Content)!,
            new VersionOrigin(VersionOrigin.Draft, request.Caller.UserId, office, draft.ManualVersion)
            {
                Reason = request.Reason,
                ApprovedBy = approver,
            },
            now);
        OfficeDrafts.Close(session, office, request.Key);
        await AdministrationTrail.RecordAsync(
            session, request.Caller,
            new AdministrationAct(
                "definition-published", office,
                Detail: approver is null
                    ? (object)new { definition = request.Key, version = proven.Version }
                    : new { definition = request.Key, version = proven.Version, approvedBy = approver },
                Reason: request.Reason),
            now);
        return new StoredAnswer(
            StatusCodes.Status200OK,
            JsonShape.Write(new Drafts.Published(request.Key, proven.Version, "published") { Warnings = read.Findings }));
    }
}

sealed class PublishValidator : AbstractValidator<Drafts.Publish>
{
    public PublishValidator() => RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
}

/// <summary>Proofs of definitions that people ask for, one at a time: each takes a core, and the others are for those who work.</summary>
public sealed class Proofs : IDisposable
{
    readonly SemaphoreSlim one = new(1);

    public async Task<ReadDefinition> ReadAsync(string content, int version, string key, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            return await Task.Run(() => ElsaDefinitionReader.Read(content, version, key), ct);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}
