using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// Verifies what was asked for, and at night the whole record. A run that is cut off goes on, on whichever node, after the last page that
/// was stored.
/// </summary>
public sealed class VerificationWork(
    Database database, Verifications runs, StoreVerifier store, AnchorVerifier anchors, SealAnchors seals, TimeProvider time,
    ILogger<VerificationWork> log) : IRecurringJob
{
    public const string JobName = "verification";

    /// <summary>When the night begins, in Bangkok.</summary>
    static readonly TimeOnly Night = new(1, 0);

    public string Name => JobName;
    public LocalizedText Title => new("การตรวจสอบความครบถ้วนของบันทึก", "Verification of the record");
    public TimeSpan Interval => TimeSpan.FromHours(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await AskForTheNightAsync(ct);
        var pages = 0;
        while (await runs.NextAsync(ct) is { } run)
        {
            ct.ThrowIfCancellationRequested();
            await OnePageAsync(run, ct);
            pages++;
        }

        return pages;
    }

    async Task AskForTheNightAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var begun = BangkokTime.At(BangkokTime.DateOf(now), Night);
        if (begun > now)
            begun -= TimeSpan.FromDays(1);
        if (await runs.LastWholeAsync(ct) >= begun)
            return;
        // What was changed long after its case had ended, and what a lost wake-up passed over, is sealed by night at the latest.
        await seals.SealAsync(everything: true, ct);
        await database.TransactAsync(
            session =>
            {
                Verifications.Ask(session, Guid.CreateVersion7(now), null, null, now);
                return ValueTask.FromResult(true);
            },
            ct);
    }

    /// <summary>The anchors come first, and only with the whole; then the cases.</summary>
    async Task OnePageAsync(VerificationRow run, CancellationToken ct)
    {
        var page = run.Position is { } after
            ? await store.PageAsync(run.Office, after, ct)
            : new VerifiedPage(Guid.Empty, 0, 0, run.Office is null ? (await anchors.CheckAsync(ct)).Faults : []);
        foreach (var fault in page.Faults)
            Log.NotAsWritten(log, fault.Reason, fault.ProcessInstanceId, fault.Sequence, fault.Anchor);
        await runs.StoreAsync(
            run, page, page.Next ?? run.Position ?? Guid.Empty, page.Next is null ? Instants.Truncate(time.GetUtcNow()) : null);
    }
}

static partial class Log
{
    [LoggerMessage(
        8101, LogLevel.Critical, "The record is not as it was written: {Reason}, case {Case}, event {Event}, anchor {Anchor}")]
    public static partial void NotAsWritten(ILogger logger, string reason, Guid? @case, int? @event, int? anchor);
}
